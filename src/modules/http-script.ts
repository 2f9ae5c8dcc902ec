import type { Script } from '../core/script.ts';
import { raw, sequence, sh } from '../shell/sh.ts';

/** One request, made by the host itself with curl or wget. */
export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What is sent: bytes of ours, or a file of the host. */
  readonly body?: Uint8Array | { readonly path: string } | undefined;
  /** Seconds for the connection, and for any silence after it. */
  readonly timeout: number;
  readonly follow: boolean;
  readonly validateCerts: boolean;
  readonly useProxy: boolean;
  readonly agent: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly caPath?: string | undefined;
  readonly clientCert?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly unixSocket?: string | undefined;
}

/**
 * Opens a directory `$t` of its own, closed to others and removed at the end, and defines `http NAME`: makes the request NAME and leaves
 * `$t/NAME.body`, `$t/NAME.head` (headers, of all answers in turn), and the variables `code` (0: no answer), `redirects`, `final` (the
 * address after redirects) and `problem`. To stand in a subshell. What is secret is in files, never in an argument list.
 */
export function openHttp(requests: Readonly<Record<string, HttpRequest>>): Script {
  const files = Object.entries(requests).map(([name, request]) => requestFiles(name, request));
  return sh`
    umask=$(umask)
    umask 077
    t=$(mktemp -d) || exit 1
    trap 'rm -rf -- "$t"' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    ${sequence(files)}
    umask "$umask"
    LC_ALL=C; export LC_ALL
    ${HTTP}
  `;
}

const HTTP = sh`
  http() {
    code=0 redirects=0 problem=
    read -r final < "$t/$1.url"
    : > "$t/$1.body"; : > "$t/$1.head"; : > "$t/$1.log"
    case $final in
      file://*)
        if cat < "\${final#file://}" > "$t/$1.body" 2> "$t/$1.log"; then code=200; fi
        problem=$(cat "$t/$1.log")
        return;;
    esac
    if command -v curl >/dev/null; then
      said=$(curl -q -K "$t/$1.curl" -o "$t/$1.body" -D "$t/$1.head" -w '%{http_code} %{num_redirects} %{url_effective}' 2> "$t/$1.log")
      code=\${said%% *}; said=\${said#* }
      redirects=\${said%% *}; final=\${said#* }
      problem=$(sed 's/^curl: //' "$t/$1.log")
    elif wget --version 2>/dev/null | grep -q '^GNU Wget'; then
      WGETRC=$t/$1.wgetrc wget -i "$t/$1.url" -O "$t/$1.body" -o "$t/$1.log"
      answer_of_wget "$1"
      if [ "$code" -eq 0 ]; then problem=$(grep -v '^--\|^$' "$t/$1.log" | tail -n 2); fi
    elif command -v wget >/dev/null; then
      if [ -s "$t/$1.needs" ]; then
        echo "The wget of the host (busybox) cannot do this: $(cat "$t/$1.needs"). Install curl in an earlier task." >&2
        exit 1
      fi
      set -- "$1" -S -O "$t/$1.body"
      while IFS= read -r word; do set -- "$@" "$word"; done < "$t/$1.words"
      name=$1; shift
      case $(wget --help 2>&1) in *"-T SEC"*) set -- "$@" -T "$(cat "$t/$name.wait")";; esac
      wget "$@" "$final" 2> "$t/$name.log"
      answer_of_wget "$name"
      if [ "$code" -eq 0 ]; then
        code=$(sed -n 's/.*server returned error: HTTP[^ ]* \([0-9]*\).*/\1/p' "$t/$name.log" | tail -n 1)
        code=\${code:-0}
        problem=$(grep '^wget:' "$t/$name.log" | tail -n 1)
      fi
    else
      echo 'The host has neither curl nor wget, so it cannot fetch anything. Install one of them in an earlier task.' >&2
      exit 1
    fi
    case $code in ''|000|*[!0-9]*) code=0;; esac
  }
  answer_of_wget() {
    sed -n -e 's/^  *\(HTTP\/[0-9.]* [0-9].*\)$/\1/p' -e 's/^  \([A-Za-z][A-Za-z0-9-]*: .*\)$/\1/p' "$t/$1.log" > "$t/$1.head"
    code=$(sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$t/$1.head" | tail -n 1)
    code=\${code:-0}
    redirects=$(grep -c '^[Ll]ocation: ' "$t/$1.head")
    if [ "$redirects" -gt 0 ]; then final=$(sed -n 's/^[Ll]ocation: //p' "$t/$1.head" | tail -n 1); fi
  }
`;

