import type { Script } from '../core/script.ts';
import { raw, sh } from '../shell/sh.ts';
import { STAT_FORMAT } from './stat-line.ts';

export interface LookOptions {
  readonly follow: boolean;
  readonly sha256: boolean;
  /** Read contents up to so many bytes; -1: none. */
  readonly contentLimit: number;
  /** How content is printed: raw to the end of the output, or as a record where more follows. */
  readonly encoding: 'raw' | 'base64';
}

const NOTHING = raw(':');

/**
 * Prints what stands at `$p` as records. With `$hw_later` set a content is not printed but named: its size is the last record, and the path
 * is added to the parameters of the shell. Tests of the shell itself are used wherever they will do, since a process costs a millisecond:
 * one process for an entry, one more where content or checksum is wanted.
 */
export function lookAtPath(options: LookOptions): Script {
  const { follow, contentLimit } = options;
  return sh`
    printf 'path=%s\0' "$p"
    printf 'umask='; umask; printf '\0'
    r=$p
    if [ -L "$p" ]; then
      printf 'target='; readlink -n -- "$p"; printf '\0'
      ${follow ? RESOLVE : NOTHING}
    fi
    printf 'real=%s\0' "$r"
    a=\${r%/*}
    if [ -d "$a/" ]; then printf 'parent=directory\0'
    elif [ -e "$a" ]; then printf 'parent=other\0'
    fi
    while [ -n "$a" ] && [ ! -e "$a" ]; do a=\${a%/*}; done
    printf 'nearest=%s\0' "$a"
    if [ -n "$r" ] && ${IS_THERE} && ${STAT}; then
      printf 'stat=%s\0' "$s"
      if [ -r "$r" ]; then
        printf 'readable=1\0'
        if [ -f "$r" ] && ${follow ? NOTHING : raw('[ ! -L "$r" ]')}; then
          if [ "\${s%%:*}" -gt ${contentLimit} ]; then
            ${options.sha256 ? CHECKSUM : NOTHING}
          else
            ${contentLimit < 0 ? NOTHING : content(contentLimit, options.encoding)}
          fi
        fi
      fi
    fi
  `;
}

// For what is not there no process is needed, but where the user may not look, stat says so.
// biome-ignore lint/suspicious/noTemplateCurlyInString: shell text.
const IS_THERE = raw('{ [ -e "$r" ] || [ -L "$r" ] || [ ! -x "${a:-/}" ]; }');

// What was asked for many entries at once is of the entry itself, so that it will not do for what a link leads to.
const STAT = sh`
  if [ -n "$hw_stat" ] && [ "$r" = "$p" ]; then s=$hw_stat; else s=$(stat -c ${STAT_FORMAT} -- "$r"); fi
`;

// A link that leads nowhere is resolved by hand: `readlink -f` of busybox takes its target as relative to the working directory.
const RESOLVE = sh`
  if [ -e "$p" ]; then r=$(readlink -f -- "$p" && printf /); r=\${r%??}; fi
  n=0
  while [ -L "$r" ] && [ "$n" -lt 40 ]; do
    t=$(readlink -n -- "$r" && printf /); t=\${t%/}; n=$((n + 1))
    case $t in /*) r=$t ;; *) r=\${r%/*}/$t ;; esac
  done
`;

const CHECKSUM = sh`
  if c=$(sha256sum < "$r"); then printf 'sha256=%s\0' "\${c%% *}"; fi
`;

// One byte more than wanted shows that the file grew after its size was read.
function content(limit: number, encoding: 'raw' | 'base64'): Script {
  if (encoding === 'raw') {
    return sh`
      if [ -n "$hw_later" ]; then printf 'later=%s\0' "\${s%%:*}"; set -- "$@" "$r"
      else printf 'content='; head -c ${limit + 1} < "$r"
      fi
    `;
  }
  return sh`printf 'base64='; head -c ${limit + 1} < "$r" | base64; printf '\0'`;
}

/**
 * Sets `$hw_stat0`, `$hw_stat1` … to what one `stat` says of these paths; empty where there is nothing, where the path is null, or where
 * something came or went meanwhile.
 */
export function statsOfMany(paths: readonly (string | null)[]): Script {
  const known = paths.flatMap((path, index) => (path === null ? [] : [{ path, index }]));
  const empty = paths.map((_, index) => `hw_stat${index}=`).join(' ');
  if (known.length < 2) return { text: empty };
  const looks = known.map(
    ({ path, index }) =>
      sh`p=${path}; if [ -e "$p" ] || [ -L "$p" ]; then set -- "$@" "$p"; hw_list="$hw_list ${index}"; fi`
        .text,
  );
  return sh`
    ${raw(empty)}
    set --; hw_list=
    ${raw(looks.join('\n'))}
    if [ $# -gt 0 ]; then
      hw_count=$#; hw_lines=$(LC_ALL=C stat -c ${STAT_FORMAT} -- "$@" 2>/dev/null)
      hw_ifs=$IFS; IFS='
    '; set -f; set -- $hw_lines; set +f; IFS=$hw_ifs
      if [ $# -eq "$hw_count" ]; then
        for hw_index in $hw_list; do eval "hw_stat$hw_index=\$1"; shift; done
      fi
    fi
  `;
}

/**
 * Sets `$hw_sum0`, `$hw_sum1` … to what one `sha256sum` says of these files, each of a name of one line; empty where there is none, where the
 * path is null, or where one of them could not be read.
 */
export function sumsOfMany(paths: readonly (string | null)[]): Script {
  const known = paths.flatMap((path, index) => (path === null ? [] : [{ path, index }]));
  const empty = paths.map((_, index) => `hw_sum${index}=`).join(' ');
  if (known.length < 2) return { text: empty };
  const looks = known.map(
    ({ path, index }) =>
      sh`p=${path}; if [ -f "$p" ]; then set -- "$@" "$p"; hw_list="$hw_list ${index}"; fi`.text,
  );
  return sh`
    ${raw(empty)}
    set --; hw_list=
    ${raw(looks.join('\n'))}
    if [ $# -gt 1 ]; then
      hw_count=$#; hw_lines=$(sha256sum -- "$@" 2>/dev/null)
      hw_ifs=$IFS; IFS='
    '; set -f; set -- $hw_lines; set +f; IFS=$hw_ifs
      if [ $# -eq "$hw_count" ]; then
        for hw_index in $hw_list; do hw_word=\${1%% *}; eval "hw_sum$hw_index=\$hw_word"; shift; done
      fi
    fi
  `;
}
