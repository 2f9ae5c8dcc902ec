import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostwrightError } from '../../../src/core/error.ts';
import { createScope } from '../../../src/core/scope.ts';
import { functions } from '../../../src/playbook/expressions/functions/index.ts';
import { suggestCel, suggestTemplate } from '../../../src/playbook/expressions/index.ts';
import { expressions, position, template } from './evaluating.ts';

const scope = createScope([
  {
    a: 1,
    b: 'text',
    c: { d: [1, { e: template('{{ a }}') }], constructor: null, hasOwnProperty: 1 },
    list: [3, 'x', null, { n: 1 }],
    t: template('{{ b }}-{{ c.d.[1].e }}'),
    loop: template('{{ loop }}'),
    n: null,
    json: JSON.parse('{"__proto__": {"x": 1}, "constructor": {"name": null}, "toString": 5}') as unknown,
  },
]);

const seeds = [
  '{{ a }} {{{ b }}} {{#each list as |x i|}}{{x}}{{i}}{{/each}} {{#if (eq a 1)}}{{ c.d.[1].e }}{{else}}n{{/if}}',
  '{{ default (lookup c "d") (list 1 "2" null true) }}{{ sort list by="n" reverse=true }}{{~ t ~}}',
  '{{{{raw}}}}{{ x }}{{{{/raw}}}}{{!-- c --}}\\{{ a }}{{ json.constructor.name }}{{ loop }}{{ @root.a }}',
  "{{ x | default('a') }}{% if x %}{{ a[0] }}{{ regex_replace b '(.)' '\\1' }}{{ range 1 5 }}",
  'a == 1 && has(c.d) || list.exists(i, i == b) && !("x" in c) ? size(list) > 2 : default(vars.zz, 1) == 2',
  'json.constructor.name == json.toString && c == {"d": [1, 2.5]} || t.matches("a+") && loop != null',
  'x is defined and (y | length > 0) or not z is failed and "a" in b ~ c',
  'cel.bind(v, a, v + 1) == int("2") && type(list) == list && timestamp("2026-01-01T00:00:00Z") > n',
];

const pieces = [
  '{{',
  '}}',
  '{{{',
  '}}}',
  '(',
  ')',
  '[',
  ']',
  '.',
  '..',
  '/',
  '#',
  '"',
  "'",
  '|',
  ' ',
  '\n',
  '@',
  '~',
  '=',
  '!',
  '&&',
  '||',
  '?',
  ':',
  '-',
  '0',
  '\\',
  '\0',
  'null',
  'this',
  'in',
  '\u{1F600}',
  '\uD800',
  '{%',
  '%}',
  ',',
  '<',
  '+',
  '__proto__',
];

/** A seed with parts cut out, doubled or replaced. */
const mutated = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.array(
      fc.tuple(fc.nat(200), fc.nat(12), fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 }))),
      { maxLength: 5 },
    ),
  )
  .map(([seed, edits]) =>
    edits.reduce((text, [at, length, piece]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + piece + text.slice(start + length);
    }, seed),
  );

const parameters = { numRuns: 3000, seed: 20260131 };

/** Runs a step; anything thrown but a HostwrightError fails the test. */
function attempt(step: () => unknown): void {
  try {
    step();
  } catch (thrown) {
    if (!(thrown instanceof HostwrightError)) throw thrown;
    expect(thrown.message).not.toMatch(/\n|undefined is not|Cannot read|[a-z]\.[a-z]+ is not a function/);
  }
}

describe('whatever is written, there is a value or a HostwrightError', () => {
  it('for templates', () => {
    fc.assert(
      fc.property(mutated, (source) => {
        attempt(() => expressions.resolve(template(source), scope));
        attempt(() => expressions.references(template(source)));
      }),
      parameters,
    );
  });

  it('for template files', () => {
    fc.assert(
      fc.property(mutated, (source) =>
        attempt(() => expressions.renderText(source, 'f.xml.hbs', scope, 'xml')),
      ),
      parameters,
    );
  });

  it('for conditions', () => {
    fc.assert(
      fc.property(mutated, (expression) => {
        attempt(() => expressions.holds([{ expression, position }], scope));
        attempt(() => expressions.evaluate(expression, scope, position));
        attempt(() => expressions.checkSyntax(undefined, [{ expression, position }]));
        attempt(() => expressions.references(undefined, [{ expression, position }]));
      }),
      parameters,
    );
  });

  it('for suggestions, which never throw', () => {
    fc.assert(
      fc.property(mutated, (source) => {
        for (const suggestion of [suggestCel(source), suggestTemplate(source)])
          expect(suggestion === null || typeof suggestion === 'string').toBe(true);
      }),
      parameters,
    );
  });

  it('for arguments of any type to any function', () => {
    const argument = fc.oneof(
      fc.constantFrom(
        'a',
        'b',
        'c',
        'list',
        'n',
        'json',
        't',
        '1',
        '-1',
        '99999999999999999999',
        '""',
        '"x"',
        '"10.0.0.0/8"',
        'true',
        '(list)',
        '(dict)',
      ),
    );
    const names = fc.constantFrom(...Object.keys(functions));
    fc.assert(
      fc.property(names, fc.array(argument, { maxLength: 4 }), (name, words) => {
        attempt(() => expressions.resolve(template(`{{ ${[name, ...words].join(' ')} }}`), scope));
        const operands = words.filter((word) => !word.startsWith('('));
        attempt(() => expressions.evaluate(`${name}(${operands.join(', ')})`, scope, position));
      }),
      parameters,
    );
  });
});
