// A control string (OSC, DCS, SOS, PM, APC) runs to its terminator; one that is never terminated swallows the rest of its line only, so
// that a host cannot hide what follows. Then CSI sequences, other escapes, and single control characters.
const HOSTILE = new RegExp(
  [
    '(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u001b\\u009c\\n]*(?:\\u0007|\\u001b\\\\|\\u009c)?',
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]?',
    '\\u001b[ -/]*[0-~]?',
    '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]',
    // Characters that reorder or hide text (bidirectional overrides and isolates, line separators, byte order mark).
    '[\\u202a-\\u202e\\u2066-\\u2069\\u2028\\u2029\\ufeff]',
  ].join('|'),
  'g',
);

/**
 * Text of a host (or of anyone else) that may be shown on a terminal: escape sequences and control characters are gone, except newline
 * and tab. Every reporter passes everything it did not write itself through here.
 */
export function cleanText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(HOSTILE, '');
}

/** As cleanText, on one line. */
export function cleanLine(text: string): string {
  return cleanText(text)
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('\t', ' ')
    .trim();
}

/** What a terminal would show of a line with carriage returns in it (progress bars): the text after the last of them, cleaned. */
export function lastOverprint(line: string): string {
  const parts = line.split('\r').filter((part) => part !== '');
  return cleanText(parts.at(-1) ?? '').replaceAll('\t', '    ');
}
