import type { z } from 'zod';
import type { HostwrightError } from '../core/error.ts';
import { HostwrightErrors } from '../core/error.ts';
import { positionAt, positionOfKey, type SourcePosition } from '../core/position.ts';
import { Template } from '../core/template.ts';
import type { ModuleOrAction } from '../modules/table.ts';
import { didYouMean, listWords, quote } from '../source/words.ts';
import { requirement } from './param-requirement.ts';
import { fieldsOf, parameterAliases, schemaAt } from './parse/schema-shape.ts';
import { describeValue, problem } from './problems.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Parameters whose problems are worded, and where they were written. */
interface Subject {
  readonly module: ModuleOrAction;
  /** The values that were judged. */
  readonly values: unknown;
  /** The same as written, with positions and templates. */
  readonly written: unknown;
  /** Where the module stands, for what is missing. */
  readonly position: SourcePosition | undefined;
}

/** Sentences for what a module's schema found wrong with its parameters; positions come from `params` as they were written. */
export function paramProblems(
  module: ModuleOrAction,
  params: unknown,
  issues: readonly Issue[],
  position?: SourcePosition,
): HostwrightError[] {
  const subject = { module, values: params, written: params, position };
  return explainAll(subject, issues);
}

/** The parameters as the module takes them. Throws HostwrightError(s) with the positions of `written`, the same before rendering. */
export function validateParams(
  module: ModuleOrAction,
  rendered: unknown,
  written: unknown,
  position?: SourcePosition,
): unknown {
  const parsed = module.params.safeParse(rendered);
  if (parsed.success) return parsed.data;
  const subject = { module, values: rendered, written, position };
  const issues: readonly Issue[] = parsed.error.issues;
  const errors = explainAll(subject, issues);
  throw errors.length === 1 ? errors[0] : new HostwrightErrors(errors);
}

/**
 * Problems that can be told before templates are rendered: those of values that neither are nor hold a template. With `moreToCome`
 * further parameters are not known yet (`args: "{{ x }}"`), and so nothing is missing.
 */
export function problemsBeforeRendering(
  module: ModuleOrAction,
  params: unknown,
  position: SourcePosition | undefined,
  moreToCome: boolean,
): HostwrightError[] {
  const holdsTemplates = containsTemplate(params);
  let issues: readonly Issue[];
  try {
    issues = module.params.safeParse(params).error?.issues ?? [];
  } catch (thrown) {
    // A check written for text may not survive a Template; after rendering it is asked again.
    if (holdsTemplates) return [];
    throw thrown;
  }
  const aliases = parameterAliases(module);
  const mayBeMended = (issue: Issue) => {
    const path = writtenPath(params, issue.path, aliases);
    if (
      moreToCome &&
      (path.length === 0 ? issue.code === 'custom' : path.reduce(childOf, params) === undefined)
    )
      return true;
    return holdsTemplates && dependsOnTemplate(params, path, issue.code);
  };
  return paramProblems(
    module,
    params,
    issues.filter((issue) => !mayBeMended(issue)),
    position,
  );
}

function dependsOnTemplate(params: unknown, path: Path, code: Issue['code']): boolean {
  let current = params;
  for (const step of path) {
    if (current instanceof Template) return true;
    current = childOf(current, step);
  }
  return (
    current instanceof Template || (['invalid_union', 'custom'].includes(code) && containsTemplate(current))
  );
}

/** True where a Template is somewhere in the value. */
export function containsTemplate(value: unknown): boolean {
  if (value instanceof Template) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(containsTemplate);
}

type Aliases = Readonly<Record<string, readonly string[]>>;

function childOf(value: unknown, step: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, step)
    ? (value as Record<PropertyKey, unknown>)[step]
    : undefined;
}

/** The path with the name that was written instead of the one that the schema uses. */
function writtenPath(params: unknown, path: Path, aliases: Aliases): Path {
  const [first, ...rest] = path;
  if (typeof first !== 'string' || childOf(params, first) !== undefined) return path;
  const alias = (Object.hasOwn(aliases, first) ? aliases[first] : undefined)?.find(
    (name) => childOf(params, name) !== undefined,
  );
  return alias === undefined ? path : [alias, ...rest];
}

function explainAll(subject: Subject, issues: readonly Issue[]): HostwrightError[] {
  // What is missing as a whole is mostly what was misspelt: told once is enough.
  const misspelt = issues.some((issue) => issue.code === 'unrecognized_keys' && issue.path.length === 0);
  const telling = issues.filter((issue) => !(misspelt && issue.code === 'custom' && issue.path.length === 0));
  return telling.flatMap((issue) => explain(subject, issue, []));
}

