import type { LocalFile, Script } from '../core/script.ts';
import { baseName, pathWord } from '../facts/host-path.ts';
import { raw, sh, withInput } from '../shell/sh.ts';
import { type HttpParams, httpRequest, nameInUrl } from './http-params.ts';
import { openHttp } from './http-script.ts';
import { uriBody } from './uri-body.ts';

export interface UriParams extends HttpParams {
  readonly method: string;
  readonly body?: unknown;
  readonly body_format: string;
  readonly src?: string | undefined;
  readonly remote_src: boolean;
  readonly status_code: readonly number[];
  readonly return_content: boolean;
  readonly follow_redirects: string | boolean;
  readonly dest?: string | undefined;
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly unix_socket?: string | undefined;
}

/** Bytes of an answer that are brought here; the rest stays behind, and the result says so. */
export const ANSWER_LIMIT = 2 * 1024 * 1024;

/** Makes the request, writes the answer to `dest` where that is wanted, and prints what came as records. */
export function uriScript(params: UriParams, file: LocalFile | null): Script {
  const { bytes, type } = uriBody(params);
  const body = file
    ? (file.content ?? { path: '/dev/stdin' })
    : params.src === undefined
      ? bytes
      : { path: params.src };
  const typed = Object.keys(params.headers).some((name) => name.toLowerCase() === 'content-type');
  const request = httpRequest(params, {
    method: params.method,
    body,
    follow: follows(params),
    unixSocket: params.unix_socket,
    headers: type === undefined || typed ? {} : { 'Content-Type': type },
  });
  const script = sh`
    (
    ${openHttp({ r: request })}
    http r
    printf 'code=%s\0redirects=%s\0url=%s\0problem=%s\0size=%s\0' "$code" "$redirects" "$final" "$problem" "$(wc -c < "$t/r.body")"
    printf 'head='; tr -d '\0' < "$t/r.head"; printf '\0'
    ${params.dest === undefined ? raw(':') : keep(params, params.dest)}
    printf 'content='; head -c ${ANSWER_LIMIT} "$t/r.body"
    ) || exit $?
  `;
  return file && !file.content ? withInput(script, file) : script;
}

function follows({ follow_redirects: follow, method }: UriParams): boolean {
  if (typeof follow === 'boolean') return follow;
  if (follow === 'all' || follow === 'yes') return true;
  return (follow === 'safe' || follow === 'urllib2') && (method === 'GET' || method === 'HEAD');
}

/** The answer as a file of the host, whole or not at all; a file that is the same already is left alone. */
function keep({ status_code: good, url, mode, owner, group }: UriParams, dest: string): Script {
  const who =
    owner === undefined && group === undefined
      ? undefined
      : `${owner ?? ''}${group === undefined ? '' : `:${group}`}`;
  return sh`
    case ${` ${good.join(' ')} `} in
      *" $code "*)
        dest=${pathWord(dest)}
        if [ -d "$dest" ]; then dest=\${dest%/}/${baseName(nameInUrl(url))}; fi
        if cmp -s -- "$t/r.body" "$dest"; then written=0
        else
          written=1
          temporary=$(mktemp -- "\${dest%/*}/.hostwright.XXXXXXXXXX") || exit 1
          cat "$t/r.body" > "$temporary" && chmod -- "$(printf %o $((0666 & ~0$umask)))" "$temporary" && mv -fT -- "$temporary" "$dest" || { rm -f -- "$temporary"; exit 1; }
        fi
        ${who === undefined ? raw(':') : sh`chown -- ${who} "$dest" || exit 1`}
        ${mode === undefined ? raw(':') : sh`chmod -- ${mode} "$dest" || exit 1`}
        printf 'path=%s\0written=%s\0' "$dest" "$written";;
    esac
  `;
}
