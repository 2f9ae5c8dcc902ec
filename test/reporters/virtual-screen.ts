import stringWidth from 'string-width';

/** What a terminal of endless height shows after this was written to it, for the sequences that the listr screen uses. */
export function showScreen(written: string): { lines: string[]; widest: number } {
  const lines: string[] = [''];
  let row = 0;
  let column = 0;
  // biome-ignore-start lint/suspicious/noControlCharactersInRegex: the sequences are what is looked for.
  for (const [part] of written.matchAll(/\u001b\[[?\d]*[A-Za-z]|\n|\r|[^\u001b\n\r]+/g)) {
    const up = /^\u001b\[(\d+)A$/.exec(part);
    if (up) row -= Number(up[1]);
    else if (part === '\n') {
      row += 1;
      column = 0;
      lines[row] ??= '';
    } else if (part === '\r') column = 0;
    else if (part.endsWith('K') && part.startsWith('\u001b'))
      lines[row] = (lines[row] ?? '').slice(0, column);
    else if (part.endsWith('J') && part.startsWith('\u001b')) {
      lines.length = row + 1;
      lines[row] = (lines[row] ?? '').slice(0, column);
    } else if (!part.startsWith('\u001b')) {
      const line = (lines[row] ?? '').padEnd(column);
      lines[row] = line.slice(0, column) + part + line.slice(column + part.length);
      column += part.length;
    }
  }
  // biome-ignore-end lint/suspicious/noControlCharactersInRegex: see above.
  return { lines: lines.slice(0, -1), widest: Math.max(...lines.map((line) => stringWidth(line))) };
}
