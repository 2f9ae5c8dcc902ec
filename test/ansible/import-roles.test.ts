import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { lint } from '../../src/lint/lint.ts';
import { loadPlaybook } from '../../src/playbook/load.ts';
import { runMain } from '../cli/run-main.ts';
import { importInto, options, withDirectory } from './importing.ts';

const ROLES: readonly (readonly [role: string, tasks: number])[] = [
  ['timekeeping', 12],
  ['accounts', 6],
  ['hardening', 13],
];

describe.each(ROLES)('the role %s', { timeout: 60_000 }, (role, tasks) => {
  test('is translated whole, as expected to the letter', async () => {
    await withDirectory(async (directory) => {
      const { files, needed, imported } = await importInto(directory, `test/ansible/fixtures/${role}`);
      expect(needed).toEqual([]);
      expect(imported.notes).toEqual([]);
      expect(imported.tasks).toBe(tasks);
      const whole = Object.entries(files).map(([name, text]) => `=== ${name}\n${text}`);
      await expect(whole.join('\n')).toMatchFileSnapshot(`expected/${role}.txt`);
    });
  });

  test('loads, lints without error or warning, and goes through a check run', async () => {
    await withDirectory(async (directory) => {
      await importInto(directory, `test/ansible/fixtures/${role}`, `roles/${role}`);
      const playbook = path.join(directory, 'site.yaml');
      await writeFile(playbook, `- hosts: all\n  roles:\n    - ${role}\n`);
      const { plays } = await loadPlaybook(playbook, options);
      expect(plays).toHaveLength(1);
      const { findings } = await lint([playbook], options);
      expect(findings.filter(({ level }) => level !== 'hint')).toEqual([]);
      const words = ['run', playbook, '-i', 'here,', '-e', 'ansible_connection=local', '--check'];
      // Asking the package manager what it would do takes long, and is for its own tests.
      words.push('-e', 'timekeeping_install=false');
      const ran = await runMain([...words, '--reporter', 'json']);
      expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
      const last = JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? '');
      expect(last.recap.here).toMatchObject({ failed: 0, unreachable: 0 });
      expect(last.recap.here.changed).toBeGreaterThan(0);
    });
  });
});
