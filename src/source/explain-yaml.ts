import { isCollection, isPair, isScalar, type ParsedNode, type YAMLError } from 'yaml';
import type { HostwrightError } from '../core/error.ts';
import type { Places } from './places.ts';
import * as problems from './problems.ts';
import { quotedFrom, unquotedTemplateIn } from './unquoted-template.ts';

/** What the library found, said for a person: where it really is, what it is, and how the line should look. */
export function explainSyntaxError(
  error: YAMLError,
  root: ParsedNode | null,
  places: Places,
): HostwrightError {
  const offset = Math.min(error.pos[0], Math.max(0, places.text.trimEnd().length - 1));
  const position = places.at(offset);
  const line = places.line(position.line);
  const start = places.start(position.line);
  const onLine = (column: number) => places.at(start + column);

  const tab = /^[ ]*\t/.exec(line);
  if (tab || error.code === 'TAB_AS_INDENT')
    return problems.plainMistake('tab', tab ? onLine(tab[0].length - 1) : position);
  const template = unquotedTemplateIn(line);
  if (template) return problems.unquotedTemplate(onLine(template.column), template.fix);

  const explain = EXPLANATIONS[error.code];
  return explain?.({ error, position, offset, line, root, places }) ?? problems.badYaml(position, line);
}

interface Found {
  readonly error: YAMLError;
  readonly offset: number;
  readonly position: ReturnType<Places['at']>;
  readonly line: string;
  readonly root: ParsedNode | null;
  readonly places: Places;
}

type Explain = (found: Found) => HostwrightError | undefined;

/** By the library's stable codes; its sentences are only used to tell apart what shares a code. */
const EXPLANATIONS: Partial<Record<YAMLError['code'], Explain>> = {
  MULTIPLE_DOCS: ({ position }) => problems.plainMistake('severalDocuments', position),
  RESOURCE_EXHAUSTION: ({ position }) => problems.tooDeep(position),
  BAD_DQ_ESCAPE: ({ position, error, places }) =>
    problems.badEscape(position, places.text.slice(error.pos[0], error.pos[0] + 2)),
  BAD_ALIAS: explainStart,
  BAD_SCALAR_START: explainStart,
  BLOCK_AS_IMPLICIT_KEY: explainNested,
  MULTILINE_IMPLICIT_KEY: explainNested,
  BLOCK_IN_FLOW: ({ position }) => problems.plainMistake('blockInFlow', position),
  MISSING_CHAR: explainMissing,
  BAD_INDENT: explainIndent,
  UNEXPECTED_TOKEN: explainUnexpected,
};

function explainStart({ position, line }: Found): HostwrightError {
  const column = position.column - 1;
  return problems.needsQuotes(position, line[column] ?? '', fixFrom(line, column));
}

