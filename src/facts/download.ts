import type { HostRead } from '../core/read.ts';
import type { Script } from '../core/script.ts';
import { raw, sh } from '../shell/sh.ts';
import { unexpectedOutput } from './problems.ts';
import { parseRecords } from './records.ts';

/** What an address has, as the host sees it. */
export interface Download {
  /** Status number; 0: no answer, 304: not newer than what the host has. */
  readonly code: number;
  readonly problem: string;
  /** SHA-256 of what came, lower-case hexadecimal. */
  readonly sha256: string;
  /** Text of a list of checksums; empty where none was asked for. */
  readonly list: string;
}

/** `open` defines `http` and its requests: `r`, and with `listed` also `sum`. A read that only looks: what came is thrown away. */
export function download(
  name: string,
  open: Script,
  asks: { readonly file: boolean; readonly list: boolean },
): HostRead<Download> {
  return {
    kind: 'host',
    name: `what is at ${name}`,
    script: sh`
      (
      ${open}
      ${asks.list ? LIST : raw(':')}
      ${asks.file ? FILE : raw(':')}
      ) || exit $?
    `,
    parse: (output) => {
      const records = parseRecords(output.stdout);
      const code = records.text('code');
      if (code === undefined || output.rc !== 0) throw unexpectedOutput(`what is at ${name}`, output);
      return {
        code: Number(code),
        problem: records.text('problem') ?? '',
        sha256: records.text('sha256') ?? '',
        list: records.text('list') ?? '',
      };
    },
  };
}

const LIST = sh`
  http sum
  printf 'code=%s\0problem=%s\0list=' "$code" "$problem"; head -c 1048576 "$t/sum.body" | tr -d '\0'; printf '\0'
`;

const FILE = sh`
  http r
  sum=$(sha256sum < "$t/r.body")
  printf 'code=%s\0problem=%s\0sha256=%s\0' "$code" "$problem" "\${sum%% *}"
`;
