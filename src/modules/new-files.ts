import type { Script } from '../core/script.ts';
import { directoryName, joinPath } from '../facts/host-path.ts';
import { raw, sh, withInput } from '../shell/sh.ts';
import { ARCHIVE_PATH_LIMIT, archiveOffsets, createArchive } from './archive.ts';
import { setAttributes } from './attributes.ts';
import type { FileChange } from './file-change.ts';

/** Files that are worth an archive, and how many one command is told of. */
const FEWEST = 3;
const MOST = 500;

/** New files that are written together, all of them below one directory and on its file system. */
export interface NewFiles {
  readonly base: string;
  readonly files: readonly NewFile[];
}

interface NewFile {
  readonly change: FileChange;
  /** Below the base. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly sha256: string;
}

/** Divides the files of a change: those that can be written together, and the rest. */
export function groupNewFiles(
  directories: readonly string[],
  changes: readonly FileChange[],
): { readonly groups: readonly NewFiles[]; readonly others: readonly FileChange[] } {
  const base = commonBase(directories, changes);
  const made = new Set(directories);
  const files = changes.flatMap((change) => newFile(change, base, made));
  if (files.length < FEWEST) return { groups: [], others: changes };
  const together = new Set(files.map(({ change }) => change));
  const groups = Array.from({ length: Math.ceil(files.length / MOST) }, (_, index) => ({
    base,
    files: files.slice(index * MOST, (index + 1) * MOST),
  }));
  return { groups, others: changes.filter((change) => !together.has(change)) };
}

/** Where the files are put together first. What is made below it in the same task is on its file system. */
function commonBase(directories: readonly string[], changes: readonly FileChange[]): string {
  const tops = directories.filter((path) => !directories.includes(directoryName(path)));
  const [top = ''] = tops;
  if (tops.length === 0) return directoryName(changes[0]?.path ?? '/');
  return tops.length === 1 ? top : directoryName(top);
}

/** Nothing where a file takes the place of another, is too large to be at hand, or has a name that is more than a line or too long. */
function newFile(change: FileChange, base: string, made: ReadonlySet<string>): readonly NewFile[] {
  const { write, old, link, options } = change;
  if (!write || old || link !== null || options.validate !== undefined || write.bytes.from !== 'input')
    return [];
  const { bytes } = write.bytes;
  const content = bytes instanceof Uint8Array ? bytes : bytes.content;
  const start = base === '/' ? base : `${base}/`;
  const path = change.path.slice(start.length);
  // A directory that was there before may be another file system, to which nothing can be moved in one step.
  const steps = path.split('/').slice(0, -1);
  const reached = steps.every((_, index) => made.has(start + steps.slice(0, index + 1).join('/')));
  if (!change.path.startsWith(start) || !reached || !content) return [];
  if (/[\n\\]/.test(path) || new TextEncoder().encode(path).length > ARCHIVE_PATH_LIMIT) return [];
  return [{ change, path, content, sha256: write.sha256 }];
}

/**
 * Writes new files, each whole or not at all as `writeFile` does, with a process or two per directory instead of a dozen per file: they are
 * unpacked into a hidden directory closed to others, compared with their checksums, given their attributes, and then moved to their places.
 */
export function writeNewFiles({ base, files }: NewFiles): Script {
  const archive = createArchive(files);
  const sums = files.map(({ sha256, path }) => `${sha256}  ./${path}\n`).join('');
  const selinux = files.map(({ change }) => change.path);
  const script = sh`
    (
    LC_ALL=C; export LC_ALL
    fail() { printf '%s\n' "$1" >&2; exit 1; }
    umask 077
    temporary=; parts=
    trap 'cd /; if [ -n "$temporary" ]; then rm -rf -- "$temporary" "$parts"; fi' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    temporary=$(mktemp -d -- ${joinPath(base, '.hostwright.XXXXXXXXXX')}) || { temporary=; exit 1; }
    cd -- "$temporary" || exit 1
    if command -v tar >/dev/null; then
      tar -x -o -m -f - || fail 'The new files could not be written.'
    else
      ${unpackByHand(files)}
    fi
    printf %s ${sums} | sha256sum -c - >/dev/null 2>&1 || fail 'The new files did not arrive whole.'
    ${raw(attributes(files))}
    ${syncMany(relative(files))}
    ${raw(moves(base, files))}
    if [ -e /sys/fs/selinux/enforce ]; then restorecon -- ${selinux} 2>/dev/null; fi
    sync -d -- ${[...new Set(selinux.map(directoryName))]} 2>/dev/null
    :
    ) || exit $?
  `;
  return withInput(script, archive);
}

/** Files that one process puts on the disk, one after the other: what several do at the same time costs the disk little more. */
const SYNCED_AT_ONCE = 40;

function syncMany(paths: readonly string[]): Script {
  if (paths.length <= SYNCED_AT_ONCE) return sh`sync -d -- ${paths} 2>/dev/null`;
  const groups = Array.from({ length: Math.ceil(paths.length / SYNCED_AT_ONCE) }, (_, index) =>
    paths.slice(index * SYNCED_AT_ONCE, (index + 1) * SYNCED_AT_ONCE),
  );
  return sh`
    ${raw(groups.map((group) => sh`sync -d -- ${group} 2>/dev/null &`.text).join('\n'))}
    wait
  `;
}

function relative(files: readonly NewFile[]): readonly string[] {
  return files.map(({ path }) => `./${path}`);
}

function unpackByHand(files: readonly NewFile[]): Script {
  const list = archiveOffsets(files).map((offset, index) => {
    const { content, path } = files[index] as NewFile;
    return `${offset + 1} ${content.length} ${path}\n`;
  });
  return sh`
    parts=$(mktemp) || exit 1
    cat > "$parts" || exit 1
    printf %s ${list.join('')} | while IFS=' ' read -r offset size path; do
      case $path in */*) mkdir -p -- "./\${path%/*}" || exit 1;; esac
      tail -c "+$offset" "$parts" | head -c "$size" > "./$path" || exit 1
    done || exit 1
  `;
}

/** Ownership and permissions, those first that files share. */
function attributes(files: readonly NewFile[]): string {
  const groups = groupBy(files, ({ change: { set, mode } }) => JSON.stringify([set.uid, set.gid, mode]));
  return groups
    .map((group) => {
      const { set, mode } = (group[0] as NewFile).change;
      const { uid, gid } = set;
      const paths = sh`${relative(group)}`;
      const settings = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }), mode };
      return sh`${setAttributes(paths, settings)} || exit 1`.text;
    })
    .join('\n');
}

function moves(base: string, files: readonly NewFile[]): string {
  return groupBy(files, ({ change }) => directoryName(change.path))
    .map((group) => {
      const directory = directoryName((group[0] as NewFile).change.path);
      return sh`mv -f -- ${relative(group)} ${directory === '/' ? base : `${directory}/`} || exit 1`.text;
    })
    .join('\n');
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return [...groups.values()];
}
