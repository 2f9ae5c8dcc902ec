import { NOT_KNOWN, NotKnownYet } from '../core/not-known.ts';
import { isPlainPath } from '../core/path-effect.ts';
import type { Foresight } from '../core/read.ts';
import type { Script } from '../core/script.ts';
import { raw, sh } from '../shell/sh.ts';
import { accountLookup } from './accounts.ts';
import { pathWord } from './host-path.ts';
import type { PathState, PresentPath } from './path-entry.ts';
import { STAT_FORMAT } from './stat-line.ts';

/** What was asked of a path. */
export interface Asked {
  readonly path: string;
  readonly subject: string;
  readonly follow: boolean;
  readonly sha256: boolean;
  /** Bytes up to which content is read; -1: none. */
  readonly contentLimit: number;
  readonly owner: string | undefined;
  readonly group: string | undefined;
}

// inode(7): the upper bits of st_mode.
const TYPES: Readonly<Record<string, number>> = { directory: 0o040000, file: 0o100000, link: 0o120000 };

/**
 * What can be foreseen of a path: whether there is a file, a directory or a link, its permissions, owner and content, and the directory it
 * is in; nothing about inodes and times. Entries behind links, and other kinds of entries, are not foreseen.
 */
export function pathForesight(asked: Asked): Foresight<PathState> {
  return {
    foresee: (before, predicted) => {
      const own = predicted.get(asked.subject);
      if (own === NOT_KNOWN) return undefined;
      const state =
        own === undefined ? withDirectories(before, predicted) : asRead(own as PathState, before, asked);
      return state && isPlain(state, asked.follow) ? state : undefined;
    },
    certain: onlyCertain,
    holds: (state) => asForeseen(state, asked),
  };
}

/** An entry that is not there yet, in a directory that an earlier task makes. */
function withDirectories(before: PathState, predicted: ReadonlyMap<string, unknown>): PathState {
  if (before.exists || before.parent === 'directory') return before;
  const above = before.realPath.slice(0, before.realPath.lastIndexOf('/'));
  for (let path = above; path.length > before.nearest.length; path = path.slice(0, path.lastIndexOf('/'))) {
    const state = predicted.get(`path:${path}`) as PathState | undefined;
    if (typeof state !== 'object' || state.kind !== 'directory') continue;
    return { ...before, nearest: path, parent: path === above ? 'directory' : 'absent' };
  }
  return before;
}

/** The foreseen state as this read would give it. */
function asRead(foreseen: PathState, before: PathState, asked: Asked): PathState | undefined {
  const { wanted } = before;
  if (!foreseen.exists) return { ...foreseen, wanted };
  if (foreseen.kind !== 'file') return { ...foreseen, wanted, sha256: null, content: null };
  const reads = foreseen.size <= asked.contentLimit;
  if ((reads && foreseen.content === null) || (asked.sha256 && foreseen.sha256 === null)) return undefined;
  const content = reads ? foreseen.content : null;
  return { ...foreseen, wanted, content, sha256: reads || asked.sha256 ? foreseen.sha256 : null };
}

function isPlain(state: PathState, follow: boolean): boolean {
  if (state.realPath !== state.path) return false;
  if (!state.exists) return state.target === null;
  if (state.kind === 'link') return !follow && state.target !== null;
  return state.target === null && TYPES[state.kind] !== undefined;
}

/** Fields that say so when somebody looks at them before they are known. */
function onlyCertain(state: PathState): PathState {
  if (!state.exists) return state;
  const { path, realPath, target, parent, nearest, umask, wanted, exists, kind, readable } = state;
  const { mode, sha256, content } = state;
  const certain = {
    path,
    realPath,
    target,
    parent,
    nearest,
    umask,
    wanted,
    exists,
    kind,
    readable,
    mode,
    sha256,
    content,
  };
  const numbers = kind === 'file' && (isNew(state) ? sha256 !== null : true) ? { size: state.size } : {};
  const owners = {
    ...(state.uid >= 0 ? { uid: state.uid, ...(isNew(state) ? {} : { owner: state.owner }) } : {}),
    ...(state.gid >= 0 ? { gid: state.gid, ...(isNew(state) ? {} : { group: state.group }) } : {}),
  };
  const shown = { ...certain, ...numbers, ...owners };
  for (const field of VOLATILE) {
    if (field in shown) continue;
    // Not enumerable: a copy of the state lacks the field instead of looking at it.
    Object.defineProperty(shown, field, {
      get: () => {
        throw new NotKnownYet(`${field} of ${path}`);
      },
    });
  }
  return shown as unknown as PathState;
}

const VOLATILE = [
  ...['size', 'uid', 'gid', 'owner', 'group', 'links', 'inode', 'device', 'blocks', 'blockSize'],
  ...['accessed', 'modified', 'statusChanged', 'deviceType'],
] as const;

