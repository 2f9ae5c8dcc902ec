import type { Change, Difference } from '../core/change.ts';
import { sha256 } from '../core/digest.ts';
import type { TaskView } from '../core/module.ts';
import type { Script } from '../core/script.ts';
import { entrySubject, type PathState, type PresentPath } from '../facts/path-state.ts';
import { raw, sequence, sh } from '../shell/sh.ts';
import {
  type AttributePlan,
  defaultMode,
  planAttributes,
  setAttributes,
  type WantedAttributes,
} from './attributes.ts';
import { findKept, KEEP_LIMIT, keepCopy, keepMoved } from './backup-area.ts';
import {
  directoriesEffect,
  directoryDifference,
  makeDirectories,
  missingDirectories,
  removeDirectories,
} from './directories.ts';
import {
  type Foreseen,
  foreseenAbsence,
  foreseenDirectory,
  foreseenEntry,
  underAllNames,
} from './expected-paths.ts';
import { formatMode } from './mode.ts';
import { isMountPoint, missingDirectory } from './problems.ts';
import { reportStat } from './write-file.ts';

/** A change of the module `file`: what to do and how to take it back. */
export interface PathWork {
  readonly apply: Script;
  readonly undo: Script | null;
  /** What reads give afterwards. */
  readonly foreseen: Foreseen;
  /** True where only times change, which nothing can be compared with. */
  readonly touches?: boolean;
}

export type PathChange = Change<PathWork>;

export function attributesChange(state: PresentPath, plan: AttributePlan): PathChange | null {
  if (plan.differences.length === 0) return null;
  const path = sh`${state.realPath}`;
  const isLink = state.kind === 'link';
  return {
    differences: plan.differences,
    warnings: plan.warnings,
    data: {
      apply: reported(setAttributes(path, plan.set, isLink), state.realPath),
      undo: setAttributes(path, plan.previous, isLink),
      foreseen: isLink
        ? { [entrySubject(state.path)]: foreseenEntry(state, 'link', plan.foreseen) }
        : underAllNames(foreseenEntry(state, state.kind, plan.foreseen)),
    },
  };
}

export function directoryChange(state: PathState, wanted: WantedAttributes, view: TaskView): PathChange {
  const plan = planAttributes(wanted, state, view, 'directory');
  const missing = missingDirectories(state);
  const effect = directoriesEffect(missing, plan.set);
  return {
    differences: [...missing.map(directoryDifference), ...plan.differences],
    warnings: plan.warnings,
    data: {
      apply: {
        ...reported(makeDirectories(missing, plan.set), state.realPath),
        ...(effect ? { effect } : {}),
      },
      undo: removeDirectories(missing),
      foreseen: foreseenDirectories(state, missing, plan),
    },
  };
}

/** Removes an entry. What is not too large is moved away, so that undo can bring it back whole. */
export function removal(state: PresentPath, kilobytes: number): PathChange {
  if (state.realPath === '/') throw isMountPoint('/');
  const kept = kilobytes * 1024 <= KEEP_LIMIT;
  const remove = kept ? keepMoved(state) : sh`rm -rf -- ${state.realPath}`;
  return {
    differences: [{ label: state.realPath, before: description(state, kilobytes), after: null }],
    data: {
      apply: sh`
        (
        umask 077
        ${state.kind === 'directory' ? refuseMounts(state.realPath) : raw(':')}
        ${remove}
        ) || exit $?
      `,
      undo: kept ? restoreKept(state) : null,
      foreseen: underAllNames(foreseenAbsence(state)),
    },
  };
}

/** Puts something new under a path in one step; `make` makes it as `$temporary/new`. What was there is moved away for undo. */
export function replacement(
  state: PathState,
  make: Script,
  difference: Difference,
  foreseen: Foreseen,
  view: TaskView,
): PathChange {
  const warnings: string[] = [];
  if (state.parent !== 'directory') {
    const problem = missingDirectory(state.realPath);
    if (!view.pendingChanges) throw problem;
    warnings.push(`${problem.message} An earlier task must create it.`);
  }
  const path = state.realPath;
  return {
    differences: [difference],
    warnings,
    data: {
      apply: sh`
        (
        umask 077
        path=${path}
        temporary=$(mktemp -d -- "\${path%/*}/.hostwright.XXXXXXXXXX") || exit 1
        trap 'rm -rf -- "$temporary"' EXIT
        trap 'exit 1' HUP INT TERM PIPE
        ${make} || exit 1
        ${state.exists ? keepCopy(state) : raw(':')}
        mv -fT -- "$temporary/new" "$path" || exit 1
        ${reportStat(raw('"$path"'))}
        ) || exit $?
      `,
      undo: state.exists ? sequence([findKept(state), sh`mv -fT -- "$kept" ${path}`]) : sh`rm -f -- ${path}`,
      foreseen,
    },
  };
}

