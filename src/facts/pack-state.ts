import type { HostRead } from '../core/read.ts';
import type { Script } from '../core/script.ts';
import { raw, sh } from '../shell/sh.ts';
import { unexpectedOutput } from './problems.ts';
import { parseRecords } from './records.ts';

export type PackFormat = 'gz' | 'bz2' | 'xz' | 'tar' | 'zip';

/** What goes into an archive. */
export interface PackSources {
  /** Paths and patterns of the host. */
  readonly paths: readonly string[];
  /** Paths and patterns that stay out. */
  readonly excluded: readonly string[];
  /** Patterns of names below that stay out. */
  readonly excludedNames: readonly string[];
  readonly dest: string;
  readonly format: PackFormat;
  /** An archive even of one file, which otherwise is only compressed. */
  readonly forced: boolean;
}

/** What an archive would hold, and whether the one that is there holds just that. */
export interface PackState {
  readonly root: string;
  /** Files and directories that were named and are there. */
  readonly expanded: readonly string[];
  readonly missing: readonly string[];
  /** Names below the root. */
  readonly names: readonly string[];
  /** How many of the names are no directories. */
  readonly files: number;
  /** One file that is compressed rather than archived. */
  readonly compressed: boolean;
  readonly same: boolean;
}

export function packState(sources: PackSources): HostRead<PackState> {
  return {
    kind: 'host',
    name: `what goes into ${sources.dest}`,
    script: sh`
      (
      ${openPack(sources)}
      printf 'root=%s\0compressed=%s\0files=%s\0' "$root" "$compressed" "$(while IFS= read -r e; do if [ -L "$root$e" ] || [ ! -d "$root$e" ]; then echo; fi; done < "$t/names" | wc -l)"
      for list in expanded missing names; do printf '%s=' $list; cat "$t/$list"; printf '\0'; done
      if [ -s "$t/names" ] && [ -f "$dest" ] && [ "$(cd "$root" && manifest < "$t/names")" = "$(unpacked)" ]; then printf 'same=1\0'; fi
      ) || exit $?
    `,
    parse: (output) => {
      const records = parseRecords(output.stdout);
      const lines = (name: string) => (records.text(name) ?? '').split('\n').filter((line) => line !== '');
      const root = records.text('root');
      if (root === undefined || output.rc !== 0)
        throw unexpectedOutput(`what goes into ${sources.dest}`, output);
      return {
        root,
        expanded: lines('expanded'),
        missing: lines('missing'),
        names: lines('names'),
        files: Number(records.text('files')),
        compressed: records.text('compressed') === '1',
        same: records.text('same') === '1',
      };
    },
  };
}

const PROGRAMS: Readonly<Record<PackFormat, string>> = {
  gz: 'gzip',
  bz2: 'bzip2',
  xz: 'xz',
  tar: 'cat',
  zip: 'cat',
};

/**
 * Sets `$t` (a directory that goes at the end), `$dest`, `$root`, `$compressed`, the lists `$t/expanded`, `$t/missing` and `$t/names`, and
 * the functions `manifest` and `unpacked`, which describe files and what is in the archive alike. To stand in a subshell.
 */
export function openPack({ paths, excluded, excludedNames, dest, format, forced }: PackSources): Script {
  const program = raw(PROGRAMS[format]);
  const open = format === 'tar' ? raw('cat') : sh`${program} -dc`;
  return sh`
    LC_ALL=C; export LC_ALL
    umask=$(umask); umask 077
    t=$(mktemp -d) || exit 1
    umask "$umask"
    trap 'rm -rf -- "$t"' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    dest=${dest}
    expand() {
      IFS=
      for p do
        case $p in '~'|'~/'*) p=$HOME\${p#'~'};; esac
        any=
        for e in $p; do if [ -e "$e" ] || [ -L "$e" ]; then any=1; printf '%s\n' "$e"; fi; done
        [ -n "$any" ] || printf '%s\n' "$p" >> "$t/missing"
      done
      unset IFS
    }
    expand ${excluded} > "$t/excluded"; : > "$t/missing"
    expand ${paths} > "$t/all"
    while IFS= read -r e; do
      grep -qxF -e "\${e%/}" "$t/excluded" || printf '%s\n' "$e"
    done < "$t/all" > "$t/expanded"
    root=
    while IFS= read -r e; do
      d=\${e%/*}/
      if [ -z "$root" ]; then root=$d; fi
      while :; do case $d in "$root"*) break;; esac; root=\${root%/}; root=\${root%/*}/; done
    done < "$t/expanded"
    while IFS= read -r e; do
      find "\${e%/}" \( -type f -o -type d -o -type l \)
    done < "$t/expanded" | while IFS= read -r e; do
      case $e in "$dest"|"\${root%/}") continue;; esac
      skip=
      while IFS= read -r x; do case $e in "$x"|"$x"/*) skip=1; break;; esac; done < "$t/excluded"
      for x in ${excludedNames.length > 0 ? excludedNames : raw("''")}; do [ -n "$x" ] || continue; case \${e##*/} in $x) skip=1;; esac; case $e in $x) skip=1;; esac; done
      [ -n "$skip" ] || printf '%s\n' "\${e#"$root"}"
    done | sort -u > "$t/names"
    compressed=0
    if ${raw(forced || format === 'tar' || format === 'zip' ? 'false' : ':')} && [ "$(wc -l < "$t/expanded")" -eq 1 ] && [ -f "$(cat "$t/expanded")" ]; then compressed=1; fi
    manifest() {
      while IFS= read -r e; do
        if [ "$compressed" = 1 ]; then sum=$(sha256sum < "$e"); printf '%s\n' "\${sum%% *}"
        elif [ -L "$e" ]; then printf 'link %s %s\n' "$(readlink "$e")" "$e"
        elif [ -d "$e" ]; then printf 'directory %s\n' "$e"
        else sum=$(sha256sum < "$e"); printf 'file %s %s %s\n' "$(stat -c %a -- "$e")" "\${sum%% *}" "$e"
        fi
      done
    }
    unpacked() {
      rm -rf -- "$t/tree"; mkdir "$t/tree" || return 1
      if [ "$compressed" = 1 ]; then sum=$(${open} < "$dest" 2>/dev/null | sha256sum); printf '%s\n' "\${sum%% *}"; return; fi
      ${format === 'zip' ? sh`unzip -q "$dest" -d "$t/tree" >/dev/null 2>&1` : sh`${open} < "$dest" 2>/dev/null | tar -xpf - -C "$t/tree" 2>/dev/null`}
      (cd "$t/tree" && find . -mindepth 1 | sed 's|^\./||' | sort -u | manifest)
    }
  `;
}

/** Writes the archive to a path of the script. */
export function packTo(format: PackFormat, path: Script): Script {
  if (format === 'zip') {
    return sh`
      command -v zip >/dev/null || { echo 'The host has no zip.' >&2; exit 1; }
      (cd "$root" && zip -q -X -y -@ "$t/new.zip" < "$t/names") && mv -- "$t/new.zip" ${path} || exit 1
    `;
  }
  const program = raw(PROGRAMS[format]);
  return sh`
    if [ "$compressed" = 1 ]; then ${program} -c < "$(cat "$t/expanded")" > ${path} || exit 1
    else
      set --
      while IFS= read -r e; do set -- "$@" "$e"; done < "$t/names"
      (cd "$root" && tar --no-recursion -cf - -- "$@") > "$t/tar" || exit 1
      ${program} < "$t/tar" > ${path} || exit 1
    fi
  `;
}
