import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Staged } from '../../src/core/script.ts';
import { uploadOf } from '../../src/engine/stage.ts';
import { createArchive } from '../../src/modules/archive.ts';
import { copy } from '../../src/modules/builtin/copy.ts';
import { type Bench, openBench, runScript, runTask, SHELLS, snapshot } from './real-shell.ts';

/** More than one archive holds, names that a shell could trip over, and names that no archive takes. */
const NAMES = [
  'plain',
  "it's",
  'with blank',
  '-n',
  '*',
  'ü',
  'new\nline',
  'back\\slash',
  'empty',
  'deep/er/file',
  'deep/other',
  `deep/${'long'.repeat(40)}`,
  ...Array.from({ length: 520 }, (_, index) => `many/file-${index}`),
];

/** As a snapshot has it. */
const OWN = `${process.getuid?.()}:${process.getgid?.()}`;

const textOf = (name: string) => (name === 'empty' ? '' : `${name}\0\n`.repeat(1 + (name.length % 3) * 100));

for (const shell of SHELLS) {
  describe.skipIf(!shell.present)(`many new files under ${shell.name}`, () => {
    let bench: Bench;
    beforeEach(() => {
      bench = openBench(shell);
      for (const name of NAMES) {
        mkdirSync(dirname(join(bench.local, 'tree', name)), { recursive: true });
        writeFileSync(join(bench.local, 'tree', name), textOf(name));
      }
    });
    afterEach(() => bench.remove());

    const expected = (mode: string, root: string) => {
      const directories = ['', '/deep', '/deep/er', '/many'].map((name) => [
        root + name,
        `directory 755 ${OWN}`,
      ]);
      const files = NAMES.map((name) => [`${root}/${name}`, `file ${mode} ${OWN} ${textOf(name)}`]);
      const latin = (text: string) => Buffer.from(text).toString('latin1');
      return Object.fromEntries([...directories, ...files].map(([path = '', is = '']) => [path, latin(is)]));
    };

    it('are written whole, and taken back', () => {
      const task = runTask(bench, copy, { src: 'tree/', dest: join(bench.host, 'a/b'), mode: '0640' });
      expect(task.proof).toBeNull();
      expect(snapshot(bench)).toEqual({ a: `directory 755 ${OWN}`, ...expected('640', 'a/b') });
      task.undo();
      expect(snapshot(bench)).toEqual({});
    });

    it('go beside what is there, whose owner and place stay', () => {
      mkdirSync(join(bench.host, 'b'));
      writeFileSync(join(bench.host, 'b/plain'), 'old', { mode: 0o600 });
      const task = runTask(bench, copy, { src: 'tree/', dest: join(bench.host, 'b') });
      expect(task.proof).toBeNull();
      const wanted = { ...expected('644', 'b'), 'b/plain': `file 600 ${OWN} ${textOf('plain')}` };
      expect(snapshot(bench)).toEqual(wanted);
    });

    it('leave nothing behind where they did not arrive whole', () => {
      mkdirSync(join(bench.host, 'b'));
      const params = copy.params.parse({ src: 'tree/', dest: join(bench.host, 'b') });
      const task = runTask(bench, copy, params, { checkMode: true });
      const script = copy.apply(task.change as never, params as never);
      const input = (script.input as Uint8Array).slice();
      // In the content of the first file.
      input[512] = (input[512] as number) ^ 1;
      const output = runScript(bench, { ...script, input });
      expect(output.rc).not.toBe(0);
      expect(Buffer.from(output.stderr.bytes).toString()).toContain('did not arrive whole');
      const left = readdirSync(bench.host, { recursive: true, encoding: 'utf8' });
      expect(left.filter((name) => name.includes('.hostwright') || name.includes('file-'))).toEqual([]);
    });
  });
}

