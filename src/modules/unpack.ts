import { sha256 } from '../core/digest.ts';
import type { LocalSource } from '../core/read.ts';
import type { LocalFile, Script } from '../core/script.ts';
import { joinPath, pathWord } from '../facts/host-path.ts';
import type { PathState } from '../facts/path-state.ts';
import { type RawShell, raw, sequence, sh, withInput } from '../shell/sh.ts';
import { findUndoPlace, makeUndoPlace } from './backup-area.ts';
import { openHttp } from './http-script.ts';
import { noScriptFile } from './system-problems.ts';

export interface UnpackParams {
  readonly src: string;
  readonly dest: string;
  readonly remote_src: boolean;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly keep_newer: boolean;
  readonly extra_opts: readonly string[];
  readonly validate_certs: boolean;
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

export interface UnpackChange {
  readonly at: PathState;
  readonly source: LocalSource | undefined;
  /** What is there and will be replaced, below the directory. */
  readonly names: readonly string[];
  /** What will be made. */
  readonly made: readonly string[];
}

/**
 * Unpacks into a directory of its own, as the entries shall be: `$tree`, beside `$dest`; `$handler` names the kind of archive, and
 * `$ignore` what of an entry is compared. To stand in a subshell. Nothing stays behind.
 */
export function unpacking(params: UnpackParams, at: PathState, source: LocalSource | undefined): Script {
  const file = localFile(params, source);
  const { mode, owner, group } = params;
  const who =
    owner === undefined && group === undefined
      ? undefined
      : `${owner ?? ''}${group === undefined ? '' : `:${group}`}`;
  const script = sh`
    LC_ALL=C; export LC_ALL
    dest=${at.realPath}
    keep_newer=${params.keep_newer ? 1 : 0}
    ${archiveFile(params, file)}
    mkdir "$t/tree" && tree=$t/tree || exit 1
    case $(od -An -tx1 -N6 < "$archive" | tr -d ' \n') in
      504b0304*|504b0506*) handler=ZipArchive;;
      1f8b*) handler=TgzArchive; open='gzip -dc';;
      425a68*) handler=TarBzipArchive; open='bzip2 -dc';;
      fd377a585a00) handler=TarXzArchive; open='xz -dc';;
      28b52ffd*) handler=TarZstdArchive; open='zstd -dc';;
      *) handler=TarArchive; open=cat;;
    esac
    if [ $handler = ZipArchive ]; then
      command -v unzip >/dev/null || { echo 'The host has no unzip.' >&2; exit 1; }
      unzip -q -o ${params.extra_opts} "$archive" ${params.include} -d "$tree" >&2
      # 1: done, with warnings.
      [ $? -le 1 ] || exit 1
    else
      command -v "\${open%% *}" >/dev/null || { echo "The host has no \${open%% *}." >&2; exit 1; }
      $open < "$archive" | tar -xf - -C "$tree" ${params.extra_opts} ${params.include} >&2 || exit 1
    fi
    for pattern in ${params.exclude}; do
      find "$tree" -mindepth 1 \( -path "$tree/$pattern" -o -path "$tree/*/$pattern" \) -prune -exec rm -rf -- {} \; || exit 1
    done
    ${who === undefined ? raw(':') : sh`chown -hR -- ${who} "$tree" || exit 1`}
    ${mode === undefined ? raw(':') : sh`find "$tree" -mindepth 1 ! -type l -exec chmod -- ${mode} {} + || exit 1`}
    ignore=%f:%u:%g
  `;
  return file ? withInput(script, file.content ?? file) : script;
}

function localFile(
  { src, remote_src: remote }: UnpackParams,
  source: LocalSource | undefined,
): LocalFile | undefined {
  if (remote) return undefined;
  if (!source?.file) throw noScriptFile(src);
  return source.file;
}

/** Sets `$t`, a directory that goes at the end, and `$archive`. */
function archiveFile(params: UnpackParams, file: LocalFile | undefined): Script {
  if (/^(https?|ftp):\/\//.test(params.src)) {
    const request = {
      url: params.src,
      method: 'GET',
      headers: {},
      timeout: 30,
      follow: true,
      validateCerts: params.validate_certs,
      useProxy: true,
      agent: 'hostwright',
    };
    return sh`
      ${openHttp({ r: request })}
      http r
      case $code in 2??) ;; *) echo "Request failed: \${problem:-HTTP status $code} from $final" >&2; exit 1;; esac
      archive=$t/r.body
    `;
  }
  return sh`
    umask=$(umask); umask 077
    t=$(mktemp -d) || exit 1
    umask "$umask"
    trap 'rm -rf -- "$t"' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    ${file ? sh`archive=$t/archive; cat > "$archive" || exit 1` : sh`archive=${pathWord(params.src)}`}
    [ -r "$archive" ] || { echo "The archive $archive does not exist on the host, or cannot be read." >&2; exit 1; }
  `;
}

/** Keeps what is replaced, and copies over what differs and what is missing. */
export function applyUnpack(change: UnpackChange, params: UnpackParams): Script {
  const unpack = unpacking(params, change.at, change.source);
  const { names, made, at } = change;
  const keeps = sh`
    ${makeUndoPlace(placeName(change))}
    mkdir -p -- "$kept" || exit 1
    ${copyEntries(sh`${at.realPath}`, raw('"$kept"'), names)}
  `;
  const script = sh`
    (
    ${names.length > 0 ? keeps : raw(':')}
    ${{ text: unpack.text }}
    ${copyEntries(raw('"$tree"'), raw('"$dest"'), [...names, ...made].sort())}
    ) || exit $?
  `;
  return unpack.input === undefined ? script : withInput(script, unpack.input);
}

/**
 * Copies entries from one directory to another, each whole: a file appears under its name when it is complete. Attributes of directories
 * come last, since what is put into them changes their times, and they may be closed.
 */
function copyEntries(from: Script | RawShell, to: Script | RawShell, names: readonly string[]): Script {
  return sh`
    from=${from} to=${to}
    for e in ${names}; do
      case $e in */*) mkdir -p -- "$to/\${e%/*}" || exit 1;; esac
      if [ -d "$from/$e" ] && [ ! -L "$from/$e" ]; then
        [ -d "$to/$e" ] && [ ! -L "$to/$e" ] || mkdir -- "$to/$e" || exit 1
      else
        rm -f -- "$to/.hostwright.new" && cp -dp -- "$from/$e" "$to/.hostwright.new" && mv -fT -- "$to/.hostwright.new" "$to/$e" || exit 1
      fi
    done
    for e in ${names.toReversed()}; do
      if [ -d "$from/$e" ] && [ ! -L "$from/$e" ]; then
        if [ "$(id -u)" -eq 0 ]; then chown -- "$(stat -c %u:%g -- "$from/$e")" "$to/$e" || exit 1; fi
        chmod -- "$(stat -c %a -- "$from/$e")" "$to/$e" && touch -r "$from/$e" -- "$to/$e" || exit 1
      fi
    done
  `;
}

export function undoUnpack(change: UnpackChange): Script {
  const { at, made, names } = change;
  const steps: Script[] = [];
  const paths = made
    .toSorted()
    .toReversed()
    .map((name) => joinPath(at.realPath, name));
  if (paths.length > 0) {
    steps.push(
      sh`for p in ${paths}; do if [ -d "$p" ] && [ ! -L "$p" ]; then rmdir -- "$p"; else rm -f -- "$p"; fi || exit 1; done`,
    );
  }
  if (names.length > 0) {
    steps.push(sh`
      ${findUndoPlace(placeName(change))}
      ${copyEntries(raw('"$kept"'), sh`${at.realPath}`, names)}
      rm -rf -- "$kept"
    `);
  }
  return steps.length === 0 ? sh`:` : sequence(steps);
}

function placeName({ at, names }: UnpackChange): string {
  const time = at.exists ? at.statusChanged : 0;
  return `unarchive-${sha256(new TextEncoder().encode([at.realPath, time, ...names].join('\0'))).slice(0, 32)}`;
}