/** True for what a task foresaw rather than what was read: no entry has such an inode. */
function isNew(state: PresentPath): boolean {
  return state.inode < 0;
}

/** Ends with 0 where the path is as foreseen in all that `onlyCertain` lets see. */
function asForeseen(state: PathState, asked: Asked): Script {
  const accounts = sh`
    ${accountIs(asked.owner, undefined, state.wanted.uid)}
    ${accountIs(undefined, asked.group, state.wanted.gid)}
  `;
  const body = (content: (state: PresentPath) => Script) => sh`
    ${accounts}
    p=${pathWord(asked.path)}
    [ "$p" = ${state.path} ] || return 1
    a=\${p%/*}
    ${parentIs(state)}
    ${state.exists ? entryIs(state, content) : sh`[ ! -e "$p" ] && [ ! -L "$p" ] || return 1`}
    return 0
  `;
  const alone = sh`
    hw_guard() {
    ${body(sumIs)}
    }
    hw_stat=; hw_sum=
    hw_guard || exit 1
  `;
  if (asked.path !== state.path || !isPlainPath(state.path)) return alone;
  const expects = state.exists ? { sha256: state.sha256 } : null;
  return { ...alone, guard: { path: state.path, expects, body: body(textIs).text, accounts: accounts.text } };
}

function accountIs(
  owner: string | undefined,
  group: string | undefined,
  id: number | null | undefined,
): Script {
  const name = owner ?? group;
  if (name === undefined || /^\d+$/.test(name)) return raw(':');
  return sh`
    ${accountLookup(owner, group)} >/dev/null
    [ "$id" = ${id === null || id === undefined ? '' : String(id)} ] || return 1
  `;
}

function parentIs(state: PathState): Script {
  if (state.parent === 'directory') return sh`[ -d "$a/" ] || return 1`;
  if (state.parent === 'other') return sh`[ -e "$a" ] && [ ! -d "$a/" ] || return 1`;
  return sh`
    [ ! -e "$a" ] || return 1
    while [ -n "$a" ] && [ ! -e "$a" ]; do a=\${a%/*}; done
    [ "$a" = ${state.nearest === '/' ? '' : state.nearest} ] || return 1
  `;
}

function entryIs(state: PresentPath, content: (state: PresentPath) => Script): Script {
  if (state.kind === 'link') {
    return sh`
      [ -L "$p" ] && [ "$(readlink -n -- "$p" && printf /)" = ${`${state.target}/`} ] || return 1
      ${statIs(state)}
    `;
  }
  return sh`
    [ ! -L "$p" ] || return 1
    ${statIs(state)}
    ${sh`[ ${raw(state.readable ? '' : '! ')}-r "$p" ] || return 1`}
    ${content(state)}
  `;
}

function sumIs({ sha256 }: PresentPath): Script {
  if (sha256 === null) return raw(':');
  return sh`
    c=$hw_sum
    [ -n "$c" ] || c=$(sha256sum < "$p") || return 1
    [ "\${c%% *}" = ${sha256} ] || return 1
  `;
}

/** Bytes of a text that the shell reads itself, one at a time, in less time than a process takes. */
const READABLE = 1200;

/** The same; a short text is compared as it is. Not for what is kept: a sum tells nothing of what was in the file. */
function textIs(state: PresentPath): Script {
  const { content, sha256 } = state;
  const text = content && content.length <= READABLE ? new TextDecoder().decode(content) : undefined;
  if (text === undefined || sha256 === null || !/^[\t\n -~]*$/.test(text)) return sumIs(state);
  return sh`
    if [ -n "$hw_sum" ]; then
      [ "\${hw_sum%% *}" = ${sha256} ] || return 1
    else
      c=
      while IFS= read -r l; do c=$c$l${'\n'}; done < "$p" || return 1
      [ "$c$l" = ${text} ] || return 1
    fi
  `;
}

function statIs(state: PresentPath): Script {
  const certain = onlyCertain(state);
  const field = (name: 'uid' | 'gid' | 'owner' | 'group' | 'size') => {
    const known = Object.getOwnPropertyDescriptor(certain, name);
    if (known === undefined || known.get) return raw('*');
    return known.value === null ? raw('UNKNOWN') : sh`${known.value as string | number}`;
  };
  const mode = ((TYPES[state.kind] ?? 0) | state.mode).toString(16);
  const shown = sh`${field('size')}:${mode}:${field('uid')}:${field('gid')}`;
  return sh`
    s=$hw_stat
    [ -n "$s" ] || s=$(stat -c ${STAT_FORMAT} -- "$p") || return 1
    case $s in ${shown}:*:*:*:*:*:*:*:*:*:*:${field('owner')}:${field('group')}) ;; *) return 1 ;; esac
  `;
}
