import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { find } from '../../src/modules/builtin/find.ts';
import { slurp } from '../../src/modules/builtin/slurp.ts';
import { stat } from '../../src/modules/builtin/stat.ts';
import { tempfile } from '../../src/modules/builtin/tempfile.ts';
import { type Bench, openBench, runTask, SHELLS } from './real-shell.ts';

const SHA1_OF_X = '11f6ad8ec52a2984abaafd7c3b516503785c2072';

for (const shell of SHELLS) {
  describe.skipIf(!shell.present)(`modules that look, under ${shell.name}`, () => {
    let bench: Bench;
    beforeEach(() => {
      bench = openBench(shell);
      writeFileSync(join(bench.host, "it's\nodd"), 'x');
      chmodSync(join(bench.host, "it's\nodd"), 0o4640);
      symlinkSync("it's\nodd", join(bench.host, 'link'));
      mkdirSync(join(bench.host, 'd/.h'), { recursive: true });
      writeFileSync(join(bench.host, 'd/a.log'), 'xx');
      writeFileSync(join(bench.host, 'd/.h/b.log'), 'x'.repeat(3000));
      utimesSync(join(bench.host, 'd/a.log'), 1_000_000_000, 1_000_000_000);
    });
    afterEach(() => bench.remove());

    const look = (params: Record<string, unknown>) =>
      runTask(bench, stat, params).result.stat as Record<string, unknown>;

    it('stat says what Ansible says of a file', () => {
      const path = join(bench.host, "it's\nodd");
      const { ino, dev, uid, gid, mtime } = statSync(path);
      expect(look({ path, get_mime: false, get_attributes: false })).toMatchObject({
        exists: true,
        path,
        mode: '4640',
        isreg: true,
        isdir: false,
        islnk: false,
        issock: false,
        isfifo: false,
        isblk: false,
        ischr: false,
        uid,
        gid,
        size: 1,
        inode: ino,
        dev,
        nlink: 1,
        rusr: true,
        wusr: true,
        xusr: false,
        rgrp: true,
        wgrp: false,
        xgrp: false,
        roth: false,
        woth: false,
        xoth: false,
        isuid: true,
        isgid: false,
        mtime: Math.floor(mtime.getTime() / 1000),
        readable: true,
        writeable: true,
        checksum: SHA1_OF_X,
      });
    });

    it('stat looks at a link or through it', () => {
      const path = join(bench.host, 'link');
      const real = join(bench.host, "it's\nodd");
      expect(look({ path })).toMatchObject({
        islnk: true,
        isreg: false,
        lnk_target: "it's\nodd",
        lnk_source: real,
      });
      expect(look({ dest: path, follow: 'yes' })).toMatchObject({
        islnk: false,
        isreg: true,
        checksum: SHA1_OF_X,
      });
      expect(look({ path, get_checksum: 'no', follow: true })).not.toHaveProperty('checksum');
    });

    it('stat says that there is nothing, also below a file', () => {
      expect(look({ path: join(bench.host, 'no/such') })).toEqual({ exists: false });
      expect(look({ path: join(bench.host, 'd/a.log/below') })).toEqual({ exists: false });
    });

    it('find filters by name, age, size and type', () => {
      const names = (params: Record<string, unknown>) => {
        const { files } = runTask(bench, find, { paths: bench.host, ...params }).result;
        return (files as { path: string }[]).map((file) => file.path.slice(bench.host.length + 1)).sort();
      };
      expect(names({})).toEqual(["it's\nodd"]);
      expect(names({ recurse: true, patterns: '*.log' })).toEqual(['d/.h/b.log', 'd/a.log']);
      expect(names({ recurse: true, patterns: ['*.[a-m]og'], age: '1d' })).toEqual(['d/a.log']);
      expect(names({ recurse: true, size: '2k' })).toEqual(['d/.h/b.log']);
      expect(names({ recurse: true, size: '-1' })).toEqual(["it's\nodd"]);
      expect(names({ file_type: 'directory', recurse: true, hidden: true })).toEqual(['d', 'd/.h']);
      expect(names({ file_type: 'link' })).toEqual(['link']);
      expect(names({ file_type: 'any', excludes: ['l*', 'd'] })).toEqual(["it's\nodd"]);
      expect(names({ recurse: true, depth: 2, use_regex: true, patterns: '^[ab]\\.log$' })).toEqual([
        'd/a.log',
      ]);
    });

    it('find gives the fields of stat, and checksums where asked for', () => {
      const { result } = runTask(bench, find, { paths: bench.host, get_checksum: true });
      expect(result).toMatchObject({
        matched: 1,
        files: [{ mode: '4640', isreg: true, size: 1, checksum: SHA1_OF_X }],
      });
      expect(runTask(bench, find, { paths: [`${bench.host}/no`] }).result).toEqual({
        files: [],
        matched: 0,
        examined: 0,
      });
    });

    it('slurp gives bytes as Base64', () => {
      writeFileSync(join(bench.host, 'bytes'), Uint8Array.from([0, 255, 10, 195]));
      const src = join(bench.host, 'bytes');
      expect(runTask(bench, slurp, { path: src }).result).toEqual({
        source: src,
        encoding: 'base64',
        content: 'AP8Kww==',
      });
      const missing = () => runTask(bench, slurp, { src: join(bench.host, 'no') });
      expect(missing).toThrow(expect.objectContaining({ code: 'missing-file' }));
    });

    it('tempfile makes what only its owner may enter', () => {
      const made = runTask(bench, tempfile, { path: bench.host, prefix: "it's ", suffix: '.tmp' }).result
        .path as string;
      expect(made).toMatch(/\/it's [A-Za-z0-9]{6,}\.tmp$/);
      expect(statSync(made).mode & 0o777).toBe(0o600);
      const directory = runTask(bench, tempfile, { path: bench.host, state: 'directory' }).result
        .path as string;
      expect(statSync(directory).mode & 0o777).toBe(0o700);
      expect(statSync(directory).isDirectory()).toBe(true);
      expect(directory).not.toBe(made);
      const foreseen = runTask(bench, tempfile, { path: bench.host }, { checkMode: true });
      expect(foreseen.change).not.toBeNull();
      expect(existsSync(String(foreseen.result.path))).toBe(false);
    });
  });
}
