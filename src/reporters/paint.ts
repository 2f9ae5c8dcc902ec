import { styleText } from 'node:util';

const STYLES = {
  ok: 'green',
  changed: 'yellow',
  skipped: 'cyan',
  failed: 'red',
  unreachable: 'red',
  rescued: 'magenta',
  ignored: 'blue',
  warning: 'yellow',
  added: 'green',
  removed: 'red',
  hunk: 'cyan',
  bold: 'bold',
  dim: 'dim',
} as const;

export type Style = keyof typeof STYLES;

/** Gives text a style; the sixteen colours of the terminal's own theme, so that it is readable on dark and on light. */
export type Paint = (style: Style, text: string) => string;

/** A paint that does nothing where colours are not wanted. */
export function createPaint(color: boolean): Paint {
  if (!color) return (_style, text) => text;
  return (style, text) => (text === '' ? '' : styleText(STYLES[style], text, { validateStream: false }));
}

/** A unified diff with its lines coloured; `clean` text only. */
export function paintDiff(diff: string, paint: Paint): string[] {
  return diff
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => paint(styleOfDiffLine(line), line));
}

function styleOfDiffLine(line: string): Style {
  if (line.startsWith('--- ') || line.startsWith('+++ ')) return 'bold';
  if (line.startsWith('@@')) return 'hunk';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'dim';
}
