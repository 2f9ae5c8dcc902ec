import type { Change } from '../core/change.ts';
import type { Reads, TaskView } from '../core/module.ts';
import type { Script } from '../core/script.ts';
import { fileChecksums } from '../facts/checksums.ts';
import { type Download, download } from '../facts/download.ts';
import type { PathState } from '../facts/path-state.ts';
import { raw, sh } from '../shell/sh.ts';
import { KEEP_LIMIT, keepCopy } from './backup-area.ts';
import { digestInList, type WantedChecksum } from './checksum-param.ts';
import { type FileChange, planFile } from './file-change.ts';
import { type HttpParams, httpRequest, nameInUrl } from './http-params.ts';
import { type HttpRequest, openHttp } from './http-script.ts';
import { notAFile, notInList, requestFailed } from './problems.ts';
import { writeFile } from './write-file.ts';

export interface UrlParams extends HttpParams {
  readonly dest: string;
  readonly checksum?: WantedChecksum | undefined;
  readonly backup: boolean;
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly unsafe_writes: boolean;
}

export interface UrlValues {
  readonly at: PathState;
  readonly inside?: PathState;
  readonly digests?: ReadonlyMap<string, string>;
  readonly list?: Download;
  readonly source?: Download;
}

/** The file that it is about: in the directory, where the destination is one. */
export function targetOf({ at, inside }: UrlValues): PathState {
  return at.exists && at.kind === 'directory' && inside ? inside : at;
}

/** What must be known to say whether the file is what the address has. A file that is not there needs no look. */
export function sourceReads(params: UrlParams, target: PathState): Reads {
  const { checksum, url } = params;
  if (!target.exists || target.kind !== 'file') return {};
  if (checksum) {
    const digests = fileChecksums(checksum.algorithm, [target.realPath]);
    return checksum.list === undefined ? { digests } : { digests, list: listRead(params, checksum.list) };
  }
  const since = new Date(target.modified * 1000).toUTCString();
  const request = httpRequest(params, { headers: params.force ? {} : { 'If-Modified-Since': since } });
  return { source: download(url, openHttp({ r: request }), { file: true, list: false }) };
}

function listRead(params: UrlParams, list: string) {
  return download(list, openHttp({ sum: httpRequest(params, { url: list }) }), { file: false, list: true });
}

export function planDownload(
  params: UrlParams,
  values: UrlValues,
  view: TaskView,
): Change<FileChange> | null {
  const state = targetOf(values);
  if (state.exists && state.kind !== 'file') throw notAFile(state.realPath, state.kind);
  const options = {
    wanted: { mode: params.mode, owner: params.owner, group: params.group },
    backup: params.backup,
    unsafe: params.unsafe_writes,
  };
  if (state.exists && isCurrent(params, values, state)) return planFile(null, state, options, view);
  // What it will have is not known; the file is not what it should be, which is all that counts here.
  const next = {
    bytes: { from: 'host', path: sh`"$t/r.body"` },
    size: 0,
    sha256: '',
    content: null,
  } as const;
  const change = planFile(next, state, options, view);
  if (!change) return null;
  const [, ...others] = change.differences;
  const before = state.exists ? { size: state.size, sha256: state.sha256 } : null;
  const { algorithm, digest } = params.checksum ?? {};
  const after = { url: params.url, ...(digest === undefined ? {} : { [algorithm ?? '']: digest }) };
  return { ...change, differences: [{ label: state.realPath, before, after }, ...others] };
}

function isCurrent(
  params: UrlParams,
  { digests, list, source }: UrlValues,
  state: PathState & { exists: true },
): boolean {
  const { checksum, url } = params;
  if (checksum) {
    const wanted = checksum.digest ?? (list && digestOf(params, list));
    return digests?.get(state.realPath) === wanted;
  }
  if (!source || source.code === 304) return true;
  if (source.code < 200 || source.code > 299) throw requestFailed(url, source.code, source.problem);
  return source.sha256 === state.sha256;
}

function digestOf({ url, checksum }: UrlParams, list: Download): string {
  const address = checksum?.list ?? '';
  if (list.code < 200 || list.code > 299) throw requestFailed(address, list.code, list.problem);
  const digest = digestInList(list.list, nameInUrl(url));
  if (digest === undefined) throw notInList(nameInUrl(url), address);
  return digest;
}

/** Fetches, compares with the checksum, and puts the file in its place; prints `code`, `size` and `sha256`. */
export function applyDownload(change: FileChange, params: UrlParams): Script {
  const { checksum } = params;
  const { old, set } = change;
  const requests: Record<string, HttpRequest> = { r: httpRequest(params) };
  if (checksum?.list !== undefined) requests.sum = httpRequest(params, { url: checksum.list });
  return sh`
    (
    fail() { printf '%s\n' "$1" >&2; exit 1; }
    ${openHttp(requests)}
    http r
    case $code in
      2??) ;;
      0) fail "Request failed: \${problem:-no answer}";;
      *) fail "Request failed: HTTP status $code from $final";;
    esac
    ${checksum ? verify(checksum, nameInUrl(params.url)) : raw(':')}
    sum=$(sha256sum < "$t/r.body"); fetched=\${sum%% *}
    printf 'code=%s\0size=%s\0sha256=%s\0' "$code" "$(wc -c < "$t/r.body")" "$fetched"
    ${writeFile({
      path: change.path,
      bytes: { from: 'host', path: sh`"$t/r.body"` },
      sha256: raw('"$fetched"'),
      mode: change.mode,
      uid: set.uid,
      gid: set.gid,
      replaces: old !== null,
      ...(old && old.size <= KEEP_LIMIT ? { before: keepCopy(old) } : {}),
      backup: params.backup,
      unsafe: params.unsafe_writes,
    })}
    ) || exit $?
  `;
}

function verify({ algorithm, digest, list }: WantedChecksum, name: string): Script {
  const wanted =
    list === undefined
      ? sh`wanted=${digest ?? ''}`
      : sh`
          http sum
          case $code in 2??) ;; *) fail "The list of checksums could not be fetched: \${problem:-HTTP status $code}";; esac
          code=200
          wanted=$(awk -v name=${name} 'NF == 1 && NR == 1 { only = $1 } NF > 1 { file = $NF; sub(/^\*/, "", file); sub(/.*\//, "", file); if (file == name) { print $1; exit } if ($2 == "(" name ")") { print $NF; exit } } END { if (NR == 1 && only != "") print only }' "$t/sum.body")
          wanted=$(printf %s "$wanted" | tr A-F a-f)
          [ -n "$wanted" ] || fail "The list of checksums does not name "${name}`;
  return sh`
    ${wanted}
    sum=$(${raw(`${algorithm}sum`)} < "$t/r.body")
    [ "\${sum%% *}" = "$wanted" ] || fail "The checksum for $final did not match $wanted; it was \${sum%% *}."
  `;
}
