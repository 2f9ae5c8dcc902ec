import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/digest.ts';
import { copy } from '../../src/modules/builtin/copy.ts';
import { file } from '../../src/modules/builtin/file.ts';
import { lineinfile } from '../../src/modules/builtin/lineinfile.ts';
import { type FileToWrite, writeFile } from '../../src/modules/write-file.ts';
import { type Bench, IS_ROOT, openBench, runScript, runTask, SHELLS } from './real-shell.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const hasAcl = spawnSync('setfacl', ['--version']).status === 0;

for (const shell of SHELLS) {
  describe.skipIf(!shell.present)(`writing a file under ${shell.name}`, () => {
    let bench: Bench;
    let target: string;
    beforeEach(() => {
      bench = openBench(shell);
      target = join(bench.host, 'file');
      writeFileSync(target, 'old\n');
    });
    afterEach(() => bench.remove());

    const toWrite = (more: Partial<FileToWrite> = {}): FileToWrite => ({
      path: target,
      bytes: { from: 'input', bytes: encode('new\n') },
      sha256: sha256(encode('new\n')),
      mode: 0o644,
      replaces: true,
      ...more,
    });
    const message = (output: { stderr: { bytes: Uint8Array } }) =>
      Buffer.from(output.stderr.bytes).toString();
    const untouched = () => {
      expect(readdirSync(bench.host)).toEqual(['file']);
      expect(readFileSync(target, 'utf8')).toBe('old\n');
    };

    it('leaves the old file where the validate command fails, and says so', () => {
      const output = runScript(
        bench,
        writeFile(toWrite({ validate: 'sh -c "echo line 1 is wrong >&2; test -z $1" sh %s' })),
      );
      expect(output.rc).toBe(1);
      expect(message(output)).toBe(
        `line 1 is wrong\n${target} was not replaced: the new content did not pass the validate command.\n`,
      );
      untouched();
    });

    it('leaves the old file where the content does not arrive whole', () => {
      const bytes = new Uint8Array([0, 1, 2]);
      const output = runScript(
        bench,
        writeFile(toWrite({ bytes: { from: 'input', bytes }, sha256: '0'.repeat(64) })),
      );
      expect(output.rc).toBe(1);
      expect(message(output)).toBe(`The new content of ${target} did not arrive whole.\n`);
      untouched();
    });

    it('runs nothing of what a validate command holds but the command', () => {
      const odd = join(bench.host, 'pwned');
      runScript(bench, writeFile(toWrite({ validate: `true '$(touch ${odd})' "; touch ${odd}" %s` })));
      expect(readdirSync(bench.host)).toEqual(['file']);
      expect(readFileSync(target, 'utf8')).toBe('new\n');
    });

    it('never moves the file into a directory that has come in its place', () => {
      const directory = join(bench.host, 'directory');
      mkdirSync(directory);
      const output = runScript(bench, writeFile({ ...toWrite(), path: directory }));
      expect(output.rc).toBe(1);
      expect(message(output)).toContain(`${directory} is a directory.`);
      expect(readdirSync(directory)).toEqual([]);
      expect(readdirSync(bench.host).sort()).toEqual(['directory', 'file']);
    });

    it('leaves nothing behind when it is ended in the middle', async () => {
      const script = writeFile(toWrite({ validate: 'sh -c "sleep 30" sh %s' }));
      const [command, ...flags] = shell.argv as [string, ...string[]];
      const child = spawn(command, [...flags, '-c', script.text], {
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      child.stdin.end('new\n');
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const hidden = () => readdirSync(bench.host).filter((name) => name.startsWith('.hostwright'));
      const filled = () => hidden().some((name) => statSync(join(bench.host, name)).size === 4);
      for (let tries = 0; !filled() && tries < 200; tries++) await sleep(10);
      expect(hidden()).toHaveLength(1);
      expect(statSync(join(bench.host, hidden()[0] as string)).mode & 0o777).toBe(0o600);
      await sleep(50);
      process.kill(-(child.pid as number), 'SIGTERM');
      await ended;
      for (let tries = 0; hidden().length > 0 && tries < 100; tries++) await sleep(10);
      untouched();
    });

    it('puts backups into the closed area, never beside the file, and never over each other', () => {
      const first = runTask(bench, copy, { content: 'one', dest: target, backup: true }).result.backup_file;
      const second = runTask(bench, lineinfile, { path: target, line: 'two', backup: 'yes' }).result
        .backup_file;
      const pattern = new RegExp(
        `^${bench.state}/backups${target}\\.\\d{4}-\\d\\d-\\d\\dT\\d{6}Z(\\.\\d+)?~$`,
      );
      expect(first).toMatch(pattern);
      expect(second).toMatch(pattern);
      expect(second).not.toBe(first);
      expect(readFileSync(first as string, 'utf8')).toBe('old\n');
      expect(readFileSync(second as string, 'utf8')).toBe('one');
      expect(statSync(bench.state).mode & 0o777).toBe(0o700);
      expect(readdirSync(bench.host)).toEqual(['file']);
    });

    it.skipIf(!IS_ROOT)('keeps owner and set-id bits of the file that it replaces (needs root)', () => {
      spawnSync('chown', ['1:12', target]);
      chmodSync(target, 0o4750);
      const run = runTask(bench, copy, { content: 'new', dest: target });
      const { uid, gid, mode } = statSync(target);
      expect([uid, gid, mode & 0o7777]).toEqual([1, 12, 0o4750]);
      expect(run.result).toMatchObject({ mode: '4750', uid: 1, gid: 12, owner: 'daemon' });
    });

    it.skipIf(!hasAcl || !IS_ROOT)('keeps access control lists (needs root and setfacl)', () => {
      spawnSync('setfacl', ['-m', 'u:1:rw,g:12:r', target]);
      const list = () => spawnSync('getfacl', ['-cpn', target]).stdout.toString();
      const before = list();
      expect(before).toContain('user:1:rw-');
      runTask(bench, copy, { content: 'new', dest: target });
      expect(list()).toBe(before);
    });

    it('takes the umask of the session for a new file', () => {
      const { change, result } = runTask(bench, copy, { content: 'x', dest: join(bench.host, 'new') });
      expect(change?.data).toMatchObject({ files: [{ mode: 0o666 & ~process.umask() }] });
      expect(result.mode).toBe('0644');
    });

    it('refuses to undo a removal where something new has come', () => {
      const run = runTask(bench, file, { path: target, state: 'absent' });
      writeFileSync(target, 'newer');
      expect(() => run.undo()).toThrow('is there again and stays');
      expect(readFileSync(target, 'utf8')).toBe('newer');
    });
  });
}
