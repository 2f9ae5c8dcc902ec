import { describe, expect, it } from 'vitest';
import { createScope, type Scope } from '../../../src/core/scope.ts';
import { Secret } from '../../../src/core/secret.ts';
import { suggestCel } from '../../../src/playbook/expressions/index.ts';
import { expressions, orMessage, outcomeOf, position, template } from './evaluating.ts';

const variables = {
  result: { rc: 0, stdout: 'hello', changed: true, failed: false, lines: ['a', 'b'], delta: 0.25 },
  skipped_result: { changed: false, skipped: true },
  item: { port: 8080, name: 'x' },
  port: template('{{ base }}'),
  base: 8080,
  app: { port: template('{{ base }}'), bad: template('{{ missing }}') },
  flag: template('{{ eq base 8080 }}'),
  on: true,
  word: 'yes',
  number: 1,
  nothing: null,
  list: [1, 2, 3],
  load: 1.5,
  remote: '{{ base }}',
  'odd-name': 1,
  secret: new Secret('hunter2'),
  evil: JSON.parse('{"constructor": null, "__proto__": {"x": 1}, "a": 1}') as unknown,
  broken: template('{{ missing }}'),
  version: '7.10.1',
  package: 'nginx',
};

const holding: readonly string[] = [
  'result.rc == 0',
  'result.rc == 0 && result.stdout != ""',
  'item.port > 1024',
  'item.port + 1 == 8081',
  'item.port * 2 >= 16160.0',
  'port == base',
  'app.port == 8080',
  'flag',
  'on ? flag : false',
  'load > 1',
  'load * 2 == 3',
  'load + 1 == 2.5',
  '1 + load == 2.5',
  'result.delta < 1',
  'size(list) == 3',
  'list[number] == 2',
  'list[size(list) - 1] == 3',
  '2 in list',
  '"b" in result.lines',
  '"ell" in result.stdout',
  '"port" in item',
  '!("x" in item)',
  'list.exists(i, i > 2) && list.all(i, i > 0)',
  'list.map(i, i * 2) == [2, 4, 6]',
  'list.filter(i, i != 2).contains(3)',
  'has(result.rc) && !has(result.stderr)',
  'has(vars.base) && !has(vars.missing)',
  'vars["odd-name"] == 1',
  '"base" in vars',
  'defined("base") && !defined("missing")',
  'defined(result.rc) && !defined(result.nope.deeper) && !defined(missing)',
  'default(missing, 1) == 1',
  'default(vars.missing, "a") == "a"',
  'default(result.nope, "x") == "x"',
  'default(app.bad, 5) == 5',
  'default(nothing, 3) == 3',
  'default(result.rc, 9) == 0',
  'nothing == null',
  'word != null',
  'word == "yes"',
  'to_bool(word)',
  'remote == "{" + "{ base }" + "}"',
  'result.stdout.startsWith("he") && result.stdout.matches("^h.*o$")',
  'changed(result) && succeeded(result) && !failed(result) && !unreachable(result)',
  'skipped(skipped_result) && !failed(skipped_result)',
  'version(version, ">=", "7.9")',
  'in_network("10.1.2.3", "10.0.0.0/8")',
  'netmask("10.0.0.0/8") == "255.0.0.0"',
  'upper(word) == "YES"',
  'first(list) == 1 && max(list) == 3',
  'split("a,b", ",") == ["a", "b"]',
  'item == {"name": "x", "port": 8080}',
  'secret == "hunter2"',
  'evil.a == 1',
  'vars.package == "nginx"',
  'string(number) == "1" && int("2") == 2 && double(number) == 1.0',
  '{{ flag }}'.replace('{{ flag }}', 'flag == true'),
  'duration("60s") < duration("2m")',
  'type(word) == string && type(base) == int && type(load) == double',
];

