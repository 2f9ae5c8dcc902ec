import { type Token, tokensOf } from './tokens.ts';
import { type BinaryOperator, type Expression, type Given, nothing, Refusal } from './tree.ts';

/** How tightly operators bind, from loose to tight. Filters and tests bind tighter than arithmetic, as in Jinja. */
const POWER: Readonly<Record<string, number>> = {
  if: 1,
  or: 2,
  and: 3,
  in: 5,
  '==': 5,
  '!=': 5,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  '+': 6,
  '-': 6,
  '~': 7,
  '*': 8,
  '/': 8,
  '//': 8,
  '%': 8,
  '**': 9,
  '|': 10,
  is: 10,
  '.': 11,
  '[': 11,
  '(': 11,
};
const NOT_POWER = 4;
const UNARY_POWER = 10;
const MAX_DEPTH = 60;

const CONSTANTS: Readonly<Record<string, boolean | null>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
};
const WORDS = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else']);

/** The tree of an expression. Throws a Refusal that says what cannot be read. */
export function parseExpression(source: string): Expression {
  const parser = createParser(tokensOf(source));
  const result = parser.expression(0);
  parser.end();
  return result;
}

/** What a `for` statement says: `for key, value in map.items() if condition`. */
export interface ForHead {
  readonly names: readonly string[];
  readonly over: Expression;
  readonly condition: Expression | undefined;
}

export function parseForHead(source: string): ForHead {
  const parser = createParser(tokensOf(source));
  const names = [parser.name()];
  while (parser.take(',')) names.push(parser.name());
  if (!parser.take('in')) throw new Refusal('this for statement cannot be read');
  // Above `if`, which belongs to the statement here.
  const over = parser.expression(2);
  const condition = parser.take('if') ? parser.expression(0) : undefined;
  if (parser.take('recursive')) throw new Refusal('a recursive loop has no counterpart');
  parser.end();
  return { names, over, condition };
}

