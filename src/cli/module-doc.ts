import { stringify } from 'yaml';
import { z } from 'zod';
import type { ModuleOrAction } from '../modules/table.ts';
import type { Paint } from '../reporters/paint.ts';
import { WIDTH, wrap } from './wrap.ts';

/** JSON Schema as far as documentation needs it. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** The schema of a module's parameters as a user writes them. */
export function parametersSchema(module: ModuleOrAction): JsonSchema {
  return z.toJSONSchema(module.params as z.ZodType, {
    io: 'input',
    unrepresentable: 'any',
    // zod leaves defaults out where a value is converted (`yes` to true), although they are right there too.
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (def.type === 'default') jsonSchema.default ??= def.defaultValue as typeof jsonSchema.default;
    },
  }) as JsonSchema;
}

/** A page about one module: what it does, its parameters, examples in YAML. */
export function moduleDoc(module: ModuleOrAction, paint: Paint): string {
  const schema = parametersSchema(module);
  const lines = [
    `${paint('bold', module.name)}`,
    ...wrap(module.summary, 2),
    '',
    paint('bold', 'Parameters'),
    ...parameterLines(schema, 2, paint),
    ...(module.freeForm
      ? ['', ...wrap(`Text after the module's name stands for ${module.freeForm}.`, 2)]
      : []),
    ...notes(module),
    '',
    paint('bold', module.examples.length === 1 ? 'Example' : 'Examples'),
    ...module.examples.flatMap(({ title, params }) => [
      ...stringify([{ name: title, [module.name]: params }], { lineWidth: WIDTH })
        .trimEnd()
        .split('\n')
        .map((line) => `  ${line}`),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function notes(module: ModuleOrAction): string[] {
  if ('action' in module) return ['', ...wrap('Works on the controller; no host is contacted.', 2)];
  const said = [
    module.checkMode === 'skip' ? 'Skipped in check mode.' : '',
    module.noUndo ? `Cannot be undone: ${module.noUndo}` : '',
  ].filter((note) => note !== '');
  return said.length === 0 ? [] : ['', ...said.flatMap((note) => wrap(note, 2))];
}

function parameterLines(schema: JsonSchema, indent: number, paint: Paint): string[] {
  const variants = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const shown = new Set<string>();
  const lines: string[] = [];
  for (const variant of variants) {
    for (const [name, property] of Object.entries(variant.properties ?? {})) {
      if (shown.has(name)) continue;
      shown.add(name);
      lines.push(...oneParameter(name, property, variant.required?.includes(name) === true, indent, paint));
    }
  }
  return lines.length === 0 ? [`${' '.repeat(indent)}none`] : lines;
}

function oneParameter(
  name: string,
  schema: JsonSchema,
  required: boolean,
  indent: number,
  paint: Paint,
): string[] {
  const facts = [typeOf(schema)];
  if (schema.default !== undefined) facts.push(`default ${JSON.stringify(schema.default)}`);
  else if (required) facts.push('required');
  const type = facts.join(', ');
  const fits = indent + name.length + 2 + type.length <= WIDTH;
  const head = `${' '.repeat(indent)}${paint('ok', name)}`;
  const typeLines = fits
    ? [`${head}  ${paint('dim', type)}`]
    : [head, ...wrap(type, indent + 4).map((line) => paint('dim', line))];
  const nested = nestedIn(schema);
  return [
    ...typeLines,
    ...wrap(schema.description ?? '', indent + 4),
    ...(nested ? parameterLines(nested, indent + 4, paint) : []),
  ];
}

function nestedIn(schema: JsonSchema): JsonSchema | undefined {
  const candidates = [schema, schema.items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return candidates
    .flatMap((candidate) => [candidate, candidate?.items])
    .find((candidate) => candidate?.properties !== undefined);
}

/** The type of a parameter in words: `string`, `list of string`, `one of present, absent`, `string or integer`. */
export function typeOf(schema: JsonSchema): string {
  if (schema.enum) return `one of ${schema.enum.map(String).join(', ')}`;
  if (schema.const !== undefined) return String(schema.const);
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return [...new Set(withoutSpellings(variants).map(typeOf))].join(' or ');
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  if (schema.type === 'object') return 'map';
  if (schema.type === undefined) return 'any';
  return typeof schema.type === 'string' ? schema.type : schema.type.join(' or ');
}

// Where true and false will do, the other ways to spell them (yes, on, 1) need no mention each time.
function withoutSpellings(variants: readonly JsonSchema[]): readonly JsonSchema[] {
  if (!variants.some(({ type }) => type === 'boolean')) return variants;
  return variants.filter(
    ({ enum: words, const: word }) =>
      !words?.some((each) => ['yes', 'no'].includes(String(each))) && word !== 0 && word !== 1,
  );
}
