import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unarchive } from '../../src/modules/builtin/unarchive.ts';
import { type Bench, openBench, runTask, SHELLS, snapshot } from './real-shell.ts';

const FORMATS = {
  tar: { pack: 'tar -cf', handler: 'TarArchive' },
  'tar.gz': { pack: 'tar -czf', handler: 'TgzArchive' },
  'tar.bz2': { pack: 'tar -cjf', handler: 'TarBzipArchive' },
  'tar.xz': { pack: 'tar -cJf', handler: 'TarXzArchive' },
  zip: { pack: 'zip -qry', handler: 'ZipArchive' },
};

for (const shell of SHELLS) {
  describe.skipIf(!shell.present)(`unpacking under ${shell.name}`, () => {
    let bench: Bench;
    let dest: string;
    beforeEach(() => {
      bench = openBench(shell);
      dest = join(bench.host, 'dest');
      mkdirSync(dest);
      mkdirSync(join(bench.local, 'src/site/a b'), { recursive: true });
      writeFileSync(join(bench.local, 'src/site/index.html'), 'hello\n');
      writeFileSync(join(bench.local, 'src/site/a b/run'), '#!/bin/sh\n');
      chmodSync(join(bench.local, 'src/site/a b/run'), 0o750);
      symlinkSync('index.html', join(bench.local, 'src/site/link'));
    });
    afterEach(() => bench.remove());

    const pack = (ending: keyof typeof FORMATS) => {
      const done = spawnSync('sh', ['-c', `cd src && ${FORMATS[ending].pack} ../x.${ending} site`], {
        cwd: bench.local,
      });
      expect({ rc: done.status, said: done.stderr.toString() }).toEqual({ rc: 0, said: '' });
      return `x.${ending}`;
    };

    it.each(Object.keys(FORMATS) as (keyof typeof FORMATS)[])(
      '%s: once, and undo takes it back',
      (ending) => {
        const before = snapshot(bench);
        const params = { src: pack(ending), dest, list_files: true };
        const first = runTask(bench, unarchive, params);
        expect(first.proof).toBeNull();
        expect(first.result).toMatchObject({
          dest,
          handler: FORMATS[ending].handler,
          files: ['site', 'site/a b', 'site/a b/run', 'site/index.html', 'site/link'],
        });
        expect(snapshot(bench)).toMatchObject({
          'dest/site/a b/run': expect.stringMatching(/^file 750 .*#!\/bin\/sh\n$/),
          'dest/site/link': expect.stringMatching(/^link .* index.html$/),
        });
        expect(runTask(bench, unarchive, params).change).toBeNull();
        expect(first.undo()).toBe(true);
        expect(snapshot(bench)).toEqual(before);
      },
    );

    it('replaces what differs, and undo brings it back', () => {
      const params = { src: pack('tar.gz'), dest, extra_opts: ['--strip-components=1'], mode: 'u=rwX,go=' };
      writeFileSync(join(dest, 'index.html'), 'older\n');
      writeFileSync(join(dest, 'other'), 'stays\n');
      const before = snapshot(bench);
      const done = runTask(bench, unarchive, params);
      expect(done.proof).toBeNull();
      expect(done.change?.differences.map(({ label }) => label)).toEqual(
        ['a b', 'a b/run', 'link', 'index.html'].map((name) => join(dest, name)),
      );
      expect(snapshot(bench)).toMatchObject({
        'dest/index.html': expect.stringMatching(/^file 600 .*hello\n$/),
        'dest/a b': expect.stringMatching(/^directory 700 /),
        'dest/other': before['dest/other'],
      });
      done.undo();
      expect(snapshot(bench)).toEqual(before);
    });

    it('takes parts, and leaves what newer files are', () => {
      const src = pack('tar');
      runTask(bench, unarchive, { src, dest, exclude: 'site/a b' });
      expect(Object.keys(snapshot(bench))).not.toContain('dest/site/a b');
      writeFileSync(join(dest, 'site/index.html'), 'newer\n');
      const later = Date.now() / 1000 + 60;
      utimesSync(join(dest, 'site/index.html'), later, later);
      expect(
        runTask(bench, unarchive, { src, dest, keep_newer: true, include: ['site/index.html'] }).change,
      ).toBeNull();
      expect(runTask(bench, unarchive, { src, dest, include: ['site/index.html'] }).change).not.toBeNull();
    });

    it('is not needed where its file is there; wants a directory, and an archive', () => {
      const src = pack('zip');
      expect(runTask(bench, unarchive, { src, dest, creates: dest }).change).toBeNull();
      expect(() => runTask(bench, unarchive, { src, dest: join(dest, 'none') })).toThrow(
        /is not an existing directory/,
      );
      writeFileSync(join(bench.host, 'broken.tar'), 'no archive');
      const broken = { src: join(bench.host, 'broken.tar'), dest, remote_src: true };
      expect(() => runTask(bench, unarchive, broken)).toThrow(
        /^The archive .*broken.tar cannot be unpacked: tar: /,
      );
      const missing = { src: join(bench.host, 'none.tar'), dest, remote_src: true };
      expect(() => runTask(bench, unarchive, missing)).toThrow(/none.tar does not exist on the host/);
    });
  });
}
