/** An expression in Jinja, as Ansible's playbooks have it. Only read to tell a user how the same is written here. */
export type Jinja =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'field'; readonly of: Jinja; readonly name: string }
  | { readonly kind: 'index'; readonly of: Jinja; readonly index: Jinja }
  | { readonly kind: 'call'; readonly of: Jinja; readonly given: Arguments }
  | { readonly kind: 'filter'; readonly of: Jinja; readonly name: string; readonly given: Arguments }
  | {
      readonly kind: 'test';
      readonly of: Jinja;
      readonly name: string;
      readonly negated: boolean;
      readonly given: Arguments;
    }
  | { readonly kind: 'not'; readonly of: Jinja }
  | { readonly kind: 'minus'; readonly of: Jinja }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Jinja; readonly right: Jinja }
  | { readonly kind: 'choice'; readonly condition: Jinja; readonly yes: Jinja; readonly no: Jinja }
  | { readonly kind: 'list'; readonly items: readonly Jinja[] };

export interface Arguments {
  readonly list: readonly Jinja[];
  readonly named: Readonly<Record<string, Jinja>>;
}

const none: Arguments = { list: [], named: {} };

interface Token {
  readonly type: 'name' | 'number' | 'text' | 'sign' | 'end';
  readonly text: string;
}

const TOKEN =
  /\s*(?:(?<name>[A-Za-z_]\w*)|(?<number>\d+(?:\.\d+)?)|(?<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<sign>\*\*|\/\/|==|!=|<=|>=|&&|\|\||[-+*/%~<>!|.,()[\]=]))/suy;

/** Longer expressions are not worth an attempt. */
const MAX_LENGTH = 2000;
const MAX_DEPTH = 50;

class Unreadable extends Error {}

/** The tree of a Jinja expression; null where it is none, or one with parts that are not needed here. */
export function parseJinja(source: string): Jinja | null {
  if (source.length > MAX_LENGTH) return null;
  try {
    const parser = createParser(tokensOf(source.trim()));
    return parser();
  } catch (thrown) {
    if (thrown instanceof Unreadable) return null;
    throw thrown;
  }
}

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const groups = TOKEN.exec(source)?.groups;
    if (!groups) throw new Unreadable();
    const [type, text] = Object.entries(groups).find(([, found]) => found !== undefined) ?? [];
    tokens.push({ type: type as Token['type'], text: text ?? '' });
  }
  return [...tokens, { type: 'end', text: '' }];
}

const CONSTANTS: Readonly<Record<string, boolean | null>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  null: null,
};

const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else']);

const LEVELS: readonly (readonly string[])[] = [['+', '-'], ['~'], ['*', '/', '//', '%']];