for (const shell of SHELLS) {
  describe.skipIf(!shell.present)(`a large file under ${shell.name}`, () => {
    const large = Buffer.alloc(3 * 1024 * 1024, 'a line of a large file\n');

    it('arrives whole; one that cannot be stored leaves nothing behind', () => {
      const bench = openBench(shell);
      try {
        writeFileSync(join(bench.local, 'large'), large);
        const params = copy.params.parse({ src: 'large', dest: join(bench.host, 'large'), mode: '0600' });
        const { change } = runTask(bench, copy, params, { checkMode: true });
        const [staged] = copy.apply(change as never, params as never).staged ?? [];
        const script = uploadOf(staged as Staged, 0);
        // As in the session, what the script leaves of its input is read by somebody.
        const text = `( ulimit -f 100\n${script.text}\n); rc=$?; cat > /dev/null; exit $rc`;
        const failed = runScript(bench, { ...script, text });
        expect(failed.rc).not.toBe(0);
        expect(Buffer.from(failed.stderr.bytes).toString()).toMatch(
          /did not arrive whole|could not be written/,
        );
        expect(snapshot(bench)).toEqual({});
        const task = runTask(bench, copy, params);
        expect(task.proof).toBeNull();
        expect(snapshot(bench)).toEqual({ large: `file 600 ${OWN} ${large.toString('latin1')}` });
      } finally {
        bench.remove();
      }
    });
  });
}

for (const shell of SHELLS) {
  describe.skipIf(!shell.present)(`large files of a tree under ${shell.name}`, () => {
    it('go with the small ones, new and changed, each as it is', () => {
      const bench = openBench(shell);
      const at = (name: string) => join(bench.local, 'tree', name);
      const random = (size: number) =>
        Buffer.from(Array.from({ length: size }, (_, index) => (index * 7919) >> 3));
      try {
        mkdirSync(at('below'), { recursive: true });
        const large = { one: random(1_500_001), 'below/two': random(2_097_152), three: random(1_100_000) };
        const small = { a: 'text\n', 'below/b': Buffer.from([0, 1, 2, 0]), c: '' };
        for (const [name, bytes] of Object.entries({ ...large, ...small })) {
          writeFileSync(at(name), bytes, { mode: 0o644 });
        }
        mkdirSync(join(bench.host, 'to'));
        writeFileSync(join(bench.host, 'to/one'), 'old');
        writeFileSync(join(bench.host, 'to/a'), 'old');
        const params = { src: 'tree/', dest: join(bench.host, 'to'), mode: '0640' };
        expect(runTask(bench, copy, params).proof).toBeNull();
        for (const [name, bytes] of Object.entries({ ...large, ...small })) {
          expect(Buffer.compare(readFileSync(join(bench.host, 'to', name)), Buffer.from(bytes))).toBe(0);
        }
        expect(runTask(bench, copy, params).change).toBeNull();
      } finally {
        bench.remove();
      }
    });
  });
}

describe('a host without tar', () => {
  it('takes the archive apart in the shell', () => {
    const bench = openBench({ name: 'dash', argv: ['dash'], present: true });
    const tools = mkdtempSync(join(tmpdir(), 'hostwright-tools-'));
    const path = process.env.PATH;
    try {
      for (const name of 'cat chmod dash head mkdir mktemp mv rm sha256sum stat sync tail'.split(' ')) {
        symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(tools, name));
      }
      for (const name of ['x', 'y', 'sub/with blank', 'sub/-n']) {
        mkdirSync(dirname(join(bench.local, 'tree', name)), { recursive: true });
        writeFileSync(join(bench.local, 'tree', name), name.repeat(300));
      }
      process.env.PATH = tools;
      const task = runTask(bench, copy, { src: 'tree', dest: bench.host, mode: '0600' });
      expect(task.proof).toBeNull();
      expect(Object.keys(snapshot(bench)).sort()).toEqual(
        ['tree', 'tree/sub', 'tree/sub/-n', 'tree/sub/with blank', 'tree/x', 'tree/y'].sort(),
      );
    } finally {
      process.env.PATH = path;
      rmSync(tools, { recursive: true });
      bench.remove();
    }
  });
});

describe('an archive', () => {
  it('is read by tar', () => {
    const directory = mkdtempSync(join(tmpdir(), 'hostwright-archive-'));
    const files = [
      { path: 'a/ü', content: Buffer.from('x'.repeat(512)) },
      { path: 'l'.repeat(100), content: Buffer.from('') },
    ];
    const list = execFileSync('tar', ['-tvf', '-'], {
      input: createArchive(files),
      env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      encoding: 'utf8',
    });
    rmSync(directory, { recursive: true });
    expect(list.replace(/ +/g, ' ')).toBe(
      `-rw------- 0/0 512 1970-01-01 00:00 a/ü\n-rw------- 0/0 0 1970-01-01 00:00 ${'l'.repeat(100)}\n`,
    );
  });
});
