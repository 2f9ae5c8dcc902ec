import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { enterShell, findProgram } from '../shell/shells.ts';
import { playText } from './play.ts';
import { countLocal } from './process-count.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'hostwright-together-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** The kinds of hosts: a shell with the tools of GNU, and one that has busybox for everything. */
const HOSTS: readonly { readonly name: string; readonly enter: () => () => void }[] = [
  ...['dash', 'bash', 'busybox'].map((shell) => ({
    name: `${shell} with GNU tools`,
    enter: () => enterShell({ name: shell, shell }),
  })),
  {
    name: 'busybox alone',
    enter: () => {
      const directory = mkdtempSync(path.join(tmpdir(), 'hostwright-busybox-'));
      execFileSync(findProgram('busybox') as string, ['--install', '-s', directory]);
      vi.stubEnv('PATH', directory);
      return () => {
        vi.unstubAllEnvs();
        rmSync(directory, { recursive: true });
      };
    },
  },
];

const PLAYBOOKS: readonly { readonly name: string; readonly tasks: readonly string[] }[] = [
  {
    name: 'directories in directories, files in them, and edits of one file after the other',
    tasks: [
      'file: {path: "{{ at }}/a", state: directory, mode: "0755"}',
      'file: {path: "{{ at }}/a/b/c", state: directory, mode: "0700"}',
      'file: {path: "{{ at }}/a/d", state: directory}',
      'file: {path: "{{ at }}/a/e", state: directory, mode: "2775"}',
      'copy: {dest: "{{ at }}/a/one", content: "one\\n", mode: "0640"}',
      'copy: {dest: "{{ at }}/a/two", content: "it\'s \\\\ $HOME `two`", mode: "0755"}',
      'copy: {dest: "{{ at }}/a/d/three", content: ""}',
      'lineinfile: {path: "{{ at }}/old", line: x}',
      'lineinfile: {path: "{{ at }}/old", line: y, mode: "0600"}',
      'lineinfile: {path: "{{ at }}/old", line: z}',
      'copy: {dest: "{{ at }}/a/four", content: "4"}',
      'lineinfile: {path: "{{ at }}/a/four", line: five}',
      'lineinfile: {path: "{{ at }}/right", line: right}',
      'copy: {dest: "{{ at }}/a/odd name;", content: "6", mode: "0600"}',
      'copy: {dest: "{{ at }}/a/four", content: "changed again"}',
    ],
  },
  {
    name: 'a directory that cannot be made',
    tasks: [
      'file: {path: "{{ at }}/a", state: directory}',
      'file: {path: /proc/hostwright-nothing, state: directory}',
      'file: {path: "{{ at }}/b", state: directory}',
    ],
  },
  {
    name: 'a file that cannot be written',
    tasks: [
      'copy: {dest: "{{ at }}/a", content: a}',
      'copy: {dest: "{{ at }}/b", content: b}',
      'copy: {dest: /proc/hostwright-nothing, content: x}',
      'copy: {dest: "{{ at }}/c", content: c}',
    ],
  },
  {
    name: 'a name that is too long, between others',
    tasks: [
      'copy: {dest: "{{ at }}/a", content: a}',
      `copy: {dest: "{{ at }}/${'n'.repeat(300)}", content: b}`,
      'copy: {dest: "{{ at }}/c", content: c}',
    ],
  },
  {
    name: 'one file under two names',
    tasks: [
      'lineinfile: {path: "{{ at }}/real/f", line: first}',
      'copy: {dest: "{{ at }}/new", content: new}',
      'lineinfile: {path: "{{ at }}/link/f", line: second}',
      'lineinfile: {path: "{{ at }}/real/f", line: third}',
    ],
  },
  {
    name: 'names that differ by their case alone',
    tasks: ['copy: {dest: "{{ at }}/name", content: a}', 'copy: {dest: "{{ at }}/NAME", content: b}'],
  },
];

function prepare(at: string): void {
  for (const name of ['', 'real']) mkdirSync(path.join(at, name));
  symlinkSync('real', path.join(at, 'link'));
  for (const name of ['old', 'right', 'real/f'])
    writeFileSync(path.join(at, name), 'right\n', { mode: 0o644 });
}

