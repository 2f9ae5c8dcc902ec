import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream, type Stats, statSync } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { kept } from '../core/kept.ts';
import type { SourcePosition } from '../core/position.ts';
import type { ControllerRead, LocalSource } from '../core/read.ts';
import type { LocalFile } from '../core/script.ts';
import { markSecret } from '../core/secret.ts';
import { Template } from '../core/template.ts';
import { isSealed, openSealed } from '../source/vault/open.ts';
import { markSecrets } from '../source/vault/values.ts';
import { problems } from './problems.ts';

/** Bytes up to which a local file is held in memory, so that it can be shown as a diff. */
const CONTENT_LIMIT = 1024 * 1024;

/** Bytes of a decrypted file up to which its lines are looked for in all that is shown. */
const LOOKED_FOR = 64 * 1024;

/** Where relative paths are looked for, the first hit winning, and who asks. */
export interface SearchPath {
  readonly directories: readonly string[];
  readonly position: SourcePosition | undefined;
}

/** The value of something that this machine knows: a file or a tree beside the playbook, or a rendered template. */
export async function readOnController(
  read: ControllerRead<unknown>,
  search: SearchPath,
  render: (text: string, file: string, escaping: 'none' | 'xml') => Promise<string>,
): Promise<unknown> {
  const found = await findFile(read.path, search);
  const readable = <T>(reading: Promise<T>) =>
    reading.catch((cause: Error) => {
      throw problems.unreadableFile(found, cause, search.position);
    });
  if (read.source === 'file')
    return readable(loadSource(found, read.path.endsWith('/'), read.decrypt ?? false));
  return render(await readable(loadText(found)), found, read.escape);
}

/** The path of a file on the controller: absolute, or the first that exists below the search path. */
export async function findFile(wanted: string, search: SearchPath): Promise<string> {
  const candidates = path.isAbsolute(wanted)
    ? [wanted]
    : search.directories.map((directory) => path.resolve(directory, wanted));
  for (const candidate of candidates) {
    if (isThere(candidate)) return candidate;
  }
  throw problems.missingFile(wanted, candidates, search.position);
}

// Every task that names a file asks for each of its places on each host, several times. To look in step with the program costs a tenth of
// what a promise of it does.
function isThere(candidate: string): boolean {
  try {
    return statSync(candidate, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** As rsync has it: a source without a trailing slash brings the directory itself, with one only what is in it. */
async function loadSource(found: string, contentsOnly: boolean, decrypt: boolean): Promise<LocalSource> {
  const status = statSync(found);
  if (!status.isDirectory()) return { file: await loadFile(found, status, decrypt), tree: null };
  const prefix = contentsOnly ? '' : `${path.basename(found)}/`;
  const entries = await readdir(found, { recursive: true, withFileTypes: true });
  const tree: { relativePath: string; file: LocalFile | null }[] = await Promise.all(
    entries.map(async (entry) => {
      const full = path.join(entry.parentPath, entry.name);
      const relativePath = prefix + path.relative(found, full).split(path.sep).join('/');
      const entryStatus = statSync(full);
      return {
        relativePath,
        file: entryStatus.isDirectory() ? null : await loadFile(full, entryStatus, decrypt),
      };
    }),
  );
  if (prefix) tree.push({ relativePath: prefix.slice(0, -1), file: null });
  return { file: null, tree: tree.sort((a, b) => (a.relativePath < b.relativePath ? -1 : 1)) };
}

const loaded = new Map<string, Promise<LocalFile>>();

/** A file's size, mode and digest, and its bytes where it is small. Each version of a file is read once. */
async function loadFile(file: string, status: Stats, decrypt: boolean): Promise<LocalFile> {
  const version = versionOf(file, status);
  const found = await kept(loaded, version, () => digestFile(file, status));
  if (!decrypt || !(await isSealedFile(found))) return found;
  return kept(loaded, `${version}\0clear`, () => openFile(found));
}

/** Bytes that tell whether a file is encrypted. */
const BEGINNING = 64;

async function isSealedFile({ path: file, size, content }: LocalFile): Promise<boolean> {
  if (content) return isSealed(content);
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(Math.min(BEGINNING, size)), 0);
    return isSealed(buffer);
  } finally {
    await handle.close();
  }
}

/** What is in an encrypted file. It is held in memory, whatever its size: nothing of it is written here. */
async function openFile(sealed: LocalFile): Promise<LocalFile> {
  const content = await openSealed(
    sealed.content ?? (await readFile(sealed.path)),
    `The file ${sealed.path}`,
  );
  // Its lines are secret wherever they turn up; what is longer or no text is not looked for.
  if (content.length <= LOOKED_FOR && isUtf8(content)) markSecret(content.toString('utf8'));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path: sealed.path, size: content.length, sha256, mode: sealed.mode, content, secret: true };
}

const texts = new Map<string, Promise<string>>();

async function loadText(file: string): Promise<string> {
  return kept(texts, versionOf(file, statSync(file)), () => readClear(file));
}

/** A template may be encrypted; what is written in it is shown nowhere then. */
async function readClear(file: string): Promise<string> {
  const bytes = await readFile(file);
  if (!isSealed(bytes)) return bytes.toString('utf8');
  const text = (await openSealed(bytes, `The file ${file}`)).toString('utf8');
  markSecrets(new Template(text));
  return text;
}

function versionOf(file: string, { ino, mtimeMs, ctimeMs, size, mode }: Stats): string {
  return `${file}\0${ino}\0${mtimeMs}\0${ctimeMs}\0${size}\0${mode}`;
}

async function digestFile(file: string, { size, mode: bits, ctimeMs }: Stats): Promise<LocalFile> {
  const mode = bits & 0o7777;
  if (size <= CONTENT_LIMIT) {
    const content = await readFile(file);
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { path: file, size: content.length, sha256, mode, content };
  }
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  return { path: file, size, sha256: hash.digest('hex'), mode, changedMs: ctimeMs };
}
