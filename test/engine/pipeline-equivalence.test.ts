import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { RunEvent } from '../../src/core/event.ts';
import { type Generated, playbooks } from './pipeline-playbooks.ts';
import { playText } from './play.ts';

/** More by `HOSTWRIGHT_PIPELINE_RUNS=500`; another course by `HOSTWRIGHT_PIPELINE_SEED`. */
const RUNS = Number(process.env.HOSTWRIGHT_PIPELINE_RUNS ?? 25);
const SEED = Number(process.env.HOSTWRIGHT_PIPELINE_SEED ?? 20);

const TEMPLATES = {
  t1: 'known {{ known }}\n',
  t2: 'of {{ inventory_hostname }}\none\n',
  'tree/a': 'one\n',
  'tree/e/c': 'two\n',
};

test('with the pipeline every playbook gives the same as without: files, results, events, recap, exit code', async () => {
  await fc.assert(
    fc.asyncProperty(playbooks, async (generated) => {
      const strict = await outcomeOf(generated, false);
      const ahead = await outcomeOf(generated, true);
      expect(ahead).toEqual(strict);
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: RUNS > 30 },
  );
}, 600_000);

async function outcomeOf(generated: Generated, pipeline: boolean) {
  const base = path.join(tmpdir(), `hostwright-equal-${process.pid}`);
  await rm(base, { recursive: true, force: true });
  for (const host of generated.hosts) {
    await mkdir(path.join(base, host), { recursive: true });
    await writeFile(path.join(base, host, 'b'), 'one\nx = 0\n');
    await chmod(path.join(base, host, 'b'), 0o644);
  }
  try {
    const played = await playText(stringify(generated.plays, { aliasDuplicateObjects: false }), {
      files: TEMPLATES,
      inventory: `${generated.hosts.join(',')},`,
      options: { pipeline, diff: true, extraVars: [{ base }] },
    });
    const plain = (value: unknown) =>
      JSON.parse(JSON.stringify(value, withoutTimes).replaceAll(played.directory, 'PLAYBOOK'));
    return {
      exitCode: played.exitCode,
      recap: played.recap,
      events: plain(Object.fromEntries(generated.hosts.map((host) => [host, of(host, played.events)]))),
      tree: await treeOf(base),
    };
  } catch (thrown) {
    // Mistakes found before anything runs; the same both ways.
    return { error: String(thrown).replaceAll(/hostwright-play-\w+/g, '') };
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

/** What concerns a host, in order. With several hosts the order between them is nobody's promise. */
function of(host: string, events: readonly RunEvent[]) {
  return events
    .filter((event) => !('host' in event) || event.host === host)
    .filter(
      (event) =>
        event.type !== 'runEnd' &&
        event.type !== 'runStart' &&
        event.type !== 'taskStart' &&
        event.type !== 'hostOutput',
    );
}

const TIMES = [
  'time',
  'durationMs',
  'delta',
  'start',
  'end',
  'atime',
  'mtime',
  'ctime',
  'inode',
  'dev',
  'backup_file',
  'taskId',
  'modified',
  'blocks',
];

function withoutTimes(key: string, value: unknown): unknown {
  if (TIMES.includes(key)) return undefined;
  if (key === 'diff') return String(value).replaceAll(/modified: \d+/g, 'modified: then');
  return value;
}

async function treeOf(base: string): Promise<Readonly<Record<string, string>>> {
  const tree: Record<string, string> = {};
  for (const entry of await readdir(base, { recursive: true, withFileTypes: true })) {
    const full = path.join(entry.parentPath, entry.name);
    const status = await lstat(full);
    const what = status.isSymbolicLink()
      ? await readlink(full)
      : status.isDirectory()
        ? '/'
        : await readFile(full, 'utf8');
    tree[path.relative(base, full)] = `${(status.mode & 0o7777).toString(8)} ${what}`;
  }
  return tree;
}
