import { randomBytes } from 'node:crypto';
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { buffer, text as textOfStream } from 'node:stream/consumers';
import { isSealed, openSealed } from '../../source/vault/open.ts';
import type { Terminal } from '../terminal.ts';
import { edited } from './edit.ts';
import { encryptedAlready, notEncrypted, unusableFile } from './problems.ts';
import { newSealingOf, type SealFlags, seal, sealingOf } from './sealing.ts';

/** Where the result goes, instead of the file itself. */
export interface OutputFlags {
  readonly output?: string;
}

const STANDARD_INPUT = '-';

/** Encrypts files in their place, or standard input to standard output. All are read before any is written. */
export async function encryptFiles(
  files: readonly string[],
  flags: SealFlags & OutputFlags,
  terminal: Terminal,
): Promise<void> {
  const contents = await readAll(files);
  for (const { file, content } of contents) if (isSealed(content)) throw encryptedAlready(file);
  const sealing = await sealingOf(flags, terminal);
  for (const { file, content } of contents) await put(file, await seal(content, sealing), flags, terminal);
}

/** One value as a line of YAML and the encrypted text below it. */
export async function encryptValue(name: string, flags: SealFlags, terminal: Terminal): Promise<string> {
  const value = terminal.ask
    ? await terminal.ask(`Value of ${name}`, false)
    : await textOfStream(process.stdin);
  const sealed = await seal(Buffer.from(value.replace(/\r?\n$/, '')), await sealingOf(flags, terminal));
  return `${name}: !vault |\n${sealed.replace(/^(?=.)/gm, '  ')}`;
}

export async function decryptFiles(
  files: readonly string[],
  flags: OutputFlags,
  terminal: Terminal,
): Promise<void> {
  const opened: { readonly file: string; readonly content: Buffer }[] = [];
  for (const { file, content } of await readAll(files))
    opened.push({ file, content: await clear(file, content) });
  for (const { file, content } of opened) await put(file, content, flags, terminal);
}

export async function viewFiles(files: readonly string[], terminal: Terminal): Promise<void> {
  for (const { file, content } of await readAll(files))
    terminal.output.write((await clear(file, content)).toString('utf8'));
}

/** Nothing is written where the editor changed nothing. */
export async function editFile(file: string, flags: SealFlags, terminal: Terminal): Promise<void> {
  const [found] = await readAll([file]);
  const before = await clear(file, found?.content ?? Buffer.alloc(0));
  const after = await edited(before, basename(file), terminal);
  if (after.equals(before)) return;
  await put(file, await seal(after, await sealingOf(flags, terminal, true)), {}, terminal);
}

export async function rekeyFiles(
  files: readonly string[],
  flags: SealFlags,
  terminal: Terminal,
): Promise<void> {
  const opened: { readonly file: string; readonly content: Buffer }[] = [];
  for (const { file, content } of await readAll(files))
    opened.push({ file, content: await clear(file, content) });
  const sealing = await newSealingOf(flags, terminal);
  for (const { file, content } of opened) await put(file, await seal(content, sealing), {}, terminal);
}

async function clear(file: string, content: Buffer): Promise<Buffer> {
  if (!isSealed(content)) throw notEncrypted(file);
  return openSealed(content, file === STANDARD_INPUT ? 'Standard input' : `The file ${file}`);
}

async function readAll(
  files: readonly string[],
): Promise<readonly { readonly file: string; readonly content: Buffer }[]> {
  const names = files.length === 0 ? [STANDARD_INPUT] : files;
  return Promise.all(
    names.map(async (file) => {
      try {
        const content = file === STANDARD_INPUT ? await buffer(process.stdin) : await readFile(file);
        return { file, content };
      } catch (cause) {
        throw unusableFile(file, cause);
      }
    }),
  );
}

async function put(
  file: string,
  content: string | Buffer,
  { output }: OutputFlags,
  terminal: Terminal,
): Promise<void> {
  const to = output ?? file;
  if (to === STANDARD_INPUT) terminal.output.write(content.toString());
  else await replace(to, content);
}

/** The whole new file or the whole old one, whatever happens; nobody but the owner reads it while it is written. */
async function replace(path: string, content: string | Buffer): Promise<void> {
  // A link stays a link; what it points to is replaced.
  const file = await realpath(path).catch(() => path);
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`);
  try {
    const before = await stat(file).catch(() => undefined);
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      if (before) await handle.chmod(before.mode & 0o777);
      if (before && process.getuid?.() === 0) await handle.chown(before.uid, before.gid);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw unusableFile(file, cause);
  }
}
