import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Whole-program tests run what users run, so it is built first. */
export function setup(): void {
  const root = join(import.meta.dirname, '..', '..');
  execFileSync(process.execPath, [join(root, 'scripts', 'build.js')], { cwd: root, stdio: 'inherit' });
}
