import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Terminal } from '../terminal.ts';
import { editorFailed } from './problems.ts';

/** Where clear text lies while it is edited, the first that exists: memory rather than a disk. */
const PLACES = (environment: Terminal['environment']) => [environment.XDG_RUNTIME_DIR, '/dev/shm', tmpdir()];

/** What the person makes of a content in an editor. The file is in a directory of the owner's alone, and gone afterwards, whatever happens. */
export async function edited(content: Buffer, name: string, { environment }: Terminal): Promise<Buffer> {
  const editor = environment.VISUAL || environment.EDITOR || 'vi';
  const directory = await privateDirectory(PLACES(environment));
  const remove = () => rm(directory, { recursive: true, force: true });
  // A Ctrl-C at the terminal is for the editor; what ends us must not leave the text behind.
  const onSignal = () => void remove();
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  try {
    const file = join(directory, name);
    await writeFile(file, content, { mode: 0o600, flag: 'wx' });
    await runEditor(editor, file);
    return await readFile(file).catch((cause: Error) => {
      throw editorFailed(editor, `took the file away (${cause.message})`);
    });
  } finally {
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, onSignal);
    await remove();
  }
}

async function privateDirectory(places: readonly (string | undefined)[]): Promise<string> {
  let problem: unknown;
  for (const place of places) {
    if (!place) continue;
    try {
      return await mkdtemp(join(place, 'hostwright-'));
    } catch (thrown) {
      problem = thrown;
    }
  }
  throw problem;
}

function runEditor(editor: string, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The variable may hold options: `code --wait`.
    const child = spawn('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
    child.on('error', (cause) => reject(editorFailed(editor, `cannot be started (${cause.message})`)));
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(editorFailed(editor, `ended with ${signal ?? `status ${code}`}`));
    });
  });
}
