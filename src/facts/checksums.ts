import type { HostRead } from '../core/read.ts';
import { raw, sh } from '../shell/sh.ts';

/** Checksums of files by their paths; those that cannot be read are left out. */
export function fileChecksums(
  algorithm: 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512',
  paths: readonly string[],
): HostRead<ReadonlyMap<string, string>> {
  return {
    kind: 'host',
    name: `checksums of ${paths.length} files`,
    script: sh`
      LC_ALL=C; export LC_ALL
      for p in ${paths}; do
        if [ -r "$p" ] && c=$(${raw(`${algorithm}sum`)} < "$p"); then printf '%s %s\0' "\${c%% *}" "$p"; fi
      done
      :
    `,
    parse: (output) => {
      const lines = new TextDecoder().decode(output.stdout).split('\0').slice(0, -1);
      return new Map(
        lines.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
      );
    },
  };
}

/** Which of some files have a line that a POSIX extended expression matches; those that cannot be read have none. */
export function filesHolding(pattern: string, paths: readonly string[]): HostRead<ReadonlySet<string>> {
  return {
    kind: 'host',
    name: `files with ${pattern}`,
    script: sh`
      LC_ALL=C; export LC_ALL
      for p in ${paths}; do
        if [ -r "$p" ] && grep -qE -e ${pattern} < "$p"; then printf '%s\0' "$p"; fi
      done
      :
    `,
    parse: (output) => new Set(new TextDecoder().decode(output.stdout).split('\0').slice(0, -1)),
  };
}
