import { type ByteText, decodeText, encodeText } from './file-text.ts';

/** A line of a file: its bytes without the end, and how it ends (nothing or half an end, for a last line without one). */
export interface FileLine {
  readonly text: ByteText;
  readonly ending: '\n' | '\r\n' | '\r' | '';
}

export function splitLines(text: ByteText): readonly FileLine[] {
  const parts = text.split('\n');
  const last = parts.pop() ?? '';
  const lines: FileLine[] = parts.map((part) =>
    part.endsWith('\r') ? { text: part.slice(0, -1), ending: '\r\n' } : { text: part, ending: '\n' },
  );
  if (last === '') return lines;
  const end: FileLine = last.endsWith('\r')
    ? { text: last.slice(0, -1), ending: '\r' }
    : { text: last, ending: '' };
  return [...lines, end];
}

export function joinLines(lines: readonly FileLine[]): ByteText {
  return lines.map((line) => line.text + line.ending).join('');
}

/** How new lines end in this file: as its first line does. */
export function lineEnding(lines: readonly FileLine[]): '\n' | '\r\n' {
  return lines[0]?.ending.startsWith('\r') ? '\r\n' : '\n';
}

/** The line with a whole end, for a last line that has none and shall have a line after it. */
export function endedLine(line: FileLine, lines: readonly FileLine[]): FileLine {
  if (line.ending === '\r') return { ...line, ending: '\r\n' };
  return line.ending === '' ? { ...line, ending: lineEnding(lines) } : line;
}

/** Puts lines in at an index; a last line without an end gets one where something follows it. */
export function insertLines(
  lines: readonly FileLine[],
  at: number,
  texts: readonly string[],
): readonly FileLine[] {
  const ending = lineEnding(lines);
  const before = lines.slice(0, at).map((line) => endedLine(line, lines));
  const inserted = texts.map((text) => ({ text: encodeText(text), ending }));
  return [...before, ...inserted, ...lines.slice(at)];
}

/** The line as a person reads it, for patterns. */
export function shownLine(line: FileLine): string {
  return decodeText(line.text);
}
