import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hostwright } from './command.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'hostwright-cache-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

const start = () => hostwright(['--version'], { environment: { XDG_CACHE_HOME: cache } });
const kept = () => readdirSync(join(cache, 'hostwright', 'compiled'), { recursive: true, encoding: 'utf8' });

describe('what was compiled', () => {
  test('is kept between runs, in a directory of our own', async () => {
    const first = await start();
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const files = kept();
    expect(files.length).toBeGreaterThan(1);
    expect(await start()).toEqual(first);
    expect(kept()).toEqual(files);
  });

  test('is not taken from a directory that others can write to, and is made anew where it is no code', async () => {
    mkdirSync(join(cache, 'hostwright', 'compiled'), { recursive: true });
    chmodSync(join(cache, 'hostwright', 'compiled'), 0o777);
    const first = await start();
    expect(first.code).toBe(0);
    expect(kept()).toEqual([]);
    chmodSync(join(cache, 'hostwright', 'compiled'), 0o700);
    await start();
    // Node's own cache has a form of its own, which it checks by itself.
    if (!('enableCompileCache' in nodeModule)) {
      for (const name of kept()) writeFileSync(join(cache, 'hostwright', 'compiled', name), 'no code');
    }
    expect(await start()).toEqual(first);
  });

  test.skipIf('enableCompileCache' in nodeModule)(
    'is forgotten after a month, when a new version comes',
    async () => {
      const at = (name: string) => join(cache, 'hostwright', 'compiled', name);
      mkdirSync(at(''), { recursive: true, mode: 0o700 });
      const month = Date.now() / 1000 - 31 * 24 * 3600;
      for (const name of ['old', 'new']) writeFileSync(at(name), '');
      utimesSync(at('old'), month, month);
      await start();
      expect([existsSync(at('old')), existsSync(at('new'))]).toEqual([false, true]);
    },
  );
});