function requestFiles(name: string, request: HttpRequest): Script {
  const file = (ending: string) => raw(`"$t/${name}.${ending}"`);
  const { body } = request;
  const sent = body === undefined ? raw('') : body instanceof Uint8Array ? base64(body) : undefined;
  return sequence([
    sh`printf '%s\n' ${request.url} > ${file('url')}`,
    sh`printf '%s' ${curlConfig(request)} > ${file('curl')}`,
    sh`printf '%s' ${wgetConfig(request)} > ${file('wgetrc')}`,
    sh`printf '%s' ${busyboxWords(request)} > ${file('words')}`,
    sh`printf %s ${request.timeout} > ${file('wait')}`,
    sh`printf '%s' ${busyboxNeeds(request)} > ${file('needs')}`,
    ...(body === undefined
      ? []
      : [
          sent === undefined
            ? sh`cat < ${(body as { readonly path: string }).path} > ${file('sent')}`
            : sh`printf '%s' ${sent} | base64 -d > ${file('sent')}`,
          // The files cannot know where the directory will be.
          sh`for f in ${file('curl')} ${file('wgetrc')} ${file('words')}; do sed "s|@SENT@|$t/${raw(name)}.sent|" "$f" > "$f.new" && mv "$f.new" "$f" || exit 1; done`,
        ]),
  ]);
}

/** curl(1), -K: one option a line, values in double quotes. */
function curlConfig(request: HttpRequest): string {
  const { method, headers, body, timeout, user } = request;
  const lines: string[] = [
    'silent',
    'show-error',
    'globoff',
    `connect-timeout = ${timeout}`,
    'speed-limit = 1',
    `speed-time = ${timeout}`,
  ];
  const add = (option: string, value: string | undefined) => {
    if (value !== undefined) lines.push(`${option} = "${value.replace(/[\\"]/g, '\\$&')}"`);
  };
  add('url', request.url);
  if (method === 'HEAD') lines.push('head');
  else if (method !== (body === undefined ? 'GET' : 'POST')) add('request', method);
  for (const [name, value] of Object.entries(headers))
    add('header', value === '' ? `${name};` : `${name}: ${value}`);
  if (body !== undefined) add('data-binary', '@@SENT@');
  add('user-agent', request.agent);
  if (user !== undefined) add('user', `${user}:${request.password ?? ''}`);
  if (request.follow) lines.push('location', 'max-redirs = 10');
  if (!request.validateCerts) lines.push('insecure');
  if (!request.useProxy) add('noproxy', '*');
  add('cacert', request.caPath);
  add('cert', request.clientCert);
  add('key', request.clientKey);
  add('unix-socket', request.unixSocket);
  return `${lines.join('\n')}\n`;
}

/** Wgetrc of GNU wget: name = value. */
function wgetConfig(request: HttpRequest): string {
  const { method, headers, body, user, password } = request;
  const lines = [
    `timeout = ${request.timeout}`,
    'tries = 1',
    'server_response = on',
    'content_on_error = on',
    'auth_no_challenge = on',
    `user_agent = ${request.agent}`,
    `max_redirect = ${request.follow ? 10 : 0}`,
  ];
  const add = (option: string, value: string | undefined) => {
    if (value !== undefined) lines.push(`${option} = ${value}`);
  };
  if (body === undefined && method !== 'GET') add('method', method);
  if (body !== undefined) {
    add('method', method);
    add('body_file', '@SENT@');
  }
  for (const [name, value] of Object.entries(headers)) add('header', `${name}: ${value}`);
  if (body !== undefined && !Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) {
    add('header', 'Content-Type: application/x-www-form-urlencoded');
  }
  add('http_user', user);
  if (user !== undefined) add('http_password', password ?? '');
  if (!request.validateCerts) add('check_certificate', 'off');
  if (!request.useProxy) add('use_proxy', 'off');
  add('ca_certificate', request.caPath);
  add('certificate', request.clientCert);
  add('private_key', request.clientKey);
  return `${lines.join('\n')}\n`;
}

/** Arguments for the wget of busybox, one a line. */
function busyboxWords(request: HttpRequest): string {
  const { headers, body, user, password } = request;
  const all = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  if (user !== undefined)
    all.push(`Authorization: Basic ${base64(new TextEncoder().encode(`${user}:${password ?? ''}`))}`);
  const words = ['-U', request.agent, ...all.flatMap((header) => ['--header', header])];
  if (!request.useProxy) words.push('-Y', 'off');
  if (!request.validateCerts && request.url.startsWith('https:')) words.push('--no-check-certificate');
  if (body !== undefined) words.push('--post-file', '@SENT@');
  return words.map((word) => `${word}\n`).join('');
}

/** What busybox cannot do; empty where it can do all of it. */
function busyboxNeeds(request: HttpRequest): string {
  if (request.method !== (request.body === undefined ? 'GET' : 'POST')) return `the method ${request.method}`;
  if (request.url.startsWith('https:') && request.validateCerts)
    return 'check the certificate of an https address';
  if (request.caPath ?? request.clientCert ?? request.unixSocket)
    return 'certificates of its own, and sockets';
  return '';
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
