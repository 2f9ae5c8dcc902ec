import type { LocalFile, Script } from '../core/script.ts';
import { STAT_FORMAT } from '../facts/stat-line.ts';
import { quote, raw, sh, withInput } from '../shell/sh.ts';
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
  /** Lower-case hexadecimal; what arrives is checked against it. */
  readonly sha256: string;
  /** Set after writing, before the file appears under its name. */
  readonly mode: number;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** A file is replaced: its ownership stays unless `uid` and `gid` say otherwise. */
  readonly replaces?: boolean;
  /** Keeps the old version in the backup area under the time of now. */
  readonly backup?: boolean;
  /** Runs before the old version is replaced, for example to keep it for undo. */
  readonly before?: Script | undefined;
  /** A command whose `%s` stands for the new file; it must succeed before the file is replaced. */
  readonly validate?: string | undefined;
  /** Writes into the file where replacing it is refused (a bind-mounted file). */
  readonly unsafe?: boolean;
}

/**
 * Writes a file whole or not at all: a hidden temporary file in the same directory, closed to others until it is complete and its checksum
 * right, with the old file's owner, mode, ACL, extended attributes and SELinux context, then renamed. Nothing is left behind on failure.
 * Prints `backup_file` and the new file's `stat` as records.
 */
export function writeFile(file: FileToWrite): Script {
  const nothing = raw(':');
  const temporary = raw('"$temporary"');
  const owner: AttributeSettings = {
    ...(file.uid === undefined ? {} : { uid: file.uid }),
    ...(file.gid === undefined ? {} : { gid: file.gid }),
  };
  const rename = sh`
    [ ! -d "$target" ] || fail "$target is a directory."
    mv -fT -- "$temporary" "$target"
  `;
  const script = sh`
    (
    LC_ALL=C; export LC_ALL
    fail() { printf '%s\n' "$1" >&2; exit 1; }
    target=${file.path}
    directory=\${target%/*}/
    umask 077
    temporary=
    trap 'if [ -n "$temporary" ]; then rm -f -- "$temporary"; fi' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    temporary=$(mktemp -- "$directory.hostwright.XXXXXXXXXX") || { temporary=; exit 1; }
    ${file.replaces ? KEEP_ATTRIBUTES : nothing}
    ${copyBytes(file.bytes)}
    [ "\${sum%% *}" = ${file.sha256} ] || fail "The new content of $target did not arrive whole."
    ${setAttributes(sh`${temporary}`, owner)} || exit 1
    ${file.validate === undefined ? nothing : validation(file.validate)}
    ${file.before ?? nothing}
    ${file.backup && file.replaces ? BACK_UP_TARGET : nothing}
    chmod -- ${modeArgument(file.mode)} "$temporary" || exit 1
    ${rename} ${file.unsafe ? raw('2>/dev/null || cat < "$temporary" > "$target" || exit 1') : raw('|| exit 1')}
    ${file.unsafe ? raw('rm -f -- "$temporary"') : nothing}
    temporary=
    ${file.replaces ? nothing : raw('if [ -e /sys/fs/selinux/enforce ]; then restorecon -- "$target" 2>/dev/null; fi')}
    sync -d -- "$directory" 2>/dev/null
    ${reportStat(raw('"$target"'))}
    ) || exit $?
  `;
  return file.bytes.from === 'input' ? withInput(script, file.bytes.bytes) : script;
}

/** Prints what now stands at a path as the record `stat`. */
export function reportStat(path: ReturnType<typeof raw>): Script {
  return sh`s=$(stat -c ${STAT_FORMAT} -- ${path}) && printf 'stat=%s\0' "$s"`;
}

/** Stores the bytes, on the disk before the name points at them, and sets `sum` to the line that sha256sum prints. */
function copyBytes(bytes: FileBytes): Script {
  if (bytes.from === 'input' && bytes.bytes instanceof Uint8Array === false && !bytes.bytes.content) {
    // A large file is summed up while it arrives. Where it cannot be stored, the sum must be another.
    return sh`
      sum=$({ tee -- "$temporary" || printf 'not stored'; } | sha256sum)
      dd if=/dev/null conv=notrunc,fsync of="$temporary" 2>/dev/null || fail "The new content of $target could not be written."
    `;
  }
  // dd rather than cat: with conv=fsync the bytes are on the disk, on GNU and busybox alike.
  const store = raw('message=$(LC_ALL=C dd bs=65536 conv=fsync of="$temporary" 2>&1');
  return sh`
    ${store} ${bytes.from === 'input' ? raw('') : sh`< ${bytes.path}`}) || fail "The new content of $target could not be written: $message"
    sum=$(sha256sum < "$temporary")
  `;
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
  chmod 0600 -- "$temporary" || exit 1
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