/** Makes an empty file, or sets the times of what is there. */
export function touching(
  state: PathState,
  wanted: WantedAttributes,
  times: { readonly access: boolean; readonly modification: boolean },
  view: TaskView,
): PathChange | null {
  const plan = planAttributes(wanted, state, view);
  const path = sh`${state.realPath}`;
  if (!state.exists) {
    const make = sh`
      { (umask ${formatMode(state.umask)}; : > "$temporary/new") &&
      ${setAttributes(sh`"$temporary/new"`, plan.set)}
      }
    `;
    const empty = { size: 0, content: new Uint8Array(), sha256: sha256(new Uint8Array()) };
    const mode = plan.set.mode ?? defaultMode('file', state.umask);
    const foreseen = underAllNames(foreseenEntry(state, 'file', { ...empty, mode, ...plan.foreseen }));
    const change = replacement(
      state,
      make,
      { label: state.realPath, before: null, after: '' },
      foreseen,
      view,
    );
    return {
      differences: [...change.differences, ...plan.differences],
      warnings: [...(change.warnings ?? []), ...plan.warnings],
      data: { ...change.data, touches: true },
    };
  }
  if (!times.access && !times.modification) return attributesChange(state, plan);
  const which = times.access && times.modification ? '-c' : times.access ? '-ca' : '-cm';
  const difference = {
    label: `times of ${state.realPath}`,
    before: { modified: state.modified },
    after: { modified: 'now' },
  };
  return {
    differences: [...plan.differences, difference],
    warnings: plan.warnings,
    data: {
      apply: reported(
        sequence([sh`touch ${which} -- ${path}`, setAttributes(path, plan.set)]),
        state.realPath,
      ),
      undo: sequence([
        setAttributes(path, plan.previous),
        sh`touch -c -a -d ${`@${state.accessed}`} -- ${path} && touch -c -m -d ${`@${state.modified}`} -- ${path}`,
      ]),
      touches: true,
      foreseen: underAllNames(foreseenEntry(state, state.kind, plan.foreseen)),
    },
  };
}

function foreseenDirectories(state: PathState, missing: readonly string[], plan: AttributePlan): Foreseen {
  const mode = plan.set.mode ?? defaultMode('directory', state.umask);
  const above = missing.slice(0, -1).map((path) => foreseenDirectory(path, mode, state.umask));
  const itself = underAllNames(foreseenEntry(state, 'directory', { mode, ...plan.foreseen }));
  return Object.assign({}, ...above, itself);
}

function reported(script: Script, path: string): Script {
  return sequence([script, reportStat(raw(sh`${path}`.text))]);
}

function restoreKept(state: PresentPath): Script {
  return sh`
    ${findKept(state)}
    if [ -e ${state.realPath} ] || [ -L ${state.realPath} ]; then
      printf '%s is there again and stays.\n' ${state.realPath} >&2
      exit 1
    fi
    mv -fT -- "$kept" ${state.realPath} || exit 1
  `;
}

/** What is mounted below a directory would be emptied with it. */
function refuseMounts(path: string): Script {
  return sh`
    while read -r _ _ _ _ mounted _; do
      case $mounted in *\\*) mounted=$(printf '%b' "$mounted") ;; esac
      case $mounted in
        ${path}|${path}/*)
          printf '%s is mounted below what shall be removed; unmount it first.\n' "$mounted" >&2
          exit 1 ;;
      esac
    done < /proc/self/mountinfo
  `;
}

function description(state: PresentPath, kilobytes: number): Readonly<Record<string, unknown>> {
  if (state.kind === 'link') return { state: 'link', src: state.target };
  if (state.kind === 'directory') return { state: 'directory', kilobytes };
  return { state: state.kind, size: state.size };
}
