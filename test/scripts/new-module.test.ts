import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PARTS = ['src', 'scripts', 'test', 'package.json', 'tsconfig.json', 'biome.json', 'vitest.config.ts'];

let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'hostwright-new-module-'));
  for (const part of PARTS) cpSync(part, join(copy, part), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

function run(command: string, ...words: readonly string[]) {
  const done = spawnSync(command, words, {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { rc: done.status, stdout: done.stdout, stderr: done.stderr };
}

const make = (...words: readonly string[]) => run(process.execPath, 'scripts/new-module.js', ...words);

describe('npm run new:module', () => {
  it('makes a module that passes lint, types, architecture and its cases', { timeout: 120_000 }, () => {
    expect(make('greeting_line', '--group', 'network')).toEqual({
      rc: 0,
      stdout: [
        'made src/modules/network/greeting_line.ts',
        'made test/cases/modules/greeting_line.cases.ts',
        'made a line in src/modules/index.ts',
        'Use it in a playbook as `greeting_line:`; run its cases with `npm run test:unit -- module-cases`.',
        '',
      ].join('\n'),
      stderr: '',
    });
    // A name that is long and one that JavaScript keeps for itself.
    expect(make('delete', '--group', 'libvirt').rc).toBe(0);
    expect(make('a_module_with_quite_a_long_name_of_its_ow').rc).toBe(1);
    expect(make('a_module_with_quite_a_long_name_of_its_o').rc).toBe(0);
    const index = readFileSync(join(copy, 'src/modules/index.ts'), 'utf8');
    expect(index).toContain("  delete: async () => (await import('./libvirt/delete.ts')).deleteModule,\n");
    const made = [
      'network/greeting_line',
      'libvirt/delete',
      'system/a_module_with_quite_a_long_name_of_its_o',
    ];
    const sources = made.map((name) => `src/modules/${name}.ts`);
    const cases = made.map((name) => `test/cases/modules/${name.replace(/.*\//, '')}.cases.ts`);
    const lint = run(
      'node_modules/.bin/biome',
      'check',
      '--vcs-enabled=false',
      'src/modules/index.ts',
      ...sources,
      ...cases,
    );
    expect(lint.rc, lint.stderr + lint.stdout).toBe(0);
    const types = run('node_modules/.bin/tsc', '--noEmit').stdout.split('\n');
    expect(types.filter((line) => [...sources, ...cases].some((file) => line.startsWith(file)))).toEqual([]);
    const filter = 'greeting_line|delete|long_name|modules are';
    const tests = run(
      'node_modules/.bin/vitest',
      ...[
        'run',
        '--project',
        'unit',
        'test/modules/module-cases.test.ts',
        'test/architecture.test.ts',
        '-t',
        filter,
      ],
    );
    expect(tests.rc, tests.stdout + tests.stderr).toBe(0);
    expect(tests.stdout).toMatch(/Tests {2}\d+ passed/);
  });

  it.each([
    ['Big', 'The name "Big" is not snake_case: lower-case letters, digits and single _, at most 40.'],
    ['a__b', 'The name "a__b" is not snake_case: lower-case letters, digits and single _, at most 40.'],
    ['../x', 'The name "../x" is not snake_case: lower-case letters, digits and single _, at most 40.'],
    ['command', 'There is a module command already; see src/modules/index.ts.'],
  ])('refuses %s in one line', (name, message) => {
    expect(make(name)).toEqual({ rc: 1, stdout: '', stderr: `${message}\n` });
  });

  it('names the groups, and its usage', () => {
    expect(make('fine_name', '--group', 'files').stderr).toBe(
      'There is no group "files"; the groups are builtin, system, network, libvirt.\n',
    );
    expect(make().stderr).toBe('Give one name: npm run new:module NAME [-- --group system]\n');
    expect(make('fine_name', '--grup', 'x').stderr).toBe(
      "Unknown option '--grup'. Usage: npm run new:module NAME [-- --group system]\n",
    );
  });
});
