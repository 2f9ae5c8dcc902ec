import { describe, expect, it } from 'vitest';
import { createScope } from '../../../src/core/scope.ts';
import { Secret } from '../../../src/core/secret.ts';
import { expressions, orMessage, position, resultOf, template } from './evaluating.ts';

const variables = {
  base: 8080,
  name: 'web01',
  empty: '',
  nothing: null,
  yes: true,
  ports: [80, 443],
  none: [],
  app: { port: template('{{ base }}'), name: 'shop', deep: { list: [{ id: 1 }] } },
  users: [
    { name: 'ada', id: 1 },
    { name: 'bob', id: 2 },
  ],
  'odd-name': { 'a key': 'odd' },
  full: template('{{ name }}:{{ app.port }}'),
  broken: template('{{ missing }}'),
  a: template('{{ b }}'),
  b: template('x{{ c.d }}'),
  c: { d: template('{{ a }}') },
  remote: '{{ base }}',
  key: 'port',
  upper: 'a variable',
  secret: new Secret('hunter2'),
};

/** Each template with its value, or with the whole message that it gives. */
const cases: Readonly<Record<string, readonly (readonly [string, unknown])[]>> = {
  'keep the type of a single expression': [
    ['{{ base }}', 8080],
    ['{{{ base }}}', 8080],
    ['{{ yes }}', true],
    ['{{ nothing }}', null],
    ['{{ ports }}', [80, 443]],
    ['{{ app.port }}', 8080],
    ['{{ full }}', 'web01:8080'],
    ['{{ app }}', { port: 8080, name: 'shop', deep: { list: [{ id: 1 }] } }],
    ['{{ "text" }}', 'text'],
    ['{{ 42 }}', 42],
    ['{{ secret }}', variables.secret],
  ],
  'give text otherwise': [
    [' {{ base }}', ' 8080'],
    ['{{ yes }} {{ base }} {{ name }}', 'true 8080 web01'],
    ['{{ ports }}!', '[80,443]!'],
    ['{{ app }}!', '{"port":8080,"name":"shop","deep":{"list":[{"id":1}]}}!'],
    ['<{{ secret }}>', '<hunter2>'],
    ['a & <b> "{{ name }}"', 'a & <b> "web01"'],
    ['\\{{ name }} {{!-- note --}}x', '{{ name }} x'],
    ['{{{{raw}}}}{{ name }}{{{{/raw}}}}', '{{ name }}'],
    ['a {{~ name ~}} b', 'aweb01b'],
  ],
  'follow paths': [
    ['{{ app.deep.list.[0].id }}', 1],
    ['{{ ports.[1] }}', 443],
    ['{{ ports.length }}', 2],
    ['{{ odd-name.[a key] }}', 'odd'],
    ['{{ vars.base }}', 8080],
    ['{{ lookup app key }}', 8080],
    ['{{ lookup vars "odd-name" }}', { 'a key': 'odd' }],
    ['{{ @root.name }}', 'web01'],
    ['{{ upper }}', 'a variable'],
    ['{{ upper upper }}', 'A VARIABLE'],
  ],
  'never render what is no Template': [
    ['{{ remote }}', '{{ base }}'],
    ['{{ remote }} {{ upper remote }}', '{{ base }} {{ BASE }}'],
    ['{{ from_yaml "a: \'{{ base }}\'" }}', { a: '{{ base }}' }],
  ],
  'have blocks': [
    ['{{#if yes}}a{{else}}b{{/if}}', 'a'],
    ['{{#if none}}a{{else if empty}}b{{else}}c{{/if}}', 'c'],
    ['{{#unless nothing}}a{{/unless}}', 'a'],
    ['{{#each users}}{{@index}}:{{name}}{{#unless @last}}, {{/unless}}{{/each}}', '0:ada, 1:bob'],
    ['{{#each ports}}{{this}};{{/each}}', '80;443;'],
    ['{{#each none}}x{{else}}empty{{/each}}', 'empty'],
    ['{{#each nothing}}x{{else}}empty{{/each}}', 'empty'],
    ['{{#each app}}{{@key}}{{#if @first}}*{{/if}} {{/each}}', 'port* name deep '],
    [
      '{{#each users as |user i|}}{{i}}{{user.name}} {{../name}} {{@root.base}};{{/each}}',
      '0ada web01 8080;1bob web01 8080;',
    ],
    [
      '{{#each users}}{{#each ../ports}}{{../name}}{{this}} {{@../index}} {{/each}}{{/each}}',
      'ada80 0 ada443 0 bob80 1 bob443 1 ',
    ],
    ['{{#with app}}{{port}} {{name}} {{../name}}{{/with}}', '8080 shop web01'],
    ['{{#with nothing}}x{{else}}none{{/with}}', 'none'],
    ['{{#users}}{{name}} {{/users}}{{^none}}none{{/none}}', 'ada bob none'],
    ['{{#if (gt base 1024)}}high{{/if}}', 'high'],
    ['x\n{{#each ports}}\n- {{this}}\n{{/each}}\ny', 'x\n- 80\n- 443\ny'],
  ],
  'cope with what is undefined where they are told to': [
    ['{{ default missing "d" }}', 'd'],
    ['{{ default app.missing.deeper 1 }}', 1],
    ['{{ default broken "d" }}', 'd'],
    ['{{ default nothing "d" }}', 'd'],
    ['{{ default empty "d" }}', ''],
    ['{{ default empty "d" empty=true }}', 'd'],
    ['{{ default missing nothing name }}', 'web01'],
    [
      '{{ defined missing }}{{ defined app.port }}{{ defined "base" }}{{ defined nothing }}',
      'falsetruetruetrue',
    ],
    ['{{ ternary yes "a" missing }}', 'a'],
    ['{{ or yes missing }}', true],
    ['{{ and none missing }}', false],
    ['{{ required name "Give a name." }}', 'web01'],
  ],
  'say what is wrong': [
    [
      '{{ missing }}',
      'site.yaml:3:7: The variable "missing" is not defined.\n  Define it (vars, inputs, inventory, -e), or give a fallback with "default".',
    ],
    ['x {{ nam }}', 'site.yaml:3:7: The variable "nam" is not defined.\n  Did you mean "name"?'],
    [
      '{{ app.prot }}',
      'site.yaml:3:7: "app.prot" is not defined: app (a map) has no field "prot".\n  Did you mean "port"?',
    ],
    [
      '{{ name.x }}',
      'site.yaml:3:7: "name.x" is not defined: name (the text "web01") has no field "x".\n  Give a fallback with "default" if it may be missing.',
    ],
    ['{{ True }}', 'site.yaml:3:7: The variable "True" is not defined.\n  Write: true'],
    [
      '{{#each users}}{{ base }}{{/each}}',
      'site.yaml:3:7: "base" is not defined: the item (a map) has no field "base".\n  For the variable write {{@root.base}}.',
    ],
    [
      '{{ a }}',
      'site.yaml:3:7: Variables refer to each other in a circle: a -> b -> c.d -> a.\n  A variable cannot be made from itself; give one of them another name.',
    ],
    [
      'x{{ nothing }}',
      'site.yaml:3:7: {{ nothing }} is null, which cannot be put into text.\n  Give a fallback: {{ default nothing "" }}',
    ],
    ['{{ required missing "Give a bridge." }}', 'site.yaml:3:7: Give a bridge.'],
    ['{{ uper name }}', 'site.yaml:3:7: There is no function "uper" for templates.\n  Did you mean "upper"?'],
    [
      '{{ replace name "a" }}',
      'site.yaml:3:7: The function "replace" needs 3 arguments but gets 2.\n  It is written: {{ replace value search replacement }}',
    ],
    [
      '{{ sort ports desc=true }}',
      'site.yaml:3:7: The function "sort" has no option "desc".\n  It is written: {{ sort list [by=text] [reverse=boolean] }}',
    ],
    [
      '{{ upper ports }}',
      'site.yaml:3:7: The function "upper" failed: for value a text is needed, but a list was given.',
    ],
    [
      '{{#each base}}{{/each}}',
      'site.yaml:3:7: {{#each base}} needs a list or a map, but gets the number 8080.',
    ],
    [
      '{{#if yes}}a{{/each}}',
      'site.yaml:3:7: The block {{#if}} is closed by {{/each}}.\n  Close it with {{/if}}.',
    ],
    [
      '{{ name',
      'site.yaml:3:7: The template "{{ name" is not valid Handlebars, near "name".\n  Close the expression with }}.',
    ],
    [
      '{{> part}}',
      'site.yaml:3:7: A partial ({{> name}}) cannot be used in templates.\n  Put the text into a variable, or into this file.',
    ],
    [
      '{{#upper name}}x{{/upper}}',
      'site.yaml:3:7: The function upper as a block cannot be used in templates.\n  Write {{#if (upper name)}} … {{/if}}.',
    ],
    [
      '{{ name.constructor }}',
      'site.yaml:3:7: "name.constructor" is not defined: name (the text "web01") has no field "constructor".\n  Give a fallback with "default" if it may be missing.',
    ],
    [
      '{{ app.__proto__ }}',
      'site.yaml:3:7: "app.__proto__" is not defined: app (a map) has no field "__proto__".\n  Give a fallback with "default" if it may be missing.',
    ],
  ],
  "show the spelling for Jinja's": [
    [
      "{{ name | default('x') }}",
      'site.yaml:3:7: The template "{{ name | default(\'x\') }}" is not valid Handlebars, near "| default(\'x\') }}".\n  Write: {{ default name "x" }}',
    ],
    [
      '{{ base + 1 }}',
      'site.yaml:3:7: The template "{{ base + 1 }}" is not valid Handlebars, near "+ 1 }}".\n  Write: {{ add base 1 }}',
    ],
    [
      '{{ ports[0] }}',
      'site.yaml:3:7: The template "{{ ports[0] }}" is not valid Handlebars, near "ports[0] }}".\n  Write: {{ ports.[0] }}',
    ],
    [
      '{{ name is defined }}',
      'site.yaml:3:7: There is no function "name" for templates.\n  Write: {{ defined name }}',
    ],
    [
      "{{ lookup('env', 'HOME') }}",
      "site.yaml:3:7: The template \"{{ lookup('env', 'HOME') }}\" is not valid Handlebars, near \"lookup('env', 'HOME'\".\n  Write: {{ env \"HOME\" }}",
    ],
    [
      '{% if yes %}a{% endif %}',
      'site.yaml:3:7: "{% if yes %}" is Jinja, which templates are not written in.\n  Write {{#if x}} … {{else}} … {{/if}} or {{#each list}} … {{this}} … {{/each}}; text that really holds {% goes between {{{{raw}}}} and {{{{/raw}}}}.',
    ],
  ],
};

