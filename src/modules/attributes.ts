import type { Difference } from '../core/change.ts';
import type { TaskView } from '../core/module.ts';
import type { Script } from '../core/script.ts';
import type { PathState } from '../facts/path-state.ts';
import type { FileStat } from '../facts/stat-line.ts';
import { raw, sh } from '../shell/sh.ts';
import { formatMode, modeArgument, resolveMode } from './mode.ts';
import { unknownAccount } from './problems.ts';

/** What a task asks for; undefined is "as it is". */
export interface WantedAttributes {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** Attributes to be set; only what differs from now. */
export interface AttributeSettings {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

export interface AttributePlan {
  readonly set: AttributeSettings;
  /** What `set` replaces, for undo. */
  readonly previous: AttributeSettings;
  /** What reads give afterwards, as far as it is known. */
  readonly foreseen: Partial<Pick<FileStat, 'mode' | 'uid' | 'gid' | 'owner' | 'group'>>;
  /** For people; empty where nothing differs. */
  readonly differences: readonly Difference[];
  readonly warnings: readonly string[];
}

/**
 * Compares what a task asks for with what is. For an entry that does not exist `creates` says what it will be. A name that the host does
 * not know is an error, unless an earlier task of a check run may create the account: then it is a warning.
 */
export function planAttributes(
  wanted: WantedAttributes,
  state: PathState,
  view: TaskView,
  creates: 'file' | 'directory' = 'file',
): AttributePlan {
  const kind = state.exists ? state.kind : creates;
  const current = state.exists
    ? state
    : { mode: defaultMode(creates, state.umask), uid: undefined, gid: undefined, owner: null, group: null };
  const set: { mode?: number; uid?: number; gid?: number } = {};
  const previous: { mode?: number; uid?: number; gid?: number } = {};
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  const foreseen: {
    mode?: number;
    uid?: number;
    gid?: number;
    owner?: string | null;
    group?: string | null;
  } = {};
  const warnings: string[] = [];

  // A link has no permissions of its own.
  if (wanted.mode !== undefined && kind !== 'link') {
    const mode = resolveMode(wanted.mode, current.mode, {
      directory: kind === 'directory',
      umask: state.umask,
    });
    if (mode !== current.mode || !state.exists) {
      set.mode = mode;
      foreseen.mode = mode;
      before.mode = formatMode(current.mode);
      after.mode = formatMode(mode);
      if (state.exists) previous.mode = state.mode;
    }
  }
  const account = (field: 'owner' | 'group', number: 'uid' | 'gid', id: number | null | undefined) => {
    const name = wanted[field];
    if (name === undefined) return;
    // A state that a check run foresees knows names only.
    if (id === undefined && (name === current[field] || name === String(current[number]))) return;
    if (id === null && !view.pendingChanges)
      throw unknownAccount(field === 'owner' ? 'user' : 'group', name, state.path);
    if (id === null) warnings.push(accountToCome(field === 'owner' ? 'user' : 'group', name));
    if (id === current[number]) return;
    if (typeof id === 'number') set[number] = id;
    foreseen[number] = id ?? -1;
    foreseen[field] = /^\d+$/.test(name) ? null : name;
    before[field] = current[field] ?? current[number];
    after[field] = name;
    if (state.exists) previous[number] = state[number];
  };
  account('owner', 'uid', state.wanted.uid);
  account('group', 'gid', state.wanted.gid);

  const label = `attributes of ${state.realPath}`;
  const differs = Object.keys(after).length > 0;
  return {
    set,
    previous,
    foreseen,
    differences: differs ? [{ label, before: state.exists ? before : null, after }] : [],
    warnings,
  };
}

/** Permission bits that a new entry gets from the host. */
export function defaultMode(kind: 'file' | 'directory', umask: number): number {
  return (kind === 'directory' ? 0o777 : 0o666) & ~umask;
}

/** Sets attributes of an entry, ownership first since that clears set-id bits; `path` is a word or a variable of the script. */
export function setAttributes(path: Script, settings: AttributeSettings, isLink = false): Script {
  const { uid, gid, mode } = settings;
  const owner =
    uid === undefined && gid === undefined ? undefined : `${uid ?? ''}${gid === undefined ? '' : `:${gid}`}`;
  const chown = owner === undefined ? raw(':') : sh`chown ${raw(isLink ? '-h' : '')} -- ${owner} ${path}`;
  const chmod = mode === undefined ? raw(':') : sh`chmod -- ${modeArgument(mode)} ${path}`;
  return sh`
    {
    ${chown} &&
    ${chmod}
    }
  `;
}

function accountToCome(kind: 'user' | 'group', name: string): string {
  return `The ${kind} ${JSON.stringify(name)} does not exist on the host yet; an earlier task must create it.`;
}
