/** A piece of a Jinja template as it is written. */
export interface Chunk {
  readonly kind: 'text' | 'output' | 'statement' | 'comment' | 'raw';
  /** Of a text all of it, of others what is between the braces; of raw what is between its tags. */
  readonly inner: string;
  /** As written, with its braces. */
  readonly whole: string;
  /** Offset in the template. */
  readonly at: number;
  /** A minus at its beginning or end takes away the blanks before or after. */
  readonly stripBefore: boolean;
  readonly stripAfter: boolean;
}

const OPENING = /\{\{|\{%|\{#/g;

/** Splits a template at its braces; undefined where one is not closed. */
export function chunksOf(source: string): readonly Chunk[] | undefined {
  const chunks: Chunk[] = [];
  let at = 0;
  const text = (end: number) => {
    if (end > at) chunks.push(chunk('text', source.slice(at, end), source.slice(at, end), at));
  };
  for (;;) {
    OPENING.lastIndex = at;
    const opening = OPENING.exec(source);
    if (!opening) {
      text(source.length);
      return chunks;
    }
    const start = opening.index;
    const raw = /^\{%[-+]?\s*raw\s*[-+]?%\}([\s\S]*?)\{%[-+]?\s*endraw\s*[-+]?%\}/.exec(source.slice(start));
    const end = raw ? start + raw[0].length : closingOf(source, start);
    if (end === undefined) return undefined;
    text(start);
    const whole = source.slice(start, end);
    if (raw) chunks.push(chunk('raw', raw[1] ?? '', whole, start));
    else {
      const kind = whole.startsWith('{{') ? 'output' : whole.startsWith('{%') ? 'statement' : 'comment';
      const inner = whole.slice(2, -2).replace(/^[-+]/, '').replace(/[-+]$/, '');
      chunks.push({
        ...chunk(kind, inner.trim(), whole, start),
        stripBefore: whole[2] === '-',
        stripAfter: whole.at(-3) === '-' && whole.length > 5,
      });
    }
    at = end;
  }
}

function chunk(kind: Chunk['kind'], inner: string, whole: string, at: number): Chunk {
  return { kind, inner, whole, at, stripBefore: false, stripAfter: false };
}

/** Where the braces that open at `start` close: not inside a text in quotes. */
function closingOf(source: string, start: number): number | undefined {
  const opening = source.slice(start, start + 2);
  if (opening === '{#') {
    const end = source.indexOf('#}', start + 2);
    return end < 0 ? undefined : end + 2;
  }
  const closing = opening === '{{' ? '}}' : '%}';
  const pattern = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|[\s\S]/gy;
  let depth = 0;
  for (pattern.lastIndex = start + 2; ; ) {
    const index = pattern.lastIndex;
    if (depth === 0 && source.startsWith(closing, index)) return index + 2;
    const token = pattern.exec(source)?.[0];
    if (token === undefined) return undefined;
    // A map in braces may end right before the closing ones.
    if (token === '{') depth++;
    else if (token === '}' && depth > 0) depth--;
  }
}
