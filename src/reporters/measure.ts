import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that text takes on a terminal (CJK and emoji take two); colours count nothing. */
export function widthOf(text: string): number {
  // The usual case, at a tenth of the cost.
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

/** Text cut to a width, with an ellipsis where something is gone. Plain text only, without colours. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  return `${take(text, width - 1)}…`;
}

/** Text of exactly this width: cut, or filled with blanks. */
export function toWidth(text: string, width: number): string {
  const cut = truncate(text, width);
  return cut + ' '.repeat(Math.max(0, width - widthOf(cut)));
}

/** One line as lines of at most this width, broken at blanks where there are any; never loses a character but those blanks. */
export function wrapLine(line: string, width: number): string[] {
  const limit = Math.max(width, 8);
  const lines: string[] = [];
  let rest = line;
  while (widthOf(rest) > limit) {
    let head = take(rest, limit);
    const blank = rest[head.length] === ' ' ? head.length : head.lastIndexOf(' ');
    // A break far to the left would make ragged text of long paths.
    if (blank > limit / 3) head = rest.slice(0, blank);
    lines.push(head.trimEnd());
    rest = rest.slice(head.length).replace(/^ /, '');
  }
  return [...lines, rest];
}

function take(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const columns = widthOf(segment);
    if (used + columns > width) break;
    taken += segment;
    used += columns;
  }
  return taken;
}
