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
 * Prints what stands at `$p` as records. Tests of the shell itself are used wherever they will do, since a process costs a millisecond:
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
    if [ -n "$r" ] && ${IS_THERE} && s=$(stat -c ${STAT_FORMAT} -- "$r"); then
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
  if (encoding === 'raw') return sh`printf 'content='; head -c ${limit + 1} < "$r"`;
  return sh`printf 'base64='; head -c ${limit + 1} < "$r" | base64; printf '\0'`;
}
