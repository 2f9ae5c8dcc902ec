import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Template } from '../../../src/core/template.ts';
import { createExpressions } from '../../../src/playbook/expressions/index.ts';
import { type Kind, plainNames } from '../../../src/playbook/jinja/kinds.ts';
import { parseExpression } from '../../../src/playbook/jinja/parse.ts';
import { translateTemplate } from '../../../src/playbook/jinja/template.ts';
import { toCel, toCelValue } from '../../../src/playbook/jinja/to-cel.ts';
import { toHandlebars } from '../../../src/playbook/jinja/to-handlebars.ts';
import { type Expression, Refusal } from '../../../src/playbook/jinja/tree.ts';
import { CASES, CONDITIONS, TEMPLATES } from './jinja-cases.ts';

const expressions = createExpressions();

function translated(jinja: string, print: typeof toCel): string {
  try {
    return print(parseExpression(jinja), plainNames);
  } catch (thrown) {
    if (thrown instanceof Refusal) return `✗ ${thrown.reason}`;
    throw thrown;
  }
}

describe('an expression', () => {
  test.each(CASES)('%s', (jinja, handlebars, cel) => {
    expect([translated(jinja, toHandlebars), translated(jinja, toCelValue)]).toEqual([handlebars, cel]);
    // What is claimed to be translated is valid.
    if (!handlebars.startsWith('✗')) expressions.checkSyntax(new Template(`{{ ${handlebars} }}`));
    if (!cel.startsWith('✗')) expressions.checkSyntax(undefined, [{ expression: cel, position: undefined }]);
  });
});

const kinds: Readonly<Record<string, Kind>> = {
  text: 'text',
  items: 'list',
  enabled: 'bool',
  number: 'number',
};

describe('a condition', () => {
  test.each(CONDITIONS)('%s', (jinja, cel) => {
    const names = { ...plainNames, kindOf: (name: string) => kinds[name] ?? 'unknown' };
    expect(toCel(parseExpression(jinja), names)).toBe(cel);
    expressions.checkSyntax(undefined, [{ expression: cel, position: undefined }]);
  });
});

describe('a template', () => {
  test.each(TEMPLATES)('%j', (jinja, handlebars) => {
    expect(translateTemplate(jinja, plainNames, { trimBlocks: true })).toEqual({
      text: handlebars,
      untranslated: [],
    });
    expressions.checkSyntax(new Template(handlebars));
  });

  test('keeps what it cannot translate, says why, and marks it', () => {
    const jinja = 'a\n{% macro m(x) %}{{ x }}{% endmacro %}\n{{ y | shuffle }}\n{{ z }}\n';
    expect(translateTemplate(jinja, plainNames, { trimBlocks: true, comments: true })).toEqual({
      text:
        'a\n{% macro m(x) %}{{!-- hostwright: the statement macro has no counterpart --}}{{ x }}' +
        '{% endmacro %}{{!-- hostwright: the statement endmacro has no counterpart --}}\n' +
        '{{ y | shuffle }}{{!-- hostwright: the filter shuffle has no counterpart --}}\n{{ z }}\n',
      untranslated: [
        { at: 2, reason: 'the statement macro has no counterpart' },
        { at: 25, reason: 'the statement endmacro has no counterpart' },
        { at: 40, reason: 'the filter shuffle has no counterpart' },
      ],
    });
  });
});

const name = fc.constantFrom('a', 'b', 'item', 'x1');
const tree = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    name.map((one): Expression => ({ kind: 'name', name: one })),
    fc.integer({ min: -9, max: 99 }).map((value): Expression => ({ kind: 'number', value })),
    fc.constantFrom('', 'a b', "it's").map((value): Expression => ({ kind: 'text', value })),
    fc.record({
      kind: fc.constant('field' as const),
      of: name.map((one): Expression => ({ kind: 'name', name: one })),
      name,
    }),
    fc.record({ kind: fc.constant('not' as const), of: tie('node') }),
    fc.record({
      kind: fc.constant('binary' as const),
      operator: fc.constantFrom('and', 'or', 'in', '==', '<', '-', '*', '~') as fc.Arbitrary<'and'>,
      left: tie('node'),
      right: tie('node'),
    }),
    fc.record({ kind: fc.constant('list' as const), items: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({
      kind: fc.constant('filter' as const),
      of: tie('node'),
      name: fc.constantFrom('upper', 'int', 'first', 'length'),
      given: fc.constant({ list: [], named: {} }),
    }),
  ),
})).node;

/** Jinja with every part in parentheses. */
function written(node: Expression): string {
  switch (node.kind) {
    case 'name':
      return node.name;
    case 'number':
      return `(${node.value})`;
    case 'text':
      return JSON.stringify(node.value);
    case 'field':
      return `${written(node.of)}.${node.name}`;
    case 'not':
      return `(not ${written(node.of)})`;
    case 'binary':
      return `(${written(node.left)} ${node.operator} ${written(node.right)})`;
    case 'list':
      return `[${node.items.map(written).join(', ')}]`;
    case 'filter':
      return `(${written(node.of)} | ${node.name})`;
    default:
      throw new Error(node.kind);
  }
}

test('what is written with parentheses is read as the same tree', () => {
  fc.assert(
    fc.property(tree, (node) => {
      expect(parseExpression(written(node))).toEqual(node);
    }),
  );
});

test('whatever is translated is valid Handlebars and CEL', () => {
  fc.assert(
    fc.property(tree, (node) => {
      const jinja = written(node);
      const handlebars = translated(jinja, toHandlebars);
      if (!handlebars.startsWith('✗')) expressions.checkSyntax(new Template(`{{ ${handlebars} }}`));
    }),
  );
});

test('no text is more than a refusal', () => {
  const pieces = fc.constantFrom(
    '{{',
    '}}',
    '{%',
    '%}',
    '{#',
    '#}',
    ' if ',
    'for x in y',
    ' else ',
    'endif',
    'endfor',
    'a',
    '|',
    '.',
    '(',
    ')',
    '[',
    ']',
    "'",
    '"',
    '\n',
    '-',
    'is',
    ' not ',
    'set x = 1',
    'raw',
    'endraw',
    ',',
    '=',
    '\\',
    '~',
    '0',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
      const text = parts.join('');
      translated(text, toCel);
      translated(text, toHandlebars);
      translateTemplate(text, plainNames, { trimBlocks: true, comments: true });
    }),
    { numRuns: 3000 },
  );
});