/** What is left, and what was told; times and the places of this run aside. */
async function outcome(tasks: readonly string[], pipeline: boolean) {
  const at = path.join(root, pipeline ? 'ahead' : 'strict');
  prepare(at);
  const list = tasks.map((task, index) => `    - {name: t${index}, ${task}}`);
  const text = `- hosts: all\n  vars: {at: "${at}"}\n  tasks:\n${list.join('\n')}\n`;
  const played = await playText(text, { options: { pipeline, diff: true } });
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll(at, 'AT'));
  const results = played.events.flatMap((event) =>
    event.type === 'hostResult'
      ? [[event.task, event.status, plain(event.result), plain(event.diff ?? null)]]
      : [],
  );
  const tree = readdirSync(at, { recursive: true, withFileTypes: true }).map((entry) => {
    const full = path.join(entry.parentPath, entry.name);
    const { mode, uid, gid } = statSync(full);
    const content = entry.isFile() ? readFileSync(full, 'utf8') : '';
    return `${path.relative(at, full)} ${mode.toString(8)} ${uid}:${gid} ${content}`;
  });
  return { results, tree: tree.toSorted(), exitCode: played.exitCode };
}

describe.each(HOSTS)('changes made together on $name', ({ enter }) => {
  let leave: () => void;
  beforeEach(() => {
    leave = enter();
  });
  afterEach(() => leave());

  test.each(PLAYBOOKS)('$name: the same as one at a time', async ({ tasks }) => {
    const strict = await outcome(tasks, false);
    expect(strict.results.length).toBeGreaterThan(1);
    expect(await outcome(tasks, true)).toEqual(strict);
  });
});

/** Thirty tasks of the usual kinds on files that are there in part, as `npm run bench` has them. */
function thirtyTasks(at: string): string {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const places = ['app', 'app/etc', 'app/etc/d', 'app/bin', 'app/data', 'app/log', 'app/run', 'app/spool'];
  const tasks = [
    ...places.map(
      (name) =>
        `file: {path: "${at}/${name}", state: directory, mode: "${name === 'app/run' ? '0750' : '0755'}"}`,
    ),
    ...numbers(8).map((n) => `template: {src: t, dest: "${at}/app/etc/d/t${n}", mode: "0640"}`),
    ...numbers(6).map(
      (n) => `lineinfile: {path: "${at}/s${n > 3 ? 1 : 2}", regexp: "^o${n} ", line: "o${n} = ${n}"}`,
    ),
    ...numbers(3).map(
      (n) => `command: {cmd: "touch ${at}/app/data/made${n}", creates: "${at}/app/data/made${n}"}`,
    ),
    ...numbers(3).map((n) => `copy: {content: small, dest: "${at}/app/bin/small${n}", mode: "0755"}`),
    `stat: {path: "${at}/app/bin/small1"}`,
    'assert: {that: "1 == 1"}',
  ];
  return `- hosts: all\n  tasks:\n${tasks.map((task) => `    - ${task}\n`).join('')}`;
}

describe('processes that a host starts for thirty tasks', () => {
  test.each([
    ['alone', 'one,', 48, 13],
    ['in step with another', 'one,two,', 165, 13],
  ])('%s', async (_, inventory, first, second) => {
    const hosts = inventory.split(',').filter((host) => host !== '');
    for (const host of hosts) {
      mkdirSync(path.join(root, host));
      for (const name of ['s1', 's2']) writeFileSync(path.join(root, host, name), 'o1 = \no5 = 1\n');
    }
    for (const [changed, most] of [
      [28, first],
      [0, second],
    ] as const) {
      const counted = countLocal();
      const played = await playText(thirtyTasks(`${root}/{{ inventory_hostname }}`), {
        files: { 'templates/t': 'n\n' },
        transports: counted.transports,
        inventory,
      });
      for (const host of hosts) expect(played.recap[host]).toMatchObject({ ok: 30, changed, failed: 0 });
      expect(Math.round(counted.count() / hosts.length)).toBeLessThanOrEqual(most);
      counted.remove();
    }
  });
});