const failing: readonly (readonly [string, string])[] = [
  [
    'missing',
    'The variable "missing" is not defined.\n  Define it (vars, inputs, inventory, -e), or test it with has(vars.missing).',
  ],
  ['itm.port == 1', 'The variable "itm" is not defined.\n  Did you mean "item"?'],
  // CEL by itself would forgive these, since the other side decides.
  [
    'missing == 1 || on',
    'The variable "missing" is not defined.\n  Define it (vars, inputs, inventory, -e), or test it with has(vars.missing).',
  ],
  [
    'list.exists(i, i == missing || true)',
    'The variable "missing" is not defined.\n  Define it (vars, inputs, inventory, -e), or test it with has(vars.missing).',
  ],
  [
    'app.bad == 1 || on',
    'The variable "missing" is not defined.\n  Define it (vars, inputs, inventory, -e), or give a fallback with "default".',
  ],
  [
    'broken == 1',
    'The variable "missing" is not defined.\n  Define it (vars, inputs, inventory, -e), or give a fallback with "default".',
  ],
  [
    'result.stderr == ""',
    'The condition \'result.stderr == ""\' cannot be evaluated: no such key: stderr (at character 8).\n  Test it with has(result.stderr), or give a fallback: default(result.stderr, "")',
  ],
  [
    'list[7] == 1',
    'The condition "list[7] == 1" cannot be evaluated: index out of bounds, index 7 >= size 3 (at character 1).\n  Test the length first: size(x) > 0',
  ],
  [
    'word',
    'The condition "word" gives the text "yes", not true or false.\n  Write to_bool(word), or compare: word == "yes"',
  ],
  [
    'number',
    'The condition "number" gives the number 1, not true or false.\n  Write a comparison: number != 0',
  ],
  [
    'nothing',
    'The condition "nothing" gives null, not true or false.\n  Write a comparison: nothing != null',
  ],
  ['list', 'The condition "list" gives a list, not true or false.\n  Write a comparison: size(list) > 0'],
  [
    'word && on',
    'The condition "word && on" cannot be evaluated: logical operator requires bool operands, got \'string\' (at character 1).\n  Compare it with something: x != "", x > 0, x != null, size(x) > 0.',
  ],
  [
    'word + 1 == "a"',
    'The condition \'word + 1 == "a"\' cannot be evaluated: there is no operation string + int (at character 1).\n  Convert one side: string(x), int(x), double(x); or check the name and the number of arguments.',
  ],
  [
    'sze(list) > 1',
    'The condition "sze(list) > 1" calls "sze", which is not a function.\n  Did you mean "size"?',
  ],
  [
    'word.startWith("a")',
    'The condition \'word.startWith("a")\' calls "startWith", which is not a function.\n  Did you mean "startsWith"?',
  ],
  [
    'upper(list) == "A"',
    'The condition \'upper(list) == "A"\' cannot be evaluated: for value a text is needed, but a list was given.',
  ],
  [
    'number = 1',
    'The condition "number = 1" is not valid: unexpected character: = (at character 8).\n  Equality is written ==.',
  ],
  [
    'package == "x"',
    'The condition \'package == "x"\' is not valid: reserved identifier: package (at character 1).\n  The name is a word of CEL itself; write vars.name.',
  ],
  [
    'word == "{{ remote }}"',
    'The condition \'word == "{{ remote }}"\' holds {{ }}, but conditions are evaluated as they are.\n  Write: word == remote',
  ],
  [
    '{{ base }} == 8080',
    'The condition "{{ base }} == 8080" holds {{ }}, but conditions are evaluated as they are.\n  Write: base == 8080',
  ],
  ['True', 'The variable "True" is not defined.\n  Write: true'],
  ['word == None', 'The variable "None" is not defined.\n  Write: word == null'],
  [
    'word is defined',
    'The condition "word is defined" is not valid: unexpected character: \'s\' (at character 6).\n  Write: has(vars.word)',
  ],
  [
    'result is failed',
    'The condition "result is failed" is not valid: unexpected character: \'s\' (at character 8).\n  Write: failed(result)',
  ],
  [
    'evil.constructor == 1',
    'The condition "evil.constructor == 1" cannot be evaluated: no such key: constructor (at character 6).\n  Test it with has(evil.constructor), or give a fallback: default(evil.constructor, "")',
  ],
];

describe('conditions', () => {
  it.each(holding.map((expression) => [expression]))('%s', (expression) => {
    expect(outcomeOf(expression, variables)).toBe(true);
  });

  it.each(failing)('%s: error', (expression, message) => {
    expect(outcomeOf(expression, variables)).toBe(`site.yaml:3:7: ${message}`);
  });

  it('are false where they are false', () => {
    for (const expression of [
      'result.rc != 0',
      '!on',
      'has(vars.missing)',
      'word == 1',
      '"x" in list',
      'false && missing',
    ])
      expect(outcomeOf(expression, variables), expression).toBe(false);
  });

  it('in a list are all to hold, and stop at the first that does not', () => {
    const all = (list: readonly string[]) =>
      expressions.holds(
        list.map((expression) => ({ expression, position })),
        createScope([variables]),
      );
    expect(all([])).toBe(true);
    expect(all(['on', 'flag'])).toBe(true);
    expect(all(['!on', 'missing == 1'])).toBe(false);
  });

  it('may be a boolean, a template, or a function', () => {
    const holds = (expression: Parameters<typeof expressions.holds>[0][number]['expression']) =>
      orMessage(() => expressions.holds([{ expression, position }], createScope([variables])));
    expect([holds(true), holds(false)]).toEqual([true, false]);
    expect([holds('{{ flag }}'), holds(template('{{ eq base 1 }}'))]).toEqual([true, false]);
    expect(holds('{{ word }}')).toMatch('gives the text "yes", not true or false');
    expect(holds(({ base, item }) => base === 8080 && (item as { port: number }).port === base)).toBe(true);
    expect(holds((names) => 'base' in names && !('missing' in names) && names.missing === undefined)).toBe(
      true,
    );
    expect(holds(() => 'x')).toMatch('The function of a condition gives the text "x"');
  });
});

