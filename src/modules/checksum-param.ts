import { z } from 'zod';

export const ALGORITHMS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;

/** What a file must have: a digest, or the address of a list of them. */
export interface WantedChecksum {
  readonly algorithm: (typeof ALGORITHMS)[number];
  /** Lower-case hexadecimal; undefined: in the list. */
  readonly digest: string | undefined;
  readonly list: string | undefined;
}

/** `sha256:DIGEST`, or `sha256:ADDRESS` of a file as sha256sum writes it. */
export const checksumParam = z.string().transform((value, context): WantedChecksum | undefined => {
  if (value === '') return undefined;
  const [, algorithm = '', rest = ''] = /^([a-z0-9]+):(.*)$/s.exec(value.trim()) ?? [];
  const known = ALGORITHMS.find((one) => one === algorithm);
  if (known && /^(https?|ftp|file):\/\/\S+$/.test(rest))
    return { algorithm: known, digest: undefined, list: rest };
  if (known && /^[0-9a-fA-F]{32,128}$/.test(rest))
    return { algorithm: known, digest: rest.toLowerCase(), list: undefined };
  context.addIssue({
    code: 'custom',
    message: `must be ALGORITHM:DIGEST or ALGORITHM:ADDRESS with one of ${ALGORITHMS.join(', ')}: sha256:9f86d0…`,
  });
  return z.NEVER;
});

/** The digest of a file in a list: lines of digest, blanks (a * or ./ may follow) and name; a single digest stands for any file. */
export function digestInList(list: string, name: string): string | undefined {
  const lines = list.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (lines.length === 1) {
    const only = /^([0-9a-fA-F]{32,128})\s*$/.exec((lines[0] ?? '').trim())?.[1];
    if (only !== undefined) return only.toLowerCase();
  }
  for (const line of lines) {
    const [, digest, file = ''] = /^([0-9a-fA-F]{32,128})\s+\*?(.+?)\s*$/.exec(line) ?? [];
    // BSD's form: SHA256 (name) = digest.
    const [, named, other] = /^\w+ \((.+)\) = ([0-9a-fA-F]+)\s*$/.exec(line) ?? [];
    if (digest !== undefined && file.replace(/^.*\//, '') === name) return digest.toLowerCase();
    if (other !== undefined && named?.replace(/^.*\//, '') === name) return other.toLowerCase();
  }
  return undefined;
}
