import type { SourcePosition } from '../core/position.ts';

/** Turns offsets in a text into lines and columns, and gives the lines themselves. */
export interface Places {
  readonly text: string;
  readonly at: (offset: number) => SourcePosition;
  /** The line (from 1), without its end. */
  readonly line: (number: number) => string;
  /** Offset at which the line (from 1) begins. */
  readonly start: (number: number) => number;
}

export function createPlaces(text: string, file: string): Places {
  const starts = [0];
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1))
    starts.push(index + 1);
  const lineOf = (offset: number) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low;
  };
  return {
    text,
    at: (offset) => {
      const line = lineOf(offset);
      return { file, line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
    },
    line: (number) => {
      const start = starts[number - 1];
      if (start === undefined) return '';
      const end = starts[number];
      return text.slice(start, end === undefined ? undefined : end - 1).replace(/\r$/, '');
    },
    start: (number) => starts[number - 1] ?? text.length,
  };
}
