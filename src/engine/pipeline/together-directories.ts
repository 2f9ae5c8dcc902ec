import type { NewDirectories } from '../../core/path-effect.ts';
import type { Script } from '../../core/script.ts';
import { directoryName } from '../../facts/host-path.ts';
import { raw, sh } from '../../shell/sh.ts';
import { askGuard, lookAtOnce } from './guard.ts';
import { asksNothing, changesOf, proofs, restoreContext, type Step } from './together-parts.ts';

/**
 * Directories in order; those of one kind in one place are made by one `mkdir`, which is itself the guard that nothing is there. Where that fails
 * what it made is taken back.
 */
export function makeTogether(steps: readonly Step[]): Script {
  const made = changesOf(steps).flatMap(({ effect }) => (effect.kind === 'directories' ? effect.paths : []));
  return sh`
    LC_ALL=C; export LC_ALL
    ${lookAtOnce(steps.map((step) => (step.kind === 'guard' ? step.guard : undefined)))}
    hw_refused=; hw_reached=0
    while :; do
    ${raw(
      batchesOf(steps)
        .map((batch) => makeBatch(steps, batch).text)
        .join('\n'),
    )}
    break
    done 2>/dev/null
    ${restoreContext(made)}
    ${proofs(steps)}
  `;
}

interface Batch {
  /** Steps from here, up to but not including the other. */
  readonly from: number;
  to: number;
  /** Undefined where there is nothing to be made. */
  settings: NewDirectories | undefined;
  readonly paths: string[];
}

function batchesOf(steps: readonly Step[]): readonly Batch[] {
  const batches: Batch[] = [];
  // Guards belong to the change behind them.
  let from = 0;
  steps.forEach((step, index) => {
    if (step.kind === 'guard') return;
    const effect = step.effect as NewDirectories;
    const last = batches.at(-1);
    if (last?.settings && isAlike(last.settings, effect) && isNear(last.paths, effect.paths)) {
      last.to = index + 1;
      last.paths.push(...effect.paths);
    } else batches.push({ from, to: index + 1, settings: effect, paths: [...effect.paths] });
    from = index + 1;
  });
  if (from < steps.length) batches.push({ from, to: steps.length, settings: undefined, paths: [] });
  return batches;
}

function isAlike(one: NewDirectories, other: NewDirectories): boolean {
  return one.mode === other.mode && one.uid === other.uid && one.gid === other.gid;
}

/** In one of the directories, or beside the first of them: where that can be made, these can. */
function isNear(made: readonly string[], paths: readonly string[]): boolean {
  const [first = ''] = paths;
  const parent = directoryName(first);
  return parent === directoryName(made[0] ?? '') || made.includes(parent);
}

function makeBatch(steps: readonly Step[], { from, to, settings }: Batch): Script {
  const inner: string[] = [];
  const made: string[] = [];
  for (let index = from; index < to; index++) {
    const step = steps[index] as Step;
    if (step.kind === 'change') {
      const { paths } = step.effect as NewDirectories;
      inner.push(sh`set -- "$@" ${paths}`.text);
      made.push(...paths);
    } else if (!made.some((path) => step.guard.path.startsWith(`${path}/`))) {
      inner.push(`${askGuard(step.guard, index)} || break`);
    } else if (!asksNothing(step.guard.accounts)) {
      const { accounts } = step.guard;
      inner.push(`${askGuard({ ...step.guard, body: `${accounts}\nreturn 0` }, index)} || break`);
    }
    inner.push(`hw_next=${index + 1}`);
  }
  return sh`
    set --; hw_next=$hw_reached
    while :; do
    ${raw(inner.join('\n'))}
    break
    done
    ${settings ? make(settings) : raw(':')}
    hw_reached=$hw_next
    [ $hw_reached -eq ${to} ] || break
  `;
}

function make({ mode, uid, gid }: NewDirectories): Script {
  const bits = mode === undefined ? raw('') : sh`-m ${mode.toString(8).padStart(5, '0')}`;
  const owner = `${uid ?? ''}${gid === undefined ? '' : `:${gid}`}`;
  return sh`
    if [ $# -gt 0 ]; then
      hw_ours=; hw_made=
      if mkdir ${bits} -- "$@"; then
        hw_ours=1; ${owner === '' ? raw(':') : sh`chown -- ${owner} "$@"`} && hw_made=1
      else
        # Where all of them are there, somebody else made one of them.
        for hw_name in "$@"; do [ -e "$hw_name" ] || [ -L "$hw_name" ] || hw_ours=1; done
      fi
      if [ -z "$hw_made" ]; then
        hw_refused=1
        if [ -n "$hw_ours" ]; then
          hw_list=; for hw_name in "$@"; do hw_list=$hw_name${'\n'}$hw_list; done
          hw_ifs=$IFS; IFS=${'\n'}; set -f; set -- $hw_list; set +f; IFS=$hw_ifs
          rmdir -- "$@"
        fi
        break
      fi
    fi
  `;
}