describe('evaluate', () => {
  const evaluate = (expression: string) =>
    orMessage(() => expressions.evaluate(expression, createScope([variables]), position));

  it.each([
    ['result.rc', 0],
    ['result.lines[1]', 'b'],
    ["item['name']", 'x'],
    ['app.port', 8080],
    ['item', { port: 8080, name: 'x' }],
    ['secret', variables.secret],
    ['size(list)', 3],
    ['list.map(i, i * 2)', [2, 4, 6]],
    ['{"a": item.port, "b": [load]}', { a: 8080, b: [1.5] }],
    ['timestamp("2026-01-31T00:00:00Z")', '2026-01-31T00:00:00.000Z'],
    ['duration("90s")', '90s'],
    ['base / 3', 2693],
    [
      'missing',
      'site.yaml:3:7: The variable "missing" is not defined.\n  Define it (vars, inputs, inventory, -e), or give a fallback with "default".',
    ],
    ['result.none', 'site.yaml:3:7: "result.[none]" is not defined'],
  ])('%s', (expression, expected) => {
    const value = evaluate(expression);
    if (expression === 'result.none')
      expect(value).toMatch('"result.none" is not defined: result (a map) has no field "none".');
    else expect(value).toEqual(expected);
  });
});

describe('what a scope throws', () => {
  class FactsNeeded {
    readonly host = 'web01';
  }
  class NeededError extends Error {}
  const signals = [new FactsNeeded(), new NeededError('facts'), Symbol('signal')] as const;
  const scopeThrowing = (signal: unknown): Scope => ({
    has: (name) => ['facts', 'on', 'map', 'uses', 'inventory_hostname'].includes(name),
    get: (name) => {
      if (name === 'on') return true;
      if (name === 'inventory_hostname') return 'web01';
      if (name === 'uses') return template('{{ facts.x }}');
      if (name === 'map')
        return Object.defineProperty({}, 'x', {
          enumerable: true,
          get: () => {
            throw signal;
          },
        });
      throw signal;
    },
    names: () => ['facts', 'on', 'map', 'uses', 'inventory_hostname'],
  });

  const thrownBy = (step: () => unknown): unknown => {
    try {
      return ['nothing thrown', step()];
    } catch (thrown) {
      return thrown;
    }
  };

  it.each([
    'facts.x == 1',
    'facts.x == 1 || on',
    'on && facts.x == 1',
    'default(facts.x, 1) == 1',
    'default(facts, 1) == 1',
    'defined(facts.x)',
    'has(facts.x)',
    '[1].exists(i, facts.x == i || true)',
    'upper(facts.x) == "A"',
    'map.x == 1 || on',
    'uses == 1 || on',
    'has(map.x)',
    'default(map.x, 1) == 1 || on',
    'vars.facts.x == 1',
  ])('passes through the condition %s unchanged', (expression) => {
    for (const signal of signals)
      expect(thrownBy(() => expressions.holds([{ expression, position }], scopeThrowing(signal)))).toBe(
        signal,
      );
  });

  it.each([
    '{{ facts }}',
    'x {{ facts.y }}',
    '{{ default facts.y "d" }}',
    '{{ upper facts.y }}',
    '{{#if facts}}a{{/if}}',
    '{{#each facts}}a{{/each}}',
    '{{ uses }}',
    '{{ default uses 1 }}',
    '{{ defined facts.y }}',
    '{{ ternary (eq facts 1) 1 2 }}',
    '{{ map.x }}',
    '{{ map }}',
    '{{ lookup vars "facts" }}',
  ])('passes through the template %s unchanged', (source) => {
    for (const signal of signals)
      expect(thrownBy(() => expressions.resolve(template(source), scopeThrowing(signal)))).toBe(signal);
  });

  it('passes through template files, evaluate and functions unchanged', () => {
    const [signal] = signals;
    const scope = scopeThrowing(signal);
    expect(thrownBy(() => expressions.renderText('a {{ facts }}', 'f', scope, 'xml'))).toBe(signal);
    expect(thrownBy(() => expressions.evaluate('facts.os', scope))).toBe(signal);
    expect(thrownBy(() => expressions.holds([{ expression: (names) => names.facts, position }], scope))).toBe(
      signal,
    );
  });

  it('is not asked for by a test of another name', () => {
    const scope = scopeThrowing(new FactsNeeded());
    expect(
      expressions.holds(
        [{ expression: 'on && !has(vars.other) && !("other" in vars) && defined("facts")', position }],
        scope,
      ),
    ).toBe(true);
    expect(expressions.resolve(template('{{ default other (keys vars) }}'), createScope([{ a: 1 }]))).toEqual(
      ['a'],
    );
  });

  it('does not disturb the evaluation in which a scope evaluates another', () => {
    const inner = createScope([{ a: 1 }]);
    const scope: Scope = {
      has: () => true,
      get: (name) =>
        name === 'lazy' ? expressions.holds([{ expression: 'default(a, 2) == 1', position }], inner) : 5,
      names: () => ['lazy'],
    };
    expect(expressions.holds([{ expression: 'lazy && default(b, 0) == 5', position }], scope)).toBe(true);
  });
});