describe('templates', () => {
  for (const [what, list] of Object.entries(cases)) {
    describe(what, () => {
      it.each(list)('%s', (source, expected) => {
        expect(resultOf(source, variables)).toEqual(expected);
      });
    });
  }

  it('are resolved however deep, and what holds none is given back itself', () => {
    const plain = { a: [1, { b: 'x' }] };
    const scope = createScope([variables]);
    expect(expressions.resolve(plain, scope)).toBe(plain);
    expect(
      expressions.resolve({ plain, list: [template('{{ base }}'), { x: template('{{ name }}') }] }, scope),
    ).toEqual({
      plain,
      list: [8080, { x: 'web01' }],
    });
  });

  it('give a snapshot of maps that work their values out', () => {
    let count = 0;
    const living = Object.defineProperty({}, 'n', {
      enumerable: true,
      configurable: true,
      get: () => ++count,
    });
    const copy = expressions.resolve(template('{{ living }}'), createScope([{ living }])) as { n: number };
    expect([copy.n, copy.n]).toEqual([1, 1]);
  });

  it('of several lines give the line of the mistake', () => {
    const source = 'first\n  {{ name }} {{ missing }}\n';
    expect(resultOf(source, variables)).toMatch(/^site\.yaml:4:23: /);
  });

  it('of a data map with a key __proto__ change no prototype', () => {
    const evil = JSON.parse('{"__proto__": {"polluted": true}}') as unknown;
    const result = expressions.resolve(
      { x: template('{{ merge evil (dict a=1) }}') },
      createScope([{ evil }]),
    );
    expect(Object.keys((result as { x: object }).x)).toEqual(['__proto__', 'a']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('template files', () => {
  const scope = createScope([{ text: `<&>"'`, list: ['<'] }]);

  it('escape values for XML, unless three braces are written', () => {
    const text = '<a b="{{ text }}">{{{ text }}}{{ list }}</a>';
    expect(expressions.renderText(text, 'net.xml.hbs', scope, 'xml')).toBe(
      `<a b="&lt;&amp;&gt;&quot;&apos;"><&>"'[&quot;&lt;&quot;]</a>`,
    );
    expect(expressions.renderText('{{ text }}', 'motd.hbs', scope, 'none')).toBe(`<&>"'`);
  });

  it('give the place of a mistake in the file', () => {
    const text = 'one\n\n  <a>{{ missing }}</a>\n';
    expect(orMessage(() => expressions.renderText(text, 'a/net.xml.hbs', scope, 'xml'))).toMatch(
      /^a\/net\.xml\.hbs:3:9: The variable "missing"/,
    );
    expect(
      orMessage(() => expressions.renderText('x\n{{#if a}}\n{{/each}}', 'f.hbs', scope, 'none')),
    ).toMatch(/^f\.hbs:2:/);
    expect(orMessage(() => expressions.renderText('x\n  {{ a | b }}', 'f.hbs', scope, 'none'))).toMatch(
      /^f\.hbs:2:8: /,
    );
    expect(orMessage(() => expressions.renderText('x\ny {% for a in b %}', 'f.hbs', scope, 'none'))).toMatch(
      /^f\.hbs:2:3: /,
    );
  });
});

describe('checkSyntax', () => {
  it('finds wrong syntax, functions and arguments without evaluating', () => {
    const check = (value: unknown) => orMessage(() => expressions.checkSyntax(value));
    expect(check({ a: [template('{{ anything.at.all }}')] })).toBeUndefined();
    expect(check({ a: [template('{{ nope anything }}')] })).toMatch('There is no function "nope"');
    expect(check(template('{{#if a}}{{ upper }}{{ upper a b }}{{/if}}'))).toMatch(
      'needs 1 argument but gets 2',
    );
    expect(check(template('{{#each a}}{{/if}}'))).toMatch('is closed by');
  });
});

describe('references', () => {
  const names = (value: unknown) =>
    expressions.references(value).map(({ name, optional }) => (optional ? `${name}?` : name));

  it.each([
    ['{{ a.b }} {{ c }}', ['a', 'c']],
    ['{{ default a b }} {{ default c "x" }}', ['a?', 'b', 'c?']],
    ['{{#if (defined "a")}}{{ a }}{{/if}}', ['a?']],
    ['{{#each list}}{{ field }}{{ ../outer }}{{ @root.top }}{{ this }}{{/each}}', ['list', 'outer', 'top']],
    ['{{#each list as |item|}}{{ item.x }}{{/each}}', ['list']],
    ['{{ vars.x }} {{ upper (lookup map key) }}', ['x', 'map', 'key']],
    ['{{ now }} {{ "text" }} {{ 1 }}', ['now?']],
  ])('%s', (source, expected) => {
    expect(names({ deep: [template(source)] })).toEqual(expected);
  });

  it('say where', () => {
    expect(expressions.references(template('{{ a }}'))).toEqual([{ name: 'a', position, optional: false }]);
  });
});
