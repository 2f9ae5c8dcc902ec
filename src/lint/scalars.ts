import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type Scalar } from 'yaml';
import type { Edit } from './finding.ts';
import { endOf, startOf } from './linted-file.ts';

/** All scalars that are values (not keys), each with the keys on the way to it; items of lists count as their list. */
export function* valueScalars(
  root: Node | null | undefined,
  path: readonly string[] = [],
): Generator<{ readonly node: Scalar; readonly path: readonly string[] }> {
  if (isScalar(root)) yield { node: root, path };
  else if (isSeq(root)) for (const item of root.items) yield* valueScalars(item as Node, path);
  else if (isMap(root))
    for (const pair of root.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      yield* valueScalars(pair.value as Node | null, [...path, key]);
    }
  else if (isAlias(root)) return;
}

/**
 * The edit that gives a scalar another text in the style in which it is written: quotes stay as they are, plain text gets quotes only
 * where it must. Undefined where that cannot be done without touching more (a folded block whose lines would change).
 */
export function rewriteScalar(node: Scalar, value: string, text: string): Edit | undefined {
  const start = startOf(node);
  const end = endOf(node);
  const raw = text.slice(start, end);
  const old = String(node.value);
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return rewriteBlock(node, value, text);
  const style = node.type === 'QUOTE_DOUBLE' ? '"' : node.type === 'QUOTE_SINGLE' ? "'" : '';
  if (style !== '' && raw.slice(1, -1) === old && !needsEscape(value, style))
    return { start, end, text: style + value + style };
  const inBlock = /[,[\]{}]/.test(raw);
  if (style === '' && isPlain(value, text, start, inBlock)) return { start, end, text: value };
  return { start, end, text: quoted(value, style) };
}

function needsEscape(value: string, style: string): boolean {
  return value.includes('\n') || value.includes(style) || (style === '"' && value.includes('\\'));
}

/** The quotes that the text has, else those that need fewest escapes. */
export function quoted(value: string, style = ''): string {
  // Anything that is not printable can only be escaped.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(value);
  if (control) return JSON.stringify(value).replaceAll('\u007f', '\\x7f');
  const wantsSingle = style === "'" || value.includes('"') || value.includes('\\');
  return wantsSingle ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}

/** True where the text may stand without quotes at this place and still be this text. */
function isPlain(value: string, text: string, start: number, inBlock: boolean): boolean {
  // What holds such a sign already without quotes cannot be inside of brackets.
  if (!inBlock && /[,[\]{}]/.test(value)) return false;
  if (value === '' || value.includes('\n') || /^\s|\s$/.test(value)) return false;
  const inKey = /^\s*$/.test(text.slice(text.lastIndexOf('\n', start - 1) + 1, start));
  const parsed = parseDocument(inKey ? value : `a: ${value}`, { logLevel: 'silent' });
  if (parsed.errors.length > 0) return false;
  const found: unknown = inKey ? parsed.toJS() : (parsed.toJS() as { a?: unknown }).a;
  return found === value;
}

/** In a block the characters are as they are, so only what differs is replaced. */
function rewriteBlock(node: Scalar, value: string, text: string): Edit | undefined {
  const start = startOf(node);
  const end = endOf(node);
  const raw = text.slice(start, end);
  const bodyAt = raw.indexOf('\n') + 1;
  const body = raw.slice(bodyAt);
  const old = String(node.value);
  if (node.type !== 'BLOCK_LITERAL') return undefined;
  const indent = /^ */.exec(body.split('\n').find((line) => line.trim() !== '') ?? '')?.[0] ?? '';
  const plain = body
    .split('\n')
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()));
  // What chomping took away is kept as it is.
  const joined = plain.join('\n');
  const tail = joined.slice(old.length);
  if (!joined.startsWith(old) || tail.trim() !== '') return undefined;
  const lines = (value + tail).split('\n').map((line) => (line === '' ? '' : indent + line));
  return { start: start + bodyAt, end, text: lines.join('\n') };
}
