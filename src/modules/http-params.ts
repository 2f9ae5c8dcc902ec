import { z } from 'zod';
import type { HttpRequest } from './http-script.ts';
import { count, flag, hostPath, text } from './params.ts';

const headerText = text.refine((value) => !/[\r\n]/.test(value), { error: 'must be one line' });

/** Parameters that `uri` and `get_url` share. */
export const httpParams = {
  url: z
    .string()
    .regex(/^(https?|ftp|file):\/\/[^\s]+$/, {
      error: 'must be an address: http://, https://, ftp:// or file://',
    })
    .describe('The address, as the host sees it.'),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9_-]+$/), headerText)
    .default({})
    .describe('Headers of the request.'),
  timeout: count.describe('Seconds for the connection, and for any silence after it.'),
  url_username: headerText.optional().describe('User for basic authentication.'),
  url_password: headerText.optional().describe('Its password. It is never in an argument list.'),
  force_basic_auth: flag.default(false).describe('Accepted; the user is always sent with the first request.'),
  validate_certs: flag.default(true).describe('Check the certificate of an https address.'),
  use_proxy: flag.default(true).describe("False: the host's proxy settings are not used."),
  http_agent: headerText.default('hostwright').describe('What the User-Agent header says.'),
  client_cert: hostPath.optional().describe('Certificate to show, a PEM file of the host.'),
  client_key: hostPath.optional().describe('Its key, where that is in another file.'),
  ca_path: hostPath.optional().describe('PEM file of the host with the authorities that are trusted.'),
  force: flag.default(false).describe('Do not let caches on the way answer.'),
};

export interface HttpParams {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: number;
  readonly url_username?: string | undefined;
  readonly url_password?: string | undefined;
  readonly validate_certs: boolean;
  readonly use_proxy: boolean;
  readonly http_agent: string;
  readonly client_cert?: string | undefined;
  readonly client_key?: string | undefined;
  readonly ca_path?: string | undefined;
  readonly force: boolean;
}

/** A GET of the address; `more` adds to it or says otherwise. */
export function httpRequest(params: HttpParams, more: Partial<HttpRequest> = {}): HttpRequest {
  const { user, password, url } = signIn(params);
  return {
    method: 'GET',
    timeout: Math.max(1, params.timeout),
    follow: true,
    validateCerts: params.validate_certs,
    useProxy: params.use_proxy,
    agent: params.http_agent,
    user,
    password,
    caPath: params.ca_path,
    clientCert: params.client_cert,
    clientKey: params.client_key,
    url,
    ...more,
    headers: { ...(params.force ? { 'Cache-Control': 'no-cache' } : {}), ...params.headers, ...more.headers },
  };
}

/** The user in front of the host of an address does the same as url_username. */
function signIn({ url, url_username: user, url_password: password }: HttpParams) {
  const [, scheme = '', inner, rest = ''] = /^(\w+:\/\/)(?:([^/@]*)@)?(.*)$/s.exec(url) ?? [];
  if (inner === undefined) return { url, user, password };
  const [name = '', ...secret] = inner.split(':');
  const given = { user: decoded(name), password: secret.length > 0 ? decoded(secret.join(':')) : undefined };
  return { url: `${scheme}${rest}`, ...(user === undefined ? given : { user, password }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The file name at the end of an address; `index.html` where there is none. */
export function nameInUrl(url: string): string {
  const path = url.replace(/^\w+:\/\/[^/?#]*/, '').replace(/[?#].*$/, '');
  const name = decoded(path.split('/').at(-1) ?? '');
  return name === '' || name.includes('/') ? 'index.html' : name;
}
