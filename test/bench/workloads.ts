import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { arch, release } from 'node:os';
import { join } from 'node:path';
import type { Work } from './contenders.ts';
import { digest, type Expected, expectedFiles, FIVE, seedFiles, THIRTY } from './tasks.ts';

export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly hosts: number;
  /** Round trip that a proxy adds, in milliseconds. */
  readonly roundTripMs: number;
  /** Ratio to the limit that we aim at, first and second run. */
  readonly target: readonly [number, number];
  /** Which kind of limit the target is a ratio to. */
  readonly targetOf: 'limit' | 'plain';
  readonly prepare: (directory: string) => {
    readonly work: Work;
    readonly seed: Readonly<Record<string, string>>;
    readonly expected: (host: string) => Expected;
  };
}

const FILE_SIZE = 64 * 1024 * 1024;
const TREE_FILES = 300;

function tasks(steps: typeof THIRTY, facts = false): Workload['prepare'] {
  // What a host says about itself: all of them are this machine.
  const known = facts ? { kernel: release(), architecture: arch() === 'x64' ? 'x86_64' : arch() } : undefined;
  return () => ({
    work: { kind: 'tasks', steps, facts },
    seed: seedFiles(),
    expected: (host) => expectedFiles(steps, host, known),
  });
}

const shared = { roundTripMs: 0, targetOf: 'limit' } as const;

export const WORKLOADS: readonly Workload[] = [
  { ...shared, name: 'one', title: '30 tasks, 1 host', hosts: 1, target: [1.4, 1.4], prepare: tasks(THIRTY) },
  {
    ...shared,
    name: 'facts',
    title: 'the same with facts',
    hosts: 1,
    target: [1.4, 1.4],
    prepare: tasks(THIRTY, true),
  },
  {
    ...shared,
    name: 'twenty',
    title: '30 tasks, 20 hosts',
    hosts: 20,
    target: [1.3, 1.3],
    prepare: tasks(THIRTY),
  },
  {
    ...shared,
    name: 'slow',
    title: '30 tasks, 1 host, 50 ms round trip',
    hosts: 1,
    roundTripMs: 50,
    target: [1.1, 1],
    prepare: tasks(THIRTY),
  },
  {
    ...shared,
    name: 'hundred',
    title: '5 tasks, 100 hosts',
    hosts: 100,
    target: [1.1, 1],
    prepare: tasks(FIVE),
  },
  {
    ...shared,
    name: 'file',
    title: 'one file of 64 MiB',
    hosts: 1,
    target: [1.1, 0.8],
    targetOf: 'plain',
    prepare: (directory) => {
      const source = join(directory, 'large');
      const bytes = randomBytes(FILE_SIZE);
      writeFileSync(source, bytes, { mode: 0o644 });
      const expected: Expected = new Map([['large', { mode: 0o644, sha256: digest(bytes) }]]);
      return {
        work: { kind: 'files', source, name: 'large', tree: false },
        seed: {},
        expected: () => expected,
      };
    },
  },
  {
    ...shared,
    name: 'tree',
    title: 'a tree of 300 small files',
    hosts: 1,
    target: [1.1, 1],
    targetOf: 'plain',
    prepare: (directory) => {
      const source = join(directory, 'tree');
      for (let index = 0; index < TREE_FILES; index += 1) {
        const place = join(source, `part-${index % 12}`);
        mkdirSync(place, { recursive: true });
        writeFileSync(join(place, `file-${index}.txt`), smallText(index), { mode: 0o644 });
      }
      const expected: Expected = treeExpected(source, 'tree');
      return {
        work: { kind: 'files', source, name: 'tree', tree: true },
        seed: {},
        expected: () => expected,
      };
    },
  },
];

/** 0.3 to 4 KiB of text. */
function smallText(index: number): string {
  return `${index}: a line of a small file, one of several, all alike\n`.repeat(6 + ((index * 7) % 68));
}

function treeExpected(source: string, name: string): Expected {
  const paths = readdirSync(source, { recursive: true, encoding: 'utf8' });
  const entries = paths.map((path) => {
    const file = join(source, path);
    const mode = statSync(file).mode & 0o7777;
    const content = statSync(file).isDirectory() ? {} : { sha256: digest(readFileSync(file)) };
    return [`${name}/${path}`, { mode, ...content }] as const;
  });
  return new Map([[name, { mode: 0o755 }], ...entries]);
}
