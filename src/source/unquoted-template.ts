import type { Places } from './places.ts';

/**
 * A value such as `{{ x }}` without quotes is a map whose key is a map to YAML. Gives the line as it should be written, or undefined
 * where no unquoted template begins at the offset.
 */
export function unquotedTemplateAt(offset: number, places: Places): string | undefined {
  if (!/^\{[{%#]/.test(places.text.slice(offset, offset + 2))) return undefined;
  const { line, column } = places.at(offset);
  return quotedFrom(places.line(line), column - 1);
}

/** The same for a whole line, wherever the template in it begins; `column` counts from 0. */
export function unquotedTemplateIn(
  line: string,
): { readonly column: number; readonly fix: string } | undefined {
  const start = /^\s*(?:- +)*(?:[\w.-]+ *: +)?(?=\{[{%])/.exec(line);
  return start ? { column: start[0].length, fix: quotedFrom(line, start[0].length) } : undefined;
}

/** The line with the value that begins at the column in quotes; a comment and what follows in a {…} or […] stay outside. */
export function quotedFrom(line: string, column: number): string {
  const rest = line
    .slice(column)
    .replace(/\s+#.*$/, '')
    .trimEnd();
  const end = isInside(line.slice(0, column)) ? endOfEntry(rest) : rest.length;
  return `${line.slice(0, column)}${inQuotes(rest.slice(0, end).trimEnd())}${rest.slice(end)}`.trimStart();
}

/** True after a { or [ that is not closed yet. */
function isInside(before: string): boolean {
  const plain = before.replace(/"[^"]*"|'[^']*'/g, '');
  return plain.replace(/[^[{]/g, '').length > plain.replace(/[^\]}]/g, '').length;
}

/** Where an entry of a {…} or […] on one line ends. */
function endOfEntry(text: string): number {
  let depth = 0;
  for (const [index, character] of [...text].entries()) {
    if (/[[{]/.test(character)) depth += 1;
    else if (depth === 0 && /[,\]}]/.test(character)) return index;
    else if (/[\]}]/.test(character)) depth -= 1;
  }
  return text.length;
}

/** A value in the quotes that need the fewest changes. */
export function inQuotes(value: string): string {
  if (!value.includes('"') && !value.includes('\\')) return `"${value}"`;
  return `'${value.replaceAll("'", "''")}'`;
}