function createParser(tokens: readonly Token[]) {
  let at = 0;
  let depth = 0;
  const end: Token = { type: 'end', text: '' };
  const peek = () => tokens[at] ?? end;
  const next = () => tokens[at++] ?? end;
  const is = (text: string) => peek().type !== 'text' && peek().text === text && peek().type !== 'end';
  const take = (text: string) => {
    if (!is(text)) return false;
    at++;
    return true;
  };
  const fail = (): never => {
    const { type, text } = peek();
    throw new Refusal(
      type === 'end' ? 'the expression ends too early' : `${JSON.stringify(text)} is not expected there`,
    );
  };
  const expect = (text: string) => {
    if (!take(text)) fail();
  };
  const name = () => {
    if (peek().type !== 'name') fail();
    return next().text;
  };

  const expression = (least: number): Expression => {
    if (++depth > MAX_DEPTH) throw new Refusal('the expression is nested too deep');
    let left = prefix();
    for (;;) {
      const token = peek();
      if (token.type === 'text' || token.type === 'number' || token.type === 'end') break;
      const isNotIn = token.text === 'not' && tokens[at + 1]?.text === 'in';
      const power = isNotIn ? 5 : (POWER[token.text] ?? 0);
      if (power === 0 || power < least) break;
      left = infix(left, power);
    }
    depth--;
    return left;
  };

  const infix = (left: Expression, power: number): Expression => {
    const { text } = next();
    switch (text) {
      case 'if': {
        const condition = expression(2);
        return { kind: 'choice', condition, yes: left, no: take('else') ? expression(1) : undefined };
      }
      case 'not': {
        at++;
        return { kind: 'not', of: { kind: 'binary', operator: 'in', left, right: expression(6) } };
      }
      case '|':
        return { kind: 'filter', of: left, name: dotted(), given: is('(') ? givenArguments() : nothing };
      case 'is':
        return test(left);
      case '.':
        return peek().type === 'number'
          ? { kind: 'item', of: left, index: { kind: 'number', value: Number(next().text) } }
          : { kind: 'field', of: left, name: name() };
      case '[':
        return subscript(left);
      case '(':
        at--;
        return { kind: 'call', of: left, given: givenArguments() };
      default:
        if (power === 5) rejectChain(left);
        return {
          kind: 'binary',
          operator: text as BinaryOperator,
          left,
          right: expression(text === '**' ? power : power + 1),
        };
    }
  };

  /** `1 < x < 3` means two comparisons at once in Python. */
  const rejectChain = (left: Expression) => {
    if (left.kind === 'binary' && POWER[left.operator] === 5 && tokens[at - 2]?.text !== ')')
      throw new Refusal('a chain of comparisons is to be written as two with "and"');
  };

  const test = (of: Expression): Expression => {
    const negated = take('not');
    const tested = dotted();
    let given = nothing;
    if (is('(')) given = givenArguments();
    else {
      const { type, text } = peek();
      const begins =
        type === 'text' || type === 'number' || (type === 'name' && !WORDS.has(text)) || text === '[';
      if (begins && type !== 'end') given = { list: [expression(11)], named: {} };
    }
    const result: Expression = { kind: 'test', of, name: tested, given };
    return negated ? { kind: 'not', of: result } : result;
  };

  /** The last part of a name: ansible.builtin.bool is bool. */
  const dotted = () => {
    let found = name();
    while (is('.') && tokens[at + 1]?.type === 'name') {
      at++;
      found = name();
    }
    return found;
  };

  const subscript = (of: Expression): Expression => {
    const from = is(':') ? undefined : expression(0);
    if (!take(':')) {
      expect(']');
      if (from === undefined) return fail();
      return { kind: 'item', of, index: from };
    }
    const to = is(']') || is(':') ? undefined : expression(0);
    if (is(':')) throw new Refusal('a slice with a step has no counterpart');
    expect(']');
    return { kind: 'slice', of, from, to };
  };

  const givenArguments = (): Given => {
    expect('(');
    const list: Expression[] = [];
    const named: Record<string, Expression> = {};
    while (!is(')')) {
      if (is('*') || is('**')) throw new Refusal('arguments given with * have no counterpart');
      if (peek().type === 'name' && tokens[at + 1]?.text === '=' && tokens[at + 1]?.type === 'sign') {
        const key = name();
        at++;
        named[key] = expression(0);
      } else list.push(expression(0));
      if (!take(',')) break;
    }
    expect(')');
    return { list, named };
  };

  const itemsUntil = (close: string): Expression[] => {
    const items: Expression[] = [];
    while (!is(close)) {
      items.push(expression(0));
      if (!take(',')) break;
    }
    expect(close);
    return items;
  };

  const prefix = (): Expression => {
    const token = peek();
    if (token.type === 'end') return fail();
    at++;
    if (token.type === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.type === 'text') {
      let value = token.text;
      // Two texts side by side are one, as in Python.
      while (peek().type === 'text') value += next().text;
      return { kind: 'text', value };
    }
    if (token.type === 'name') {
      if (token.text === 'not') return { kind: 'not', of: expression(NOT_POWER) };
      if (Object.hasOwn(CONSTANTS, token.text))
        return { kind: 'constant', value: CONSTANTS[token.text] ?? null };
      if (WORDS.has(token.text)) {
        at--;
        return fail();
      }
      return { kind: 'name', name: token.text };
    }
    switch (token.text) {
      case '-': {
        const of = expression(UNARY_POWER + 1);
        return of.kind === 'number' ? { kind: 'number', value: -of.value } : { kind: 'minus', of };
      }
      case '+':
        return expression(UNARY_POWER + 1);
      case '(': {
        if (is(')')) {
          at++;
          return { kind: 'list', items: [] };
        }
        const first = expression(0);
        if (!is(',')) {
          expect(')');
          return first;
        }
        at++;
        return { kind: 'list', items: [first, ...itemsUntil(')')] };
      }
      case '[':
        return { kind: 'list', items: itemsUntil(']') };
      case '{': {
        const entries: [Expression, Expression][] = [];
        while (!is('}')) {
          const key = expression(0);
          expect(':');
          entries.push([key, expression(0)]);
          if (!take(',')) break;
        }
        expect('}');
        return { kind: 'map', entries };
      }
      default:
        at--;
        return fail();
    }
  };

  return {
    expression,
    name,
    take,
    end: () => {
      if (peek().type !== 'end') fail();
    },
  };
}