function explain(subject: Subject, issue: Issue, base: Path): HostwrightError[] {
  const { module, values } = subject;
  const path = writtenPath(values, [...base, ...issue.path], parameterAliases(module));
  const value = path.reduce<unknown>(childOf, values);
  const name = nameOf(path);
  const at = positionOfPath(subject, path);

  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownParameter(subject, path, key));
  if (issue.code === 'invalid_union' && isStandard(issue.message)) {
    const inner = closestVariant(issue);
    if (inner) return inner.flatMap((one) => explain(subject, one, [...base, ...issue.path]));
  }
  if (
    path.length > 0 &&
    value === undefined &&
    (isStandard(issue.message) || issue.message === 'is required')
  ) {
    return [missingParameter(subject, path)];
  }
  // `free_form` is no name that anybody writes.
  const who =
    path.length === 0 || name === 'free_form'
      ? module.name
      : `The parameter ${quote(name)} of ${module.name}`;
  if (!isStandard(issue.message))
    return [problem('bad-parameter', at, authorsSentence(module, who, value, issue.message))];
  const hint = hintFor(issue, value);
  return [
    problem('bad-parameter', at, `${who} must ${requirement(issue)}, but is ${describeValue(value)}.`, hint),
  ];
}

/** The author's phrase after the name of the parameter, or as a sentence of its own where it does not follow on a name. */
function authorsSentence(module: ModuleOrAction, who: string, value: unknown, message: string): string {
  const phrase = message.replace(/\.$/, '');
  const follows =
    /^(must|is|are|has|have|needs?|cannot|takes?|holds?|may|does|should|contains?|begins?|ends?)\b/;
  if (!follows.test(phrase)) return `${module.name}: ${phrase}.`;
  return `${value === undefined ? module.name : who} ${phrase}.`;
}

/** True where the module's author has not worded the problem. */
function isStandard(message: string): boolean {
  return /^(Invalid|Too |Unrecognized|Expected)/.test(message);
}

function nameOf(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${String(step)}`))
    .join('');
}

function positionOfPath({ written, position }: Subject, path: Path): SourcePosition | undefined {
  return (path.length === 0 ? undefined : positionAt(written, path)) ?? position;
}

function unknownParameter({ module, written, position }: Subject, path: Path, key: string): HostwrightError {
  const owner = path.reduce<unknown>(childOf, written);
  const at =
    (typeof owner === 'object' && owner !== null ? positionOfKey(owner, key) : undefined) ?? position;
  const known = Object.keys(fieldsOf(schemaAt(module.params, path)) ?? {});
  const others = path.length === 0 ? Object.values(parameterAliases(module)).flat() : [];
  const where = path.length === 0 ? module.name : `${quote(nameOf(path))} of ${module.name}`;
  const takes =
    known.length === 0
      ? undefined
      : `${path.length === 0 ? module.name : 'It'} takes ${listWords([...known].sort())}.`;
  const hint = [didYouMean(key, [...known, ...others]), takes].filter((part) => part !== undefined).join(' ');
  return problem('unknown-parameter', at, `${where} has no parameter ${quote(key)}.`, hint || undefined);
}

function missingParameter(subject: Subject, path: Path): HostwrightError {
  const { module, position } = subject;
  const parent = path.slice(0, -1);
  const at = parent.length === 0 ? position : positionOfPath(subject, parent);
  const where = parent.length === 0 ? module.name : `${quote(nameOf(parent))} of ${module.name}`;
  const described = (schemaAt(module.params, path) as { description?: string } | undefined)?.description;
  return problem(
    'missing-parameter',
    at,
    `${where} needs the parameter ${quote(String(path.at(-1)))}.`,
    described,
  );
}

/** The variant that the value was most probably meant for: one whose form fits, so that only a part of it is wrong. */
function closestVariant(issue: Extract<Issue, { code: 'invalid_union' }>): readonly Issue[] | undefined {
  const fitting = issue.errors.filter((errors) =>
    errors.every((error) => error.path.length > 0 || error.code === 'unrecognized_keys'),
  );
  if (fitting.length > 0) return fitting.toSorted((a, b) => a.length - b.length)[0];
  const otherThanType = issue.errors.filter((errors) =>
    errors.every((error) => error.code !== 'invalid_type'),
  );
  return otherThanType.length === 1 ? otherThanType[0] : undefined;
}

function hintFor(issue: Issue, value: unknown): string | undefined {
  if (issue.code === 'invalid_value' && typeof value === 'string')
    return didYouMean(value, issue.values.map(String));
  if (
    issue.code === 'invalid_type' &&
    issue.expected === 'string' &&
    ['number', 'boolean'].includes(typeof value)
  )
    return `Put it in quotes: "${String(value)}"`;
  return undefined;
}
