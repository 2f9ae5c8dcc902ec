import { sha256 } from '../core/digest.ts';
import { isPlainPath, type WrittenFile } from '../core/path-effect.ts';
import type { LocalFile, Script, Staged } from '../core/script.ts';
import { directoryName, joinPath } from '../facts/host-path.ts';
import { STAT_FORMAT } from '../facts/stat-line.ts';
import { quote, type RawShell, raw, sh, withInput } from '../shell/sh.ts';
import { type AttributeSettings, setAttributes } from './attributes.ts';
import { BACK_UP_TARGET } from './backup-area.ts';
import { splitWords } from './command-words.ts';
import { modeArgument } from './mode.ts';

/** Where the bytes of a file to be written come from. */
export type FileBytes =
  | { readonly from: 'input'; readonly bytes: Uint8Array | LocalFile }
  | { readonly from: 'host'; readonly path: Script };

export interface FileToWrite {
  /** Real path: links have been followed. */
  readonly path: string;
  readonly bytes: FileBytes;
  /** It does not stand in the script's text. */
  readonly secret?: boolean;
  /** Lower-case hexadecimal; what arrives is checked against it. A word of the script where only the host knows it. */
  readonly sha256: string | RawShell;
  /** Set after writing, before the file appears under its name. */
  readonly mode: number;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** A file is replaced: its ownership stays unless `uid` and `gid` say otherwise. */
  readonly replaces?: boolean;
  /** The mode is that of the file that is replaced. */
  readonly keepsMode?: boolean;
  /** Keeps the old version in the backup area under the time of now. */
  readonly backup?: boolean;
  /** Runs before the old version is replaced, for example to keep it for undo. */
  readonly before?: Script | undefined;
  /** A command whose `%s` stands for the new file; it must succeed before the file is replaced. */
  readonly validate?: string | undefined;
  /** Writes into the file where replacing it is refused (a bind-mounted file). */
  readonly unsafe?: boolean;
  /** The nearest directory that is there, where the file's own will be made first: on the same file system. */
  readonly nearest?: string | undefined;
}

/**
 * Writes a file whole or not at all: a hidden temporary file in the same directory, closed to others until it is complete, with the old
 * file's owner, mode, ACL, extended attributes and SELinux context, on the disk before it is renamed. Nothing is left behind on failure.
 * Prints `backup_file` and the new file's `stat` as records. Every process costs the host a millisecond, so there are few of them. `alone`: the
 * script is all that its shell will run, so that it needs no subshell for its traps and its umask.
 */
export function writeFile(file: FileToWrite, alone = false): Script {
  const nothing = raw(':');
  const temporary = raw('"$temporary"');
  const owner: AttributeSettings = {
    ...(file.uid === undefined ? {} : { uid: file.uid }),
    ...(file.gid === undefined ? {} : { gid: file.gid }),
  };
  const stored = storage(file);
  const script = sh`
    ${raw(alone ? '' : '(')}
    LC_ALL=C; export LC_ALL
    fail() { printf '%s\n' "$1" >&2; exit 1; }
    target=${file.path}
    directory=\${target%/*}/
    umask 077
    temporary=
    trap 'if [ -n "$temporary" ]; then rm -f -- "$temporary"; fi' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    ${stored.staged ? raw(':') : raw('temporary=$(mktemp -- "$directory.hostwright.XXXXXXXXXX") || { temporary=; exit 1; }')}
    ${stored.script}
    ${file.validate === undefined ? nothing : validation(file.validate)}
    ${file.before ?? nothing}
    ${file.backup && file.replaces ? BACK_UP_TARGET : nothing}
    ${file.replaces ? KEEP_ATTRIBUTES : nothing}
    ${setAttributes(sh`${temporary}`, owner)} || exit 1
    look() { s=$(stat -c ${STAT_FORMAT} -- "$temporary") || exit 1; }
    ${file.replaces ? nothing : sh`chmod -- ${modeArgument(file.mode)} "$temporary" || exit 1`}
    look
    case \${s#*:} in ${modeOfFile(file.mode)}:*) ;; *) chmod -- ${modeArgument(file.mode)} "$temporary" || exit 1; look ;; esac
    ${stored.size === undefined ? nothing : sh`[ "\${s%%:*}" = ${stored.size} ] || fail "The new content of $target did not arrive whole."`}
    sync -d -- "$temporary" 2>/dev/null || dd if=/dev/null conv=notrunc,fsync of="$temporary" 2>/dev/null ||
      fail "The new content of $target could not be written."
    [ ! -d "$target" ] || fail "$target is a directory."
    ${file.unsafe ? WRITE_INTO_WHERE_REFUSED : raw('mv -fT -- "$temporary" "$target" || exit 1')}
    temporary=
    ${file.replaces ? nothing : raw('if [ -e /sys/fs/selinux/enforce ]; then restorecon -- "$target" 2>/dev/null; fi')}
    printf 'stat=%s\0' "$s"
    ${raw(alone ? '' : ') || exit $?')}
  `;
  if (stored.staged) return { ...script, staged: [stored.staged] };
  if (stored.input !== undefined) return withInput(script, stored.input);
  const effect = alone ? effectOf(file) : undefined;
  return effect ? { ...script, effect } : script;
}

