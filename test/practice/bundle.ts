import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'rolldown';

/** The practice host as plain JavaScript, for tests that need it in a process of its own. */
export async function bundlePracticeHost(): Promise<{
  readonly file: string;
  readonly directory: string;
  readonly remove: () => void;
}> {
  const directory = mkdtempSync(join(tmpdir(), 'hostwright-bundle-'));
  chmodSync(directory, 0o755);
  mkdirSync(join(directory, 'tmp'));
  chmodSync(join(directory, 'tmp'), 0o1777);
  symlinkSync(resolve('node_modules'), join(directory, 'node_modules'));
  const file = join(directory, 'host.mjs');
  await build({
    input: 'src/practice/host.ts',
    platform: 'node',
    external: [/^node:/, /^[^./]/],
    output: { file, format: 'esm' },
    logLevel: 'silent',
  });
  return { file, directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
