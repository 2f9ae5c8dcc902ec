import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSealer } from '../../src/journal/seal.ts';
import { events, hostwright, projectWith, root } from './command.ts';

/** A run of the first version: its journal, the playbook, and the key of the user who ran it. It stays as it is. */
const KEPT = path.join(root, 'test', 'journal', 'format-1');
const KEY = 'd73d816de281dc4655a83c75a35038616a6414a0b375b9288d4eb9131680311f';
const RUN = '20261121-071929-9a06';
const PLACE = '/tmp/site';

let project: ReturnType<typeof projectWith>;
const at = (...names: string[]) => path.join(project.directory, ...names);
const place = () => ({
  cwd: project.directory,
  environment: { HOSTWRIGHT_RUNS: at('runs'), XDG_STATE_HOME: at('state') },
});

/** The run as if it had been made in this directory: also where it is encrypted. */
function moved(journal: string): string {
  const sealer = createSealer(at('state', 'hostwright', 'journal.key'));
  const here = (text: string) => text.replaceAll(PLACE, project.directory);
  return here(journal).replaceAll(
    /"sealed":"([^"]+)"/g,
    (_, sealed: string) => `"sealed":"${sealer.seal(here(sealer.open(sealed)))}"`,
  );
}

beforeEach(() => {
  project = projectWith({
    'site.yaml': readFileSync(path.join(KEPT, 'site.yaml'), 'utf8').replaceAll(PLACE, '{{ playbook_dir }}'),
  });
  mkdirSync(at('state', 'hostwright'), { recursive: true, mode: 0o700 });
  writeFileSync(at('state', 'hostwright', 'journal.key'), Buffer.from(KEY, 'hex'), { mode: 0o600 });
  mkdirSync(at('runs', RUN), { recursive: true, mode: 0o700 });
  writeFileSync(
    at('runs', RUN, 'journal.jsonl'),
    moved(readFileSync(path.join(KEPT, 'journal.jsonl'), 'utf8')),
  );
  // What the run left.
  const files = { one: 'one\n', two: 'two\n', token: 'correct-horse\n', last: 'seven\n' };
  for (const host of ['a', 'b']) {
    mkdirSync(at('host', host, 'etc'), { recursive: true });
    chmodSync(at('host', host, 'etc'), 0o755);
    for (const [name, content] of Object.entries(files)) {
      if (host === 'b' && name === 'last') continue;
      writeFileSync(at('host', host, 'etc', name), content);
      chmodSync(at('host', host, 'etc', name), name === 'token' ? 0o600 : 0o644);
    }
  }
});
afterEach(() => project.remove());

const tree = () =>
  execFileSync('sh', ['-c', 'find host | sort'], { cwd: project.directory, encoding: 'utf8' });

describe('a run that an earlier version wrote down', () => {
  test('is shown, without its secrets', async () => {
    const shown = await hostwright(['runs', 'show', 'latest'], place());
    expect(shown.stdout).toContain(`${RUN}  failed, run site.yaml`);
    expect(shown.stdout).toMatch(
      /\na: 5 changed, 2 ok\n[\s\S]*\nb: 3 changed, 1 ok, 1 failed, 1 not begun\n/,
    );
    const report = await hostwright(['runs', 'report', RUN, '--commands'], place());
    expect(report.stdout).toContain('+two\n');
    expect(report.stdout).not.toContain('horse');
    const [listed] = JSON.parse((await hostwright(['runs', 'list', '--json'], place())).stdout) as object[];
    expect(listed).toMatchObject({ runId: RUN, state: 'failed', hosts: ['a', 'b'] });
  });

  test('is taken back', async () => {
    // It was run by root; whoever else looks sees files of another owner.
    const force = process.getuid?.() === 0 ? [] : ['--force'];
    const undone = await events(['undo', 'latest', '--yes', ...force], place());
    expect(undone.code, undone.stdout).toBe(0);
    expect(tree()).toBe('host\nhost/a\nhost/b\n');
    // What failed may have changed something, whatever its author says of what it does when it succeeds.
    expect(undone.stderr.match(/^ {2}.*\)(?=:)/gm)).toEqual([
      '  b  fails on b (command)',
      '  a  reload (shell)',
    ]);
  });

  test('is resumed, with what it had registered and the handlers that it owed', async () => {
    writeFileSync(
      at('site.yaml'),
      readFileSync(at('site.yaml'), 'utf8').replace('inventory_hostname }} = a', 'inventory_hostname }} = b'),
    );
    const resumed = await events(['resume', RUN], place());
    expect(resumed.code, resumed.stdout).toBe(0);
    const done = resumed.events
      .filter(({ type }) => type === 'hostResult')
      .map(({ task, host }) => `${task} ${host}`);
    expect(done).toEqual(['fails on b b', 'last b', 'reload b']);
    expect(readFileSync(at('host', 'b', 'etc', 'last'), 'utf8')).toBe('seven\n');
  });

  test('one of a later version is refused, and so is one that begins as no journal does', async () => {
    const file = at('runs', RUN, 'journal.jsonl');
    const journal = readFileSync(file, 'utf8');
    writeFileSync(file, journal.replace('"format":1', '"format":2'));
    expect((await hostwright(['runs', 'show', RUN], place())).stderr).toContain(
      'was written by a later version (format 2)',
    );
    writeFileSync(file, journal.replace(/^.*\n/, ''));
    expect((await hostwright(['undo', RUN], place())).stderr).toContain('does not begin as a journal does');
    // Records of a kind that is not known are left out.
    writeFileSync(file, `${journal}{"type":"of tomorrow"}\n{"type":"done","key":{`);
    expect((await hostwright(['runs', 'show', RUN], place())).code).toBe(0);
  });
});
