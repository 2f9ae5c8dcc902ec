/** What `uri` sends, and the Content-Type that goes with it. */
export interface UriBody {
  readonly bytes: Uint8Array | undefined;
  readonly type: string | undefined;
  /** Why it cannot be sent, as a phrase after the parameter's name. */
  readonly problem?: string;
}

const BOUNDARY = 'hostwright-part-8f3a1d5c7e90';

export function uriBody(values: { readonly body?: unknown; readonly body_format: string }): UriBody {
  const { body, body_format: format } = values;
  if (body === undefined || body === null) return { bytes: undefined, type: undefined };
  const encode = (text: string) => new TextEncoder().encode(text);
  if (format === 'json') {
    return {
      bytes: encode(typeof body === 'string' ? body : JSON.stringify(body)),
      type: 'application/json',
    };
  }
  if (format === 'form-urlencoded') {
    if (typeof body === 'string') return { bytes: encode(body), type: 'application/x-www-form-urlencoded' };
    const pairs = pairsOf(body);
    if (!pairs) return failed('must be text, a map, or a list of pairs where body_format is form-urlencoded');
    return {
      bytes: encode(new URLSearchParams(pairs).toString()),
      type: 'application/x-www-form-urlencoded',
    };
  }
  if (format === 'form-multipart') {
    const parts = multipart(body);
    if (!parts)
      return failed(
        'must be a map of texts, or of {content, filename, mime_type}, where body_format is form-multipart',
      );
    return { bytes: encode(parts), type: `multipart/form-data; boundary=${BOUNDARY}` };
  }
  return { bytes: encode(typeof body === 'object' ? JSON.stringify(body) : String(body)), type: undefined };
}

function failed(problem: string): UriBody {
  return { bytes: undefined, type: undefined, problem };
}

function pairsOf(body: unknown): [string, string][] | undefined {
  if (Array.isArray(body)) {
    const fits = body.every((pair) => Array.isArray(pair) && pair.length === 2);
    return fits ? body.flatMap(([name, value]) => valuesOf(name, value)) : undefined;
  }
  if (typeof body !== 'object' || body === null) return undefined;
  return Object.entries(body).flatMap(([name, value]) => valuesOf(name, value));
}

function valuesOf(name: unknown, value: unknown): [string, string][] {
  return (Array.isArray(value) ? value : [value]).map((one) => [String(name), String(one)]);
}

function multipart(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const quoted = (text: unknown) =>
    String(text).replace(/["\r\n]/g, (character) => encodeURIComponent(character));
  const parts = Object.entries(body).map(([name, value]) => {
    if (typeof value !== 'object' || value === null) {
      return `Content-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}`;
    }
    const {
      content,
      filename,
      mime_type: type = 'application/octet-stream',
    } = value as Record<string, unknown>;
    if (content === undefined) return undefined;
    const file = filename === undefined ? '' : `; filename="${quoted(filename)}"`;
    return `Content-Disposition: form-data; name="${quoted(name)}"${file}\r\nContent-Type: ${quoted(type)}\r\n\r\n${content}`;
  });
  if (parts.includes(undefined)) return undefined;
  return `${parts.map((part) => `--${BOUNDARY}\r\n${part}\r\n`).join('')}--${BOUNDARY}--\r\n`;
}
