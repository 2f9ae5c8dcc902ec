import type { Difference } from '../core/change.ts';
import type { TaskView } from '../core/module.ts';
import type { Script } from '../core/script.ts';
import type { TreePath } from '../facts/directory-tree.ts';
import type { PresentPath } from '../facts/path-state.ts';
import { sequence, sh } from '../shell/sh.ts';
import { type AttributeSettings, planAttributes, type WantedAttributes } from './attributes.ts';
import { type Foreseen, foreseenEntry, underAllNames } from './expected-paths.ts';
import { modeArgument } from './mode.ts';

/** Entries named in one command; far below what a kernel lets pass. */
const PER_COMMAND = 500;

/** Differences shown one by one; the rest is counted. */
const SHOWN = 100;

export interface TreeAttributes {
  readonly differences: readonly Difference[];
  readonly apply: readonly Script[];
  readonly undo: readonly Script[];
  readonly foreseen: Foreseen;
}

/** Gives everything below a directory the attributes that a task asks for. Links get owner and group themselves, and are not followed. */
export function planTreeAttributes(
  wanted: WantedAttributes,
  root: PresentPath,
  entries: readonly TreePath[],
  view: TaskView,
): TreeAttributes {
  const set = new Map<string, string[]>();
  const previous = new Map<string, string[]>();
  const foreseen: Foreseen = {};
  const differences: Difference[] = [];
  for (const entry of entries) {
    const state = { ...root, ...entry, realPath: entry.path };
    const plan = planAttributes(wanted, state, view);
    if (plan.differences.length === 0) continue;
    differences.push(...plan.differences);
    Object.assign(foreseen, underAllNames(foreseenEntry(state, entry.kind, plan.foreseen)));
    collect(set, plan.set, entry.path);
    collect(previous, plan.previous, entry.path);
  }
  const more = differences.length - SHOWN;
  const rest: Difference = {
    label: `attributes of ${more} more entries below ${root.realPath}`,
    before: {},
    after: { ...wanted },
  };
  return {
    differences: more > 0 ? [...differences.slice(0, SHOWN), rest] : differences,
    apply: commands(set),
    undo: commands(previous),
    foreseen,
  };
}

/** Entries by the command that they need: `chown 0:4` or `chmod 00644`. Ownership first, since it clears set-id bits. */
function collect(groups: Map<string, string[]>, settings: AttributeSettings, path: string): void {
  const { uid, gid, mode } = settings;
  const keys: string[] = [];
  if (uid !== undefined || gid !== undefined)
    keys.push(`chown ${uid ?? ''}${gid === undefined ? '' : `:${gid}`}`);
  if (mode !== undefined) keys.push(`chmod ${modeArgument(mode)}`);
  for (const key of keys) groups.set(key, [...(groups.get(key) ?? []), path]);
}

function commands(groups: ReadonlyMap<string, readonly string[]>): readonly Script[] {
  const scripts: Script[] = [];
  const ordered = [...groups].sort(
    ([a], [b]) => (a.startsWith('chown') ? 0 : 1) - (b.startsWith('chown') ? 0 : 1),
  );
  for (const [key, paths] of ordered) {
    const [command, value = ''] = key.split(' ');
    for (let at = 0; at < paths.length; at += PER_COMMAND) {
      const some = paths.slice(at, at + PER_COMMAND);
      scripts.push(command === 'chown' ? sh`chown -h -- ${value} ${some}` : sh`chmod -- ${value} ${some}`);
    }
  }
  return scripts.length > 0 ? [sequence(scripts)] : [];
}
