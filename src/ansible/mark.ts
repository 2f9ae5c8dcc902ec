import { isScalar, type Node, visit } from 'yaml';
import type { Edit } from '../lint/finding.ts';
import type { YamlSource } from '../source/yaml.ts';

/** A line that needs a person. */
export interface Mark {
  /** Line in the original, from 1. */
  readonly line: number;
  readonly reason: string;
}

/** Stands before every reason, so that marks can be searched for. */
export const MARK = 'hostwright:';

/** Comments at the ends of lines; where a line ends inside a text, on a line of their own above it. */
export function markEdits(source: YamlSource, marks: readonly Mark[]): readonly Edit[] {
  const byLine = new Map<number, string[]>();
  for (const { line, reason } of marks) {
    const known = byLine.get(line) ?? [];
    if (!known.includes(reason)) byLine.set(line, [...known, reason]);
  }
  const texts = severalLines(source);
  return [...byLine].map(([line, reasons]) => {
    const comment = `# ${MARK} ${reasons.join('; ')}`;
    const start = source.places.start(line);
    const written = source.places.line(line);
    const end = start + written.trimEnd().length;
    const around = texts.find(([from, to]) => from <= end && end < to);
    if (!around) return { start: end, end, text: ` ${comment}` };
    const first = source.places.start(source.places.at(around[0]).line);
    const indent = /^ */.exec(source.text.slice(first))?.[0] ?? '';
    return { start: first, end: first, text: `${indent}${comment}\n` };
  });
}

/** Where texts of several lines begin and end: of a block the lines below its header. */
function severalLines({ document, text }: YamlSource): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  if (!document) return found;
  visit(document, {
    Scalar: (_, node) => {
      const [start = 0, end = 0] = (node as { range?: readonly number[] }).range ?? [];
      const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
      const body = isBlock ? text.indexOf('\n', start) + 1 : start;
      if (isScalar(node as Node) && text.slice(body, end).includes('\n')) found.push([body, end]);
    },
  });
  return found;
}
