import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadExtraVariables } from '../../src/cli/extra-variables.ts';
import { inventorySources } from '../../src/cli/inventory-sources.ts';
import { splitWords, typedValue } from '../../src/cli/key-values.ts';
import { moduleArguments } from '../../src/cli/module-arguments.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { Template } from '../../src/core/template.ts';
import { command } from '../../src/modules/builtin/command.ts';
import { copy } from '../../src/modules/builtin/copy.ts';

const directory = mkdtempSync(join(tmpdir(), 'hostwright-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('a value on the command line', () => {
  it.each([
    ['true', true],
    ['false', false],
    ['0', 0],
    ['42', 42],
    ['-7', -7],
    ['', ''],
    ['yes', 'yes'],
    ['True', 'True'],
    ['0644', '0644'],
    ['1.10', '1.10'],
    ['1e3', '1e3'],
    ['52:54:00:12:34:56', '52:54:00:12:34:56'],
    ['12345678901234567890', '12345678901234567890'],
  ])('%s', (text, value) => {
    expect(typedValue(text)).toBe(value);
  });
});

describe('words', () => {
  it.each([
    ['a=1 b=2', ['a=1', 'b=2']],
    [`a="two words" b='it "is"'`, ['a=two words', 'b=it "is"']],
    ['a="say \\"hi\\""', ['a=say "hi"']],
    ['path={{ base }}/x n=1', ['path={{ base }}/x', 'n=1']],
    ['a=""', ['a=']],
    ['  ', []],
    ['a="open', undefined],
  ])('%s', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });
});

describe('-e', () => {
  const file = join(directory, 'vars.yaml');
  writeFileSync(file, 'bridge: br0\ncount: 3\n');
  const cases: readonly (readonly [string, unknown])[] = [
    ['bridge=br0', { bridge: 'br0' }],
    ['bridge=br0 count=3 on=false', { bridge: 'br0', count: 3, on: false }],
    ['text="two words"', { text: 'two words' }],
    ['{"bridge": "br0", "list": [1, 2]}', { bridge: 'br0', list: [1, 2] }],
    ['{bridge: br0}', { bridge: 'br0' }],
    ['bridge: br0', { bridge: 'br0' }],
    [`@${file}`, { bridge: 'br0', count: 3 }],
  ];
  it.each(cases)('%s', async (text, variables) => {
    expect(await loadExtraVariables([text])).toEqual([variables]);
  });

  it('makes templates of what a person wrote', async () => {
    expect(await loadExtraVariables(['greeting="hello {{ name }}"'])).toEqual([
      { greeting: new Template('hello {{ name }}') },
    ]);
  });

  it.each([
    ['word', '-e "word" is neither name=value, @file nor a map.'],
    ['[1, 2]', '-e "[1, 2]" is neither name=value, @file nor a map.'],
    ['@missing.yaml', 'The file "missing.yaml" does not exist.'],
    ['{a: [}', expect.stringContaining('') as unknown as string],
  ])('refuses %s', async (text, message) => {
    await expect(loadExtraVariables([text])).rejects.toThrow(
      expect.objectContaining({ name: expect.stringMatching(/^HostwrightErrors?$/), message }),
    );
  });
});

describe('-a', () => {
  it.each([
    ['src=motd dest=/etc/motd', copy, { src: 'motd', dest: '/etc/motd' }],
    ['{dest: /etc/motd, content: hello}', copy, { dest: '/etc/motd', content: 'hello' }],
    ['', copy, {}],
    ['uptime', command, { cmd: 'uptime' }],
    ['make A=1', command, { cmd: 'make A=1' }],
    ['A=1', command, { cmd: 'A=1' }],
    ['cmd="ls -l" chdir=/tmp', command, { cmd: 'ls -l', chdir: '/tmp' }],
  ] as const)('%s', async (text, module, params) => {
    expect(await moduleArguments(text, module)).toEqual(params);
  });
});

describe('where the inventory comes from', () => {
  const from = (given: readonly string[] | undefined, environment: Terminal['environment']) =>
    inventorySources(given, { environment } as Terminal);

  it.each([
    [['a.yaml', 'b,'], { HOSTWRIGHT_INVENTORY: 'c' }, ['a.yaml', 'b,']],
    [undefined, { HOSTWRIGHT_INVENTORY: 'c', ANSIBLE_INVENTORY: 'd' }, ['c']],
    [undefined, { ANSIBLE_INVENTORY: 'c, d' }, ['c', 'd']],
    [undefined, { HOSTWRIGHT_INVENTORY: 'web1,web2,' }, ['web1,web2,']],
  ])('%s %s', async (given, environment, sources) => {
    expect(await from(given, environment)).toEqual(sources);
  });
});
