import type { ResultFields } from '../core/module.ts';
import type { JobOutput } from '../core/script.ts';
import { parseRecords } from '../facts/records.ts';
import { ANSWER_LIMIT, type UriParams } from './uri-script.ts';

/** What `uri` registers; a header is there by its name too. */
export type UriFields = ResultFields & {
  readonly url: string;
  /** -1 where there was no answer. */
  readonly status?: number;
  readonly msg?: string;
  readonly content?: string;
  readonly json?: unknown;
  readonly redirected?: boolean;
  /** Seconds. */
  readonly elapsed?: number;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly cookies_string?: string;
  /** The file that the answer was written to. */
  readonly path?: string;
};

/** The fields that Ansible registers for `uri`: headers by their names in small letters with _ for -. */
export function uriResult(params: UriParams, output: JobOutput): UriFields {
  const decode = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
  if (output.rc !== 0) {
    return { failed: true, status: -1, url: params.url, msg: decode(output.stderr.bytes).trim() };
  }
  const records = parseRecords(output.stdout.bytes);
  const number = (name: string) => Number(records.text(name) ?? 0);
  const status = number('code') || -1;
  const { fields, cookies, reason } = parseHeaders(records.text('head') ?? '');
  const content = decode(records.content);
  const good = params.status_code.includes(status);
  const problem = records.text('problem') ?? '';
  const type = fields.content_type ?? '';
  const json = /^application\/(.+\+)?json\b|^text\/json\b|javascript/i.test(type)
    ? parsed(content)
    : undefined;
  const said =
    status === -1 ? `Request failed: ${problem || 'no answer'}` : `HTTP Error ${status}: ${reason}`;
  const size = number('size');
  const path = records.text('path');
  return {
    ...fields,
    changed: records.text('written') === '1',
    status,
    url: resolved(records.text('url'), params.url),
    redirected: number('redirects') > 0,
    elapsed: Math.round(output.durationMs / 1000),
    cookies,
    cookies_string: Object.entries(cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join('; '),
    msg: good
      ? `OK (${fields.content_length ?? (size || 'unknown')} bytes)`
      : `Status code was ${status} and not [${params.status_code.join(', ')}]: ${said}`,
    ...(good ? {} : { failed: true }),
    ...(json === undefined ? {} : { json }),
    ...(params.return_content || !good ? { content } : {}),
    ...(size > ANSWER_LIMIT ? { content_omitted: size - ANSWER_LIMIT } : {}),
    ...(path === undefined ? {} : { path }),
  };
}

const OWN_FIELDS = new Set([
  'changed',
  'failed',
  'skipped',
  'unreachable',
  'results',
  'warnings',
  'attempts',
]);

/** The headers of the last answer, after redirects. */
function parseHeaders(text: string) {
  const lines = text.split(/\r?\n/);
  const start = lines.findLastIndex((line) => line.startsWith('HTTP/'));
  const fields: Record<string, string> = {};
  const cookies: Record<string, string> = {};
  for (const line of lines.slice(start + 1)) {
    const [, name = '', value = ''] = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line) ?? [];
    const key = name.toLowerCase().replaceAll('-', '_');
    // What a server says may not decide how the task went.
    if (name === '' || OWN_FIELDS.has(key)) continue;
    if (key === 'set_cookie') {
      const [, cookie = '', content = ''] = /^([^=;]+)=([^;]*)/.exec(value) ?? [];
      if (cookie !== '') cookies[cookie.trim()] = content.trim();
    }
    fields[key] = fields[key] === undefined ? value : `${fields[key]}, ${value}`;
  }
  const reason = /^HTTP\S* \d+ ?(.*)$/.exec(lines[start] ?? '')?.[1] ?? '';
  return { fields, cookies, reason };
}

/** wget tells where it was led to as the server wrote it, which may be a path alone. */
function resolved(address: string | undefined, base: string): string {
  return address !== undefined && URL.canParse(address, base) ? new URL(address, base).href : base;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