function createParser(tokens: readonly Token[]): () => Jinja {
  let at = 0;
  let depth = 0;
  const peek = () => tokens[at] ?? { type: 'end', text: '' };
  const next = () => tokens[at++] ?? { type: 'end', text: '' };
  const is = (...texts: string[]) => peek().type !== 'text' && texts.includes(peek().text);
  const take = (...texts: string[]) => (is(...texts) ? next().text : undefined);
  const expect = (text: string) => {
    if (take(text) === undefined) throw new Unreadable();
  };
  const name = () => {
    const token = next();
    if (token.type !== 'name') throw new Unreadable();
    return token.text;
  };

  const expression = (): Jinja => {
    if (++depth > MAX_DEPTH) throw new Unreadable();
    const value = either();
    let result = value;
    if (take('if')) {
      const condition = either();
      expect('else');
      result = { kind: 'choice', condition, yes: value, no: expression() };
    }
    depth--;
    return result;
  };

  const either = (): Jinja => {
    let left = both();
    while (take('or', '||')) left = { kind: 'binary', operator: 'or', left, right: both() };
    return left;
  };

  const both = (): Jinja => {
    let left = negation();
    while (take('and', '&&')) left = { kind: 'binary', operator: 'and', left, right: negation() };
    return left;
  };

  const negation = (): Jinja => {
    if (depth > MAX_DEPTH) throw new Unreadable();
    if (!take('not', '!')) return comparison();
    depth++;
    const of = negation();
    depth--;
    return { kind: 'not', of };
  };

  const comparison = (): Jinja => {
    let left = operation(0);
    for (;;) {
      const operator = take('==', '!=', '<', '<=', '>', '>=');
      if (operator) left = { kind: 'binary', operator, left, right: operation(0) };
      else if (take('in')) left = { kind: 'binary', operator: 'in', left, right: operation(0) };
      else if (is('not') && tokens[at + 1]?.text === 'in') {
        at += 2;
        left = { kind: 'not', of: { kind: 'binary', operator: 'in', left, right: operation(0) } };
      } else if (take('is')) left = test(left);
      else return left;
    }
  };

  const test = (of: Jinja): Jinja => {
    const negated = take('not') !== undefined;
    let tested = name();
    while (take('.')) tested = name();
    let given = none;
    if (is('(')) given = callArguments();
    else if (
      peek().type === 'text' ||
      peek().type === 'number' ||
      (peek().type === 'name' && !KEYWORDS.has(peek().text))
    )
      given = { list: [postfix()], named: {} };
    return { kind: 'test', of, name: tested, negated, given };
  };

  const operation = (level: number): Jinja => {
    const operators = LEVELS[level];
    if (!operators) return unary();
    let left = operation(level + 1);
    for (let operator = take(...operators); operator; operator = take(...operators))
      left = { kind: 'binary', operator, left, right: operation(level + 1) };
    return left;
  };

  const unary = (): Jinja => (take('-') ? filters({ kind: 'minus', of: postfix() }) : filters(postfix()));

  const filters = (of: Jinja): Jinja => {
    let value = of;
    while (take('|')) {
      let filter = name();
      // A collection's name in front means nothing here: ansible.builtin.bool is bool.
      while (take('.')) filter = name();
      value = { kind: 'filter', of: value, name: filter, given: is('(') ? callArguments() : none };
    }
    return value;
  };

  const postfix = (): Jinja => {
    let value = primary();
    for (;;) {
      if (take('.')) {
        const token = next();
        if (token.type === 'name') value = { kind: 'field', of: value, name: token.text };
        else if (token.type === 'number')
          value = { kind: 'index', of: value, index: { kind: 'literal', value: Number(token.text) } };
        else throw new Unreadable();
      } else if (take('[')) {
        value = { kind: 'index', of: value, index: expression() };
        expect(']');
      } else if (is('(')) value = { kind: 'call', of: value, given: callArguments() };
      else return value;
    }
  };

  const callArguments = (): Arguments => {
    expect('(');
    const list: Jinja[] = [];
    const named: Record<string, Jinja> = {};
    while (!is(')')) {
      if (peek().type === 'name' && tokens[at + 1]?.text === '=') {
        const key = name();
        expect('=');
        named[key] = expression();
      } else list.push(expression());
      if (!take(',')) break;
    }
    expect(')');
    return { list, named };
  };

  const primary = (): Jinja => {
    const token = next();
    switch (token.type) {
      case 'number':
        return { kind: 'literal', value: Number(token.text) };
      case 'text':
        return { kind: 'literal', value: token.text.slice(1, -1).replace(/\\(['"\\])/g, '$1') };
      case 'name':
        if (Object.hasOwn(CONSTANTS, token.text))
          return { kind: 'literal', value: CONSTANTS[token.text] ?? null };
        if (KEYWORDS.has(token.text)) throw new Unreadable();
        return { kind: 'name', name: token.text };
      case 'sign': {
        if (token.text === '(') {
          const inner = expression();
          expect(')');
          return inner;
        }
        if (token.text !== '[') throw new Unreadable();
        const items: Jinja[] = [];
        while (!is(']')) {
          items.push(expression());
          if (!take(',')) break;
        }
        expect(']');
        return { kind: 'list', items };
      }
      default:
        throw new Unreadable();
    }
  };

  return () => {
    const result = expression();
    if (peek().type !== 'end') throw new Unreadable();
    return result;
  };
}
