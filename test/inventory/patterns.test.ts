import { describe, expect, it } from 'vitest';
import { errorsIn, formatError } from '../../src/core/error.ts';
import { createInventory } from '../../src/inventory/create-inventory.ts';
import { createDraft } from '../../src/inventory/draft.ts';
import { readLimit } from '../../src/inventory/limit.ts';
import { loadInventory } from '../../src/inventory/load.ts';
import { readYamlInventory } from '../../src/inventory/yaml-source.ts';
import { parseYaml } from '../../src/source/yaml.ts';
import { writeFiles } from './inventory-files.ts';

const YAML = `
all:
  hosts:
    web[01:12]:
    2001:db8::7:
    192.0.2.7:
  children:
    web:
      hosts:
        web[01:12]:
    db:
      hosts:
        db1:
        db2:
    prod:
      hosts:
        web01:
        web02:
        db1:
    empty:
`;
const draft = createDraft();
readYamlInventory(parseYaml(YAML, 'hosts.yaml'), 'hosts.yaml', draft);
const inventory = createInventory({
  sources: ['hosts.yaml'],
  ...draft.finish(),
  groupFiles: new Map(),
  hostFiles: new Map(),
});

const web = Array.from({ length: 12 }, (_, index) => `web${String(index + 1).padStart(2, '0')}`);

function select(pattern: string): unknown {
  try {
    return inventory.select(pattern);
  } catch (thrown) {
    return errorsIn(thrown).map(formatError).join('\n');
  }
}

describe('patterns', () => {
  it.each<readonly [string, readonly string[]]>([
    ['all', [...web, '2001:db8::7', '192.0.2.7', 'db1', 'db2']],
    ['*', [...web, '2001:db8::7', '192.0.2.7', 'db1', 'db2']],
    ['db', ['db1', 'db2']],
    ['db1', ['db1']],
    ['db:web01', ['web01', 'db1', 'db2']],
    ['db,web01', ['web01', 'db1', 'db2']],
    ['db2, db1', ['db1', 'db2']],
    ['web:&prod', ['web01', 'web02']],
    ['&prod:web', ['web01', 'web02']],
    ['prod:!web', ['db1']],
    ['!web:prod', ['db1']],
    ['!web', ['2001:db8::7', '192.0.2.7', 'db1', 'db2']],
    ['all:!web:!db1', ['2001:db8::7', '192.0.2.7', 'db2']],
    ['web,db,&prod,!web02', ['web01', 'db1']],
    ['web0[13]', ['web01', 'web03']],
    ['web0?:!web0[!12]', ['web01', 'web02']],
    ['*1', ['web01', 'web11', 'db1']],
    ['d*', ['db1', 'db2']],
    ['~web0[1-2]$', ['web01', 'web02']],
    ['~(web|db)0?1$', ['web01', 'db1']],
    ['~w.*:x|db1', ['db1']],
    ['web[0]', ['web01']],
    ['web[-1]', ['web12']],
    ['web[0:2]', ['web01', 'web02', 'web03']],
    ['web[10:]', ['web11', 'web12']],
    ['web[-2:]', ['web11', 'web12']],
    ['web[1-2]', ['web02', 'web03']],
    ['web[99]', []],
    ['web[01:03]:!web02', ['web03', 'web04']],
    ['db[1:2]', ['db2']],
    ['2001:db8::7', ['2001:db8::7']],
    ['[2001:db8::7]', ['2001:db8::7']],
    ['[2001:db8::7]:db1', ['2001:db8::7', 'db1']],
    ['!2001:db8::7,db', ['db1', 'db2']],
    ['192.0.2.7:db1', ['192.0.2.7', 'db1']],
    ['empty', []],
    ['ungrouped', ['2001:db8::7', '192.0.2.7']],
    ['localhost', ['localhost']],
    ['db1,localhost', ['db1', 'localhost']],
    ['all:!nothing*:!web:!ungrouped', ['db1', 'db2']],
  ])('%s', (pattern, hosts) => {
    expect(select(pattern)).toEqual(hosts);
  });

  it.each([
    ['wbe', '"wbe" in the pattern "wbe" is no host and no group.\n  Did you mean "web"?'],
    ['web:!dbb1', '"dbb1" in the pattern "web:!dbb1" is no host and no group.\n  Did you mean "db1"?'],
    [
      'x*',
      '"x*" in the pattern "x*" matches no host and no group.\n  hostwright inventory --graph shows all hosts and groups.',
    ],
    [
      '~^x',
      '"~^x" in the pattern "~^x" matches no host and no group.\n  hostwright inventory --graph shows all hosts and groups.',
    ],
    [
      '~(',
      'The pattern "~(" holds "(", which is not a regular expression.\n  Patterns: web, web:db (either), web:&prod (both), web:!old (without), web*, ~web\\d+, web[0], web[0:2].',
    ],
    [
      '',
      'The pattern "" is empty.\n  Patterns: web, web:db (either), web:&prod (both), web:!old (without), web*, ~web\\d+, web[0], web[0:2].',
    ],
    [
      ' , ',
      'The pattern " , " is empty.\n  Patterns: web, web:db (either), web:&prod (both), web:!old (without), web*, ~web\\d+, web[0], web[0:2].',
    ],
    [
      'nope[0]',
      '"nope[0]" in the pattern "nope[0]" matches no host and no group.\n  hostwright inventory --graph shows all hosts and groups.',
    ],
  ])('%j is refused', (pattern, message) => {
    expect(select(pattern)).toBe(message);
  });

  it('are ranges of names where no group is meant', async () => {
    const hosts = await loadInventory(['web[1:4],']);
    expect(hosts.select('web[2:3]')).toEqual(['web2', 'web3']);
  });
});

describe('--limit', () => {
  it('takes patterns from files', async () => {
    const directory = await writeFiles({ 'failed.txt': '# of last night\nweb01\n\n db1 \n' });
    expect(await readLimit('web:&prod')).toBe('web:&prod');
    expect(await readLimit(`@${directory}/failed.txt`)).toBe('web01,db1');
    expect(await readLimit(`db2,@${directory}/failed.txt`)).toBe('db2,web01,db1');
    await expect(readLimit('@/does/not/exist')).rejects.toThrow('The file "/does/not/exist" does not exist.');
  });
});
