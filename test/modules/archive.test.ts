import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { archive } from '../../src/modules/builtin/archive.ts';
import { type Bench, openBench, runTask, SHELLS } from './real-shell.ts';

const LIST = { gz: 'tar -tzf', bz2: 'tar -tjf', xz: 'tar -tJf', tar: 'tar -tf', zip: 'unzip -Z1' };

for (const shell of SHELLS) {
  describe.skipIf(!shell.present)(`packing under ${shell.name}`, () => {
    let bench: Bench;
    let site: string;
    let dest: string;
    beforeEach(() => {
      bench = openBench(shell);
      site = join(bench.host, 'site');
      dest = join(bench.host, 'site.archive');
      mkdirSync(join(site, 'a b'), { recursive: true });
      writeFileSync(join(site, 'index.html'), 'hello\n');
      writeFileSync(join(site, 'a b/app.log'), 'log\n');
    });
    afterEach(() => bench.remove());
    const names = (format: keyof typeof LIST) =>
      spawnSync('sh', ['-c', `${LIST[format]} "$0" | sed 's|/$||' | sort`, dest])
        .stdout.toString()
        .trim()
        .split('\n');

    // The xz of busybox only unpacks.
    const formats = (Object.keys(LIST) as (keyof typeof LIST)[]).filter(
      (format) => format !== 'xz' || shell.name !== 'busybox sh',
    );
    it.each(formats)('%s: once, again after a change, and undo', (format) => {
      const params = { path: site, dest, format };
      const first = runTask(bench, archive, params);
      expect(first.proof).toBeNull();
      expect(names(format)).toEqual(['site', 'site/a b', 'site/a b/app.log', 'site/index.html']);
      expect(first.result).toMatchObject({
        dest,
        arcroot: `${bench.host}/`,
        dest_state: 'archive',
        missing: [],
      });
      expect(runTask(bench, archive, params).change).toBeNull();
      writeFileSync(join(site, 'index.html'), 'other\n');
      const bytes = readFileSync(dest);
      const second = runTask(bench, archive, params);
      expect(second.proof).toBeNull();
      expect(readFileSync(dest).equals(bytes)).toBe(false);
      second.undo();
      expect(readFileSync(dest).equals(bytes)).toBe(true);
      first.undo();
      expect(readdirSync(bench.host)).toEqual(['site']);
    });

    it('compresses one file, leaves out what it is told to, and removes what it has packed', () => {
      const file = join(site, 'index.html');
      const one = runTask(bench, archive, { path: file });
      expect(one.result).toMatchObject({ dest: `${file}.gz`, dest_state: 'compress' });
      expect(spawnSync('gzip', ['-dc', `${file}.gz`]).stdout.toString()).toBe('hello\n');
      expect(runTask(bench, archive, { path: file }).change).toBeNull();
      const params = {
        path: [`${site}/`],
        dest,
        exclusion_patterns: '*.log',
        exclude_path: `${file}.gz`,
        remove: true,
      };
      const rest = runTask(bench, archive, params);
      expect(rest.proof).toBeNull();
      expect(names('gz')).toEqual(['a b', 'index.html']);
      expect([existsSync(file), existsSync(join(site, 'a b/app.log'))]).toEqual([false, true]);
      expect(runTask(bench, archive, params).change).toBeNull();
      expect(rest.undo()).toBe(false);
    });

    it('takes patterns, and says that nothing is there', () => {
      writeFileSync(join(site, 'two.html'), 'two\n');
      const done = runTask(bench, archive, { path: [`${site}/*.html`, `${site}/none`], dest, format: 'tar' });
      expect(names('tar')).toEqual(['index.html', 'two.html']);
      expect(done.result).toMatchObject({ missing: [`${site}/none`], dest_state: 'incomplete' });
      expect(() => runTask(bench, archive, { path: `${site}/none` })).toThrow(
        /^Nothing is at .*site\/none on the host/,
      );
    });
  });
}
