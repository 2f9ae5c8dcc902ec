import { Refusal } from './tree.ts';

export interface Token {
  readonly type: 'name' | 'number' | 'text' | 'sign' | 'end';
  /** Of a text its value, without quotes. */
  readonly text: string;
}

const TOKEN =
  /\s*(?:(?<name>[A-Za-z_]\w*)|(?<number>\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?)|(?<text>'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*")|(?<sign>\*\*|\/\/|==|!=|<=|>=|[-+*/%~<>|.,:()[\]{}=]))/uy;

/** Longer expressions are not worth an attempt. */
const MAX_LENGTH = 4000;

/** Throws a Refusal for what is no Jinja. */
export function tokensOf(source: string): readonly Token[] {
  const text = source.trimEnd();
  if (text.length > MAX_LENGTH) throw new Refusal('the expression is too long');
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    if (!groups) throw new Refusal(`${JSON.stringify(text.slice(at).trim().slice(0, 20))} is not Jinja`);
    const { name, number, text: quoted, sign } = groups;
    if (name !== undefined) tokens.push({ type: 'name', text: name });
    else if (number !== undefined) tokens.push({ type: 'number', text: number.replaceAll('_', '') });
    else if (quoted !== undefined) tokens.push({ type: 'text', text: unescaped(quoted.slice(1, -1)) });
    else tokens.push({ type: 'sign', text: sign ?? '' });
  }
  return [...tokens, { type: 'end', text: '' }];
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** Python's escapes; one that it does not know stays as it is, backslash and all. */
function unescaped(text: string): string {
  return text.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g,
    (whole, hex2, hex4, letter) => {
      const hex: string | undefined = hex2 ?? hex4;
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      return ESCAPES[letter as string] ?? whole;
    },
  );
}
