import { randomBytes } from 'node:crypto';
import { chmod, chown, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { HostwrightError } from '../core/error.ts';
import { cannotWrite, changedMeanwhile } from './problems.ts';

/**
 * Replaces a file's text in one step: a reader sees the old or the new text, never a part. Mode, owner, a byte order mark, and what a
 * link points to stay. Refuses where the file is not as it was read (`old`).
 */
export async function replaceText(path: string, old: string, text: string): Promise<void> {
  try {
    const target = await realpath(path);
    const current = await readFile(target, 'utf8');
    const mark = current.startsWith('\uFEFF') ? '\uFEFF' : '';
    if (current.slice(mark.length) !== old) throw changedMeanwhile(path);
    const { mode, uid, gid } = await stat(target);
    const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(mark + text);
        await file.sync();
      } finally {
        await file.close();
      }
      await chown(temporary, uid, gid).catch(() => {});
      await chmod(temporary, mode & 0o7777);
      await rename(temporary, target);
    } catch (thrown) {
      await rm(temporary, { force: true });
      throw thrown;
    }
  } catch (thrown) {
    if (thrown instanceof HostwrightError) throw thrown;
    throw cannotWrite(path, thrown);
  }
}
