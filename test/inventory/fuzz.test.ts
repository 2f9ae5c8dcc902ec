import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorsIn } from '../../src/core/error.ts';
import { connectionOf } from '../../src/inventory/connection.ts';
import { SETTINGS } from '../../src/inventory/connection-values.ts';
import { createInventory } from '../../src/inventory/create-inventory.ts';
import { createDraft, type Draft } from '../../src/inventory/draft.ts';
import { readIniInventory } from '../../src/inventory/ini-source.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { readPythonLiteral } from '../../src/inventory/python-literal.ts';
import { readYamlInventory } from '../../src/inventory/yaml-source.ts';
import { parseYaml } from '../../src/source/yaml.ts';

const YAML = `all:
  vars: {a: 1, ansible_group_priority: 3}
  hosts:
    web[01:03].x.org: {b: "{{ a }}"}
    "::1":
  children:
    web:
      hosts: {web01.x.org: , h2: {c: [1]}}
      children:
        inner:
          hosts:
            i[a:c]:
    db:
`;
const INI = `lonely port=5 q="a b"
[web]
web[1:3] x=['a', {'k': (1, None)}] y=0x1f
[web:vars]
c = {{ d }} # e
[prod:children]
web
`;
const PIECES = [
  'all',
  'web',
  '[',
  ']',
  ':',
  '{',
  '}',
  '=',
  '\n',
  '  ',
  '"',
  "'",
  '#',
  '1',
  '[1:9]',
  '[a:',
  '\\',
  '::',
  '!',
  '&',
  '*',
  '~',
  ',',
  'children',
  'hosts',
  '\0',
  '\u{1F600}',
  '__proto__',
  '-',
];

/** A text with parts cut out, doubled or replaced. */
function mutated(...seeds: string[]) {
  const edit = fc.tuple(
    fc.nat(400),
    fc.nat(10),
    fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4 })),
  );
  return fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 5 })).map(([seed, edits]) =>
    edits.reduce((text, [at, length, piece]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + piece + text.slice(start + length);
    }, seed),
  );
}

/** The result, or undefined where there was a HostwrightError(s); anything else that is thrown fails the test. */
function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch (thrown) {
    expect(errorsIn(thrown).length).toBeGreaterThan(0);
    return undefined;
  }
}

function build(read: (draft: Draft) => void): Inventory {
  const draft = createDraft();
  read(draft);
  return createInventory({ sources: [], ...draft.finish(), groupFiles: new Map(), hostFiles: new Map() });
}

/** What holds for every inventory, however it came about. */
function check(inventory: Inventory): void {
  expect(inventory.groups.all).toEqual(inventory.hosts);
  for (const host of inventory.hosts.slice(0, 20)) {
    const groups = inventory.groupsOf(host);
    expect(groups[0]).toBe('all');
    for (const group of groups) expect(inventory.groups[group]).toContain(host);
    expect(inventory.layersOf(host).every((layer) => typeof layer === 'object')).toBe(true);
    expect(inventory.select(host)).toContain(host);
  }
}

const parameters = { numRuns: 2000, seed: 20260131 };

describe('whatever is written, there is an inventory or HostwrightErrors', () => {
  it('in YAML', () => {
    fc.assert(
      fc.property(mutated(YAML), (text) => {
        const inventory = attempt(() =>
          build((draft) => readYamlInventory(parseYaml(text, 'h.yaml'), 'h.yaml', draft)),
        );
        if (inventory) check(inventory);
      }),
      parameters,
    );
  });

  it('in INI', () => {
    fc.assert(
      fc.property(mutated(INI), (text) => {
        const inventory = attempt(() => build((draft) => readIniInventory(text, 'h.ini', draft)));
        if (inventory) check(inventory);
      }),
      parameters,
    );
  });

  it('as a value in INI', () => {
    fc.assert(
      fc.property(mutated("['a', {'k': (1, None)}, -0x1f, 1e5, \"\\x41\\u00e4\"]"), (text) => {
        const literal = readPythonLiteral(text);
        expect(literal === undefined || 'value' in literal).toBe(true);
      }),
      parameters,
    );
  });

  it('as a pattern', () => {
    const inventory = build((draft) => readYamlInventory(parseYaml(YAML, 'h.yaml'), 'h.yaml', draft));
    fc.assert(
      fc.property(mutated('web:&all:!db,~w.*[0:1],h2[0]', 'web0[13]*', '[::1]:all[-1],!inner'), (pattern) => {
        const selected = attempt(() => inventory.select(pattern)) ?? [];
        expect(new Set(selected).size).toBe(selected.length);
        for (const host of selected)
          expect([...inventory.hosts, 'localhost', '127.0.0.1', '::1']).toContain(host);
      }),
      parameters,
    );
  });

  it('as a connection variable', () => {
    const names = Object.values(SETTINGS).flatMap(({ variables }) => [...variables] as string[]);
    const value = fc.oneof(
      fc.constantFrom(
        true,
        false,
        null,
        0,
        22,
        1.5,
        '22',
        'yes',
        'no',
        'sudo',
        'local',
        '-o A=b',
        "-o 'x",
        '~',
        '~/x',
        '',
      ),
      fc.string(),
      fc.array(fc.string(), { maxLength: 2 }),
      fc.dictionary(
        fc.constantFrom('port', 'user', 'become', 'known_hosts', 'nope'),
        fc.anything({ maxDepth: 1 }),
      ),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('connection', ...names), value), (variables) => {
        const found = attempt(() => connectionOf('h1', (name) => variables[name]));
        if (found) expect(found.target.port).toBeGreaterThan(0);
      }),
      parameters,
    );
  });
});