/** The same as data; undefined where more is to be done than to write the file and to give it its attributes. */
function effectOf(file: FileToWrite): WrittenFile | undefined {
  const { path, bytes, sha256, mode, uid, gid, replaces = false, keepsMode = false } = file;
  if (file.backup || file.before || file.validate !== undefined || file.unsafe) return undefined;
  if (bytes.from !== 'input' || typeof sha256 !== 'string' || !isPlainPath(path)) return undefined;
  const held = bytes.bytes instanceof Uint8Array ? bytes.bytes : bytes.bytes.content;
  const text = held && shortText(held);
  // Writing to a file takes away set-id bits, and may be closed to its owner.
  if (held === undefined || text === undefined || (mode & 0o6200) !== 0o200) return undefined;
  const kept = replaces && keepsMode;
  return {
    kind: 'file',
    path,
    text,
    size: held.length,
    sha256,
    mode: kept ? undefined : mode,
    uid,
    gid,
    replaces,
  };
}

const WRITE_INTO_WHERE_REFUSED = sh`
  mv -fT -- "$temporary" "$target" 2>/dev/null || {
    cat < "$temporary" > "$target" || exit 1
    rm -f -- "$temporary"
    s=$(stat -c ${STAT_FORMAT} -- "$target")
  }
`;

/** Prints what now stands at a path as the record `stat`. */
export function reportStat(path: ReturnType<typeof raw>): Script {
  return sh`s=$(stat -c ${STAT_FORMAT} -- ${path}) && printf 'stat=%s\0' "$s"`;
}

interface Storage {
  readonly script: Script;
  readonly input?: Uint8Array;
  /** The temporary file itself, sent beforehand. */
  readonly staged?: Staged;
  /** Bytes that must have arrived, where that is all there is to look at. */
  readonly size?: number;
}

/** How the bytes get into `$temporary`. */
function storage(file: FileToWrite): Storage {
  const { bytes, sha256: sum } = file;
  if (bytes.from === 'host') return { script: stored(sh`cat < ${bytes.path}`, sum) };
  const held = bytes.bytes instanceof Uint8Array ? bytes.bytes : bytes.bytes.content;
  if (!held) {
    // The connection proves each byte, and the module's proof sums up what stands there in the end.
    const { bytes: local } = bytes as { readonly bytes: LocalFile };
    const at = partOf(file, local);
    return { script: takeStaged(at), staged: { file: local, at }, size: local.size };
  }
  const text = file.secret ? undefined : shortText(held);
  if (text === undefined) return { script: stored(sh`cat`, sum), input: held };
  // What the shell writes by itself costs no process.
  return {
    script: sh`printf %s ${text} > "$temporary" || fail "The new content of $target could not be written."`,
    size: held.length,
  };
}

function stored(print: Script, sum: string | RawShell): Script {
  return sh`
    message=$(${print} 2>&1 > "$temporary") || fail "The new content of $target could not be written: $message"
    sum=$(sha256sum < "$temporary"); [ "\${sum%% *}" = ${sum} ] || fail "The new content of $target did not arrive whole."
  `;
}

/** Where a large file arrives: hidden, beside its place, and the same for the same content, so that a later run goes on with it. */
function partOf({ path, nearest }: FileToWrite, local: LocalFile): string {
  const name = sha256(new TextEncoder().encode(`${local.sha256} ${local.size} ${path}`)).slice(0, 24);
  return joinPath(nearest ?? directoryName(path), `${PART_PREFIX}${name}`);
}

/** How the names of files begin that are on their way to a host. */
export const PART_PREFIX = '.hostwright.part.';

/** What others could have put there, or changed meanwhile, is not taken. */
function takeStaged(at: string): Script {
  return sh`
    temporary=${at}
    [ "$(stat -c %u:%a:%h:%F -- "$temporary" 2>/dev/null)" = "$(id -u):600:1:regular file" ] ||
      { temporary=; fail "The new content of $target did not arrive whole."; }
  `;
}

/** Bytes of a text that may stand in a script. */
const SHORT_TEXT = 32 * 1024;

/** The bytes as a word of a script; undefined where they are many, or no text. */
function shortText(bytes: Uint8Array): string | undefined {
  if (bytes.length > SHORT_TEXT || bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** As `stat -c %f` prints a regular file of this mode (inode(7): S_IFREG). */
function modeOfFile(mode: number): string {
  return (0o100000 | mode).toString(16);
}

// cp of GNU takes everything over at once; elsewhere each with its tool, where the host has it. The owner is asked of the host: what was
// read may be foreseen from an earlier task, whose new file belongs to whoever the session works as.
const KEEP_ATTRIBUTES = sh`
  cp --attributes-only --preserve=all -- "$target" "$temporary" 2>/dev/null || {
    owner=$(stat -c %u:%g -- "$target") || exit 1
    chown -- "$owner" "$temporary" || fail "$target belongs to $owner, which only root can keep."
    if command -v getfacl >/dev/null && command -v setfacl >/dev/null; then
      getfacl -p -- "$target" 2>/dev/null | setfacl --set-file=- -- "$temporary" 2>/dev/null
    fi
    if [ -e /sys/fs/selinux/enforce ]; then chcon --reference="$target" -- "$temporary"; fi
  }
`;

function validation(command: string): Script {
  const words = splitWords(command).map((word) =>
    word
      .split('%s')
      .map((part) => quote(part))
      .join('"$temporary"'),
  );
  return sh`
    ${raw(words.join(' '))} </dev/null >&2 || fail "$target was not replaced: the new content did not pass the validate command."
  `;
}
