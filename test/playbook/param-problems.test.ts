import { describe, expect, test } from 'vitest';
import { errorsIn, formatError } from '../../src/core/error.ts';
import type { ModuleOrAction } from '../../src/modules/table.ts';
import { paramProblems, validateParams } from '../../src/playbook/param-problems.ts';
import { parseYaml } from '../../src/source/yaml.ts';
import { table } from './table.ts';

const moduleNamed = async (name: string) => (await table[name]?.()) as ModuleOrAction;
const place = { file: 'f.yaml', line: 1, column: 1 };

describe('after rendering', () => {
  test('parameters that fit are given as the schema makes them', async () => {
    const copy = await moduleNamed('copy');
    expect(validateParams(copy, { path: '/a', content: 'b' }, {}, place)).toEqual({
      dest: '/a',
      content: 'b',
      state: 'present',
      backup: false,
    });
  });

  test('a rendered value that does not fit is named with the place of its template', async () => {
    const bridge = await moduleNamed('bridge');
    const written = parseYaml('name: br0\nmtu: "{{ m }}"\nipv4:\n  method: "{{ x }}"\n', 'f.yaml');
    const rendered = { name: 'br0', mtu: 'big', ipv4: { method: 'magic' } };
    let said = '';
    try {
      validateParams(bridge, rendered, written, place);
    } catch (thrown) {
      said = errorsIn(thrown).map(formatError).join('\n');
    }
    expect(said).toBe(`f.yaml:2:6: The parameter "mtu" of bridge must be a number, but is the text "big".
f.yaml:4:11: The parameter "ipv4.method" of bridge must be auto or manual, but is the text "magic".`);
  });

  test('parameters without positions are named all the same', async () => {
    const command = await moduleNamed('command');
    const parsed = command.params.safeParse({ cmd: 7, whatever: 1 });
    expect(
      paramProblems(command, { cmd: 7, whatever: 1 }, parsed.error?.issues ?? []).map(formatError),
    ).toEqual([
      'The parameter "cmd" of command must be a text, but is the number 7.\n  Put it in quotes: "7"',
      'command has no parameter "whatever".\n  command takes argv, chdir, cmd and creates.',
    ]);
  });
});
