/** A value in Python's notation, as INI inventories have it; undefined where the text is none (and so is taken as text). */
export function readPythonLiteral(source: string): { readonly value: unknown } | undefined {
  try {
    return { value: createReader(source.trim())() };
  } catch (thrown) {
    if (thrown instanceof NotLiteral) return undefined;
    throw thrown;
  }
}

class NotLiteral extends Error {}

const MAX_DEPTH = 30;
const CONSTANTS: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '0': '\0',
  '\n': '',
};

const INTEGER = /^[-+]?\s*(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0+|[1-9]\d*)$/;
const DECIMAL = /^[-+]?\s*(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?$/;

function createReader(source: string): () => unknown {
  let at = 0;
  let depth = 0;

  const blanks = () => {
    while (/\s/.test(source[at] ?? '')) at++;
  };
  const take = (character: string) => {
    blanks();
    if (source[at] !== character) return false;
    at++;
    return true;
  };

  const value = (): unknown => {
    if (++depth > MAX_DEPTH) throw new NotLiteral();
    blanks();
    const found = one();
    depth--;
    return found;
  };

  const one = (): unknown => {
    switch (source[at]) {
      case '[':
        at++;
        return items(']');
      case '(': {
        at++;
        const start = at;
        const list = items(')');
        // (x) is x itself; only a comma makes a tuple.
        return list.length === 1 && !/,\s*\)$/.test(source.slice(start, at)) ? list[0] : list;
      }
      case '{':
        at++;
        return entries();
      case "'":
      case '"':
        return text();
      default:
        return word();
    }
  };

  const items = (end: string): unknown[] => {
    const found: unknown[] = [];
    while (!take(end)) {
      found.push(value());
      if (!take(',')) {
        if (!take(end)) throw new NotLiteral();
        break;
      }
    }
    return found;
  };

  const entries = (): unknown => {
    const found: [string, unknown][] = [];
    while (!take('}')) {
      const key = value();
      if (typeof key === 'object' && key !== null) throw new NotLiteral();
      if (!take(':')) throw new NotLiteral();
      found.push([String(key), value()]);
      if (!take(',')) {
        if (!take('}')) throw new NotLiteral();
        break;
      }
    }
    return Object.fromEntries(found);
  };

  const text = (): string => {
    const quote = source[at++];
    let found = '';
    for (;;) {
      const character = source[at++];
      if (character === undefined || character === '\n') throw new NotLiteral();
      if (character === quote) return found;
      if (character !== '\\') {
        found += character;
        continue;
      }
      const escaped = source[at++] ?? '';
      const hexadecimal = /^[xuU]$/.test(escaped) ? escaped : undefined;
      if (hexadecimal) {
        const digits = source.slice(at, at + { x: 2, u: 4, U: 8 }[hexadecimal as 'x' | 'u' | 'U']);
        const code = Number.parseInt(digits, 16);
        if (!/^[0-9a-fA-F]+$/.test(digits) || code > 0x10ffff) throw new NotLiteral();
        at += digits.length;
        found += String.fromCodePoint(code);
      } else found += ESCAPES[escaped] ?? `\\${escaped}`;
    }
  };

  const word = (): unknown => {
    const [found] = /^[-+]?\s*[\w.]+(?:(?<=[eE])[-+]\d+)?/.exec(source.slice(at)) ?? [];
    if (found === undefined) throw new NotLiteral();
    at += found.length;
    if (Object.hasOwn(CONSTANTS, found)) return CONSTANTS[found];
    const plain = found.replaceAll(/(?<=\w)_(?=\w)/g, '');
    if (INTEGER.test(plain)) {
      const sign = plain.startsWith('-') ? -1 : 1;
      const number = Number(plain.replace(/^[-+]\s*/, ''));
      // A longer number is a name made of digits, and stays exact as text.
      if (!Number.isSafeInteger(number)) throw new NotLiteral();
      return sign * number;
    }
    // 0644 is no number in Python, and stays the text that it is.
    if (!DECIMAL.test(plain) || /^[-+]?\s*0\d+$/.test(plain)) throw new NotLiteral();
    return Number(plain.replace(/\s/g, ''));
  };

  return () => {
    const found = value();
    blanks();
    // A comment may follow, as in Python.
    if (at < source.length && source[at] !== '#') throw new NotLiteral();
    return found;
  };
}