function explainNested(found: Found): HostwrightError | undefined {
  const { position, line, places } = found;
  const rest = line.slice(position.column - 1);
  if (/^\s*-( |$)/.test(rest)) return problems.plainMistake('itemAmongKeys', position);
  const spaceless = missingSpace(found);
  if (spaceless) return spaceless;
  if (
    /:(\s|$)/.test(rest.replace(/^("[^"]*"|'[^']*')/, '')) &&
    position.column > 1 &&
    /: *$/.test(line.slice(0, position.column - 1))
  )
    return problems.colonInValue(position, fixFrom(line, position.column - 1));
  return nextLineDeeper(position.line, places) ?? problems.notKeyValue(position, line);
}

/** `a: 1` followed by a deeper line `b: 2`: the deeper line is the mistake. */
function nextLineDeeper(number: number, places: Places): HostwrightError | undefined {
  for (let next = number + 1; next <= number + 20; next++) {
    const line = places.line(next);
    if (!/^\s*[^\s#]/.test(line)) continue;
    const indent = indentOf(line);
    if (indent <= indentOf(places.line(number))) return undefined;
    if (/^\s*(- |[\w."'-]+ *:(\s|$))/.test(line))
      return problems.plainMistake('deeperThanAllowed', places.at(places.start(next) + indent));
  }
  return undefined;
}

function explainMissing(found: Found): HostwrightError | undefined {
  const { error, position, line, root } = found;
  if (error.message.startsWith('Missing closing')) {
    const open = innermost(root, error.pos[0], (node) => isScalar(node) && /^QUOTE/.test(node.type ?? ''));
    return problems.unclosed(open === undefined ? position : found.places.at(open), 'quote');
  }
  if (error.message.includes('Sequence item')) return problems.plainMistake('keyAmongItems', position);
  if (error.message.includes('flow')) return problems.plainMistake('missingComma', position);
  if (error.message.includes('directives-end')) {
    const at = found.places.text.search(/^%/m);
    const start = found.places.at(Math.max(0, at));
    return problems.needsQuotes(start, '%', undefined);
  }
  return missingSpace(found) ?? problems.notKeyValue(position, line);
}

function explainIndent({ error, position, root, places, line }: Found): HostwrightError | undefined {
  if (error.message.startsWith('Flow')) {
    const open = innermost(root, error.pos[0], (node) => isCollection(node) && node.flow === true);
    return problems.unclosed(open === undefined ? position : places.at(open), 'bracket');
  }
  if (error.message.startsWith('Block scalar')) return problems.plainMistake('textNotIndented', position);
  return problems.unevenIndent(places.at(places.start(position.line) + indentOf(line)), indentOf(line));
}

function explainUnexpected({ error, position, line }: Found): HostwrightError | undefined {
  const before = line.slice(0, position.column - 1);
  if (error.message.startsWith('Block scalar header')) return problems.plainMistake('textAfterBar', position);
  if (/["'] *$/.test(before)) {
    const value = /(?:^|: +|- +)(["'].*)$/.exec(line);
    // In { … } or [ … ] the brackets behind the last quote are not the value's.
    const raw = value?.[1]?.replace(/\s+#.*$/, '').replace(/(["'])\s*[\]}]+\s*$/, '$1') ?? '';
    return problems.textAfterQuote(
      position,
      value ? quotedFrom(line, line.length - (value[1]?.length ?? 0)) : undefined,
      raw,
    );
  }
  const bracket = /^[\]}]/.exec(line.slice(position.column - 1));
  if (bracket) return problems.strayBracket(position, bracket[0]);
  if (/^\s*$/.test(before) && !/^- /.test(line.trimStart()))
    return problems.plainMistake('keyAmongItems', position);
  if (/^\s*$/.test(before)) return problems.plainMistake('itemAmongKeys', position);
  return undefined;
}

function missingSpace({ position, line, places }: Found): HostwrightError | undefined {
  const match = /^\s*(?:- +)*([A-Za-z_][\w-]*):(?=[^\s:/\\])/.exec(line);
  if (!match) return undefined;
  const column = match[0].length;
  const fix = `${line.slice(0, column)} ${line.slice(column)}`.trim();
  return problems.noSpaceAfterColon(places.at(places.start(position.line) + column - 1), fix);
}

function fixFrom(line: string, column: number): string | undefined {
  return line.length > 120 ? undefined : quotedFrom(line, column);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Offset of the innermost matching node that begins before the place of the error. */
function innermost(
  root: ParsedNode | null,
  before: number,
  matches: (node: ParsedNode) => boolean,
): number | undefined {
  let found: number | undefined;
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (isPair(node)) waiting.push(node.key, node.value);
    else if (isScalar(node) || isCollection(node)) {
      const start = node.range?.[0] ?? Number.POSITIVE_INFINITY;
      if (start < before && matches(node as ParsedNode) && start >= (found ?? 0)) found = start;
      if (isCollection(node)) waiting.push(...node.items);
    }
  }
  return found;
}