describe('names that conditions refer to', () => {
  it.each([
    ['a.b == 1 && c', ['a', 'c']],
    ['has(vars.a) && a == 1', ['a?']],
    ['default(a, b) == vars.c && vars["d"] == 1', ['a?', 'b', 'c', 'd']],
    ['items.exists(i, i == x) && i', ['items', 'x', 'i']],
    ['defined("a") || defined(b.c)', ['a?', 'b?']],
    ['type(a) == string && size(list) > 0', ['a', 'string?', 'list?']],
    ['cel.bind(x, a, x + b) == {"k": c}[d]', ['a', 'b', 'c', 'd']],
    ['{{ default a b }}', ['a?', 'b']],
  ])('%s', (expression, expected) => {
    const found = expressions.references(undefined, [{ expression, position }]);
    expect(found.map(({ name, optional }) => (optional ? `${name}?` : name))).toEqual(expected);
  });
});

describe('checkSyntax', () => {
  it.each([
    ['anything.at.all == 1', undefined],
    ['a ==', 'is not valid'],
    ['nope(a)', 'calls "nope", which is not a function'],
    ['a is defined', 'Write: has(vars.a)'],
    ['"a" + 1 == "a1"', 'there is no operation string + int'],
    ['{{ nope a }}', 'no function "nope"'],
  ])('%s', (expression, message) => {
    const outcome = orMessage(() => expressions.checkSyntax(undefined, [{ expression, position }]));
    if (message === undefined) expect(outcome).toBeUndefined();
    else expect(outcome).toMatch(message);
  });
});

describe('suggestCel', () => {
  it.each([
    ['x is defined', 'has(vars.x)'],
    ['x is not defined', '!has(vars.x)'],
    ['x is undefined', '!has(vars.x)'],
    ['x is not undefined', 'has(vars.x)'],
    ['x.y is defined and x.y', 'has(x.y) && x.y'],
    ['not x', '!x'],
    ['not (a or b)', '!(a || b)'],
    ['a or b and not c', 'a || b && !c'],
    ['(a or b) and c', '(a || b) && c'],
    ['result is failed or result is changed', 'failed(result) || changed(result)'],
    ['result is not succeeded', '!succeeded(result)'],
    ['result is skipped', 'skipped(result)'],
    ['x | length > 0', 'size(x) > 0'],
    ['x|int == 5', 'int(x) == 5'],
    ['x | bool', 'to_bool(x)'],
    ["x | default('') == ''", "default(vars.x, '') == ''"],
    ['x.y | default(false)', 'default(x.y, false)'],
    ['x | lower == "a"', "x.lowerAscii() == 'a'"],
    ["'a' not in b", "!('a' in b)"],
    ["x is match('^a')", "x.matches('^a')"],
    ["x is search('a|b')", "x.matches('a|b')"],
    ["x is version('1.2', '>=')", "version(x, '>=', '1.2')"],
    ['x is none', 'x == null'],
    ['x == True', 'x == true'],
    ['x is string', 'type(x) == string'],
    ["a['b'] == 1", 'a.b == 1'],
    ["hostvars[host]['x'] == 1", 'hostvars[host].x == 1'],
    ['a if b else c', 'b ? a : c'],
    ["x.startswith('a')", "x.startsWith('a')"],
    ['x.rc != 0', null],
    ['x == ', null],
    ['x is divisibleby 3', 'x % 3 == 0'],
    ["lookup('file', x) == 'a' ~ b | foo", null],
  ])('%s', (jinja, cel) => {
    expect(suggestCel(jinja)).toBe(cel);
    if (cel !== null)
      expect(
        orMessage(() => expressions.checkSyntax(undefined, [{ expression: cel, position }])),
      ).toBeUndefined();
  });
});
