import type { HostRead, ReadOutput } from '../core/read.ts';
import type { Script } from '../core/script.ts';
import { raw, sh } from '../shell/sh.ts';
import { type PathState, pathState } from './path-state.ts';
import { parseRecords } from './records.ts';

export interface PathDetailsOptions {
  readonly follow: boolean;
  /** Null: no checksum. */
  readonly checksum: 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512' | null;
  readonly mime: boolean;
  readonly attributes: boolean;
}

/** All that can be said about an entry, as the module `stat` gives it; a state that a check run foresees has no details. */
export type PathDetails = PathState & { readonly details?: Details };

export interface Details {
  readonly writable: boolean;
  readonly executable: boolean;
  /** For a link: where it ends after all links. */
  readonly lnkSource: string | null;
  /** Lower-case hexadecimal; null where not asked for or no regular file. */
  readonly checksum: string | null;
  readonly mimeType: string | null;
  readonly charset: string | null;
  /** Letters of lsattr; null where the host cannot tell. */
  readonly attributeFlags: string | null;
}

export function pathDetails(path: string, options: PathDetailsOptions): HostRead<PathDetails> {
  const state = pathState(path, { follow: options.follow });
  return {
    ...state,
    name: `details of ${path}`,
    script: sh`
      ${state.script}
      if [ -e "$r" ] || [ -L "$r" ]; then
        ${detailsScript(options)}
      fi
      :
    `,
    parse: (output) => parseDetails(state.parse(output), output),
  };
}

function detailsScript(options: PathDetailsOptions): Script {
  const isFile = raw(options.follow ? '[ -f "$r" ]' : '[ -f "$r" ] && [ ! -L "$r" ]');
  const checksum = sh`
    if ${isFile} && [ -r "$r" ] && c=$(${raw(`${options.checksum}sum`)} < "$r"); then
      printf 'checksum=%s\0' "\${c%% *}"
    fi
  `;
  const mime = sh`
    if command -v file >/dev/null && m=$(file -b --mime -- "$r" 2>/dev/null); then printf 'mime=%s\0' "$m"; fi
  `;
  const attributes = sh`
    if [ ! -L "$r" ] && command -v lsattr >/dev/null && l=$(lsattr -d -- "$r" 2>/dev/null); then
      printf 'attributes=%s\0' "\${l%% *}"
    fi
  `;
  return sh`
    if [ -w "$r" ]; then printf 'writable=1\0'; fi
    if [ -x "$r" ]; then printf 'executable=1\0'; fi
    if [ -L "$r" ]; then printf 'source='; readlink -f -n -- "$r"; printf '\0'; fi
    ${options.checksum ? checksum : raw(':')}
    ${options.mime ? mime : raw(':')}
    ${options.attributes ? attributes : raw(':')}
  `;
}

function parseDetails(state: PathState, output: ReadOutput): PathDetails {
  const records = parseRecords(output.stdout);
  const mime = /^([^;]+); charset=(.+)$/.exec(records.text('mime')?.trim() ?? '');
  const details: Details = {
    writable: records.text('writable') === '1',
    executable: records.text('executable') === '1',
    lnkSource: records.text('source') ?? null,
    checksum: records.text('checksum') ?? null,
    mimeType: mime?.[1] ?? null,
    charset: mime?.[2] ?? null,
    attributeFlags: records.text('attributes')?.replaceAll('-', '') ?? null,
  };
  return { ...state, details };
}
