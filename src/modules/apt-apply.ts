import type { JobOutput, Script } from '../core/script.ts';
import { aptEnvironment } from '../facts/debian-packages.ts';
import { sequence, sh } from '../shell/sh.ts';
import type { AptData } from './apt-plan.ts';

/** What of running apt-get the plan does not depend on. */
export interface AptManner {
  readonly update_cache_retries: number;
  readonly lock_timeout: number;
  readonly dpkg_options: string;
  readonly autoclean: boolean;
  readonly clean: boolean;
  /** Exit status of policy-rc.d while packages are installed (101: start no services); undefined: leave it. */
  readonly policy_rc_d?: number | undefined;
}

const CHANGED = 'hostwright: packages changed';

export function applyApt(data: AptData, manner: AptManner): Script {
  const { operation, update } = data;
  const scripts: Script[] = [aptEnvironment];
  if (update) scripts.push(updateLists(manner));
  if (operation.length > 0) {
    const run = sh`apt-get -y -q ${optionsOf(manner)} ${operation} </dev/null`;
    const guarded = manner.policy_rc_d === undefined ? run : withPolicy(manner.policy_rc_d, run);
    scripts.push(update ? comparingPackages(guarded) : guarded);
  }
  if (manner.autoclean) scripts.push(sh`apt-get -y -q autoclean </dev/null`);
  if (manner.clean) scripts.push(sh`apt-get -y -q clean </dev/null`);
  return sequence(scripts);
}

/** `DPkg::Lock::Timeout` waits for another apt to end; versions before 1.9.11 take no notice of it and fail at once. */
function optionsOf(manner: AptManner): readonly string[] {
  const options = manner.dpkg_options.split(',').flatMap((option) => {
    const word = option.trim();
    return word === '' ? [] : ['-o', `Dpkg::Options::=--${word}`];
  });
  return ['-o', `DPkg::Lock::Timeout=${manner.lock_timeout}`, ...options];
}

/** The lock of the lists is not waited for by any option, and mirrors fail now and then: both are worth another try. */
function updateLists(manner: AptManner): Script {
  return sh`
    tries=0 waited=0
    until said=$(apt-get -q update </dev/null 2>&1); do
      case $said in
        *'Could not get lock'* | *'Unable to lock'*) waited=$((waited + 2)) && [ "$waited" -le ${manner.lock_timeout} ];;
        *) tries=$((tries + 1)) && [ "$tries" -le ${manner.update_cache_retries} ];;
      esac || { printf '%s\n' "$said" >&2; exit 100; }
      sleep 2
    done
    printf '%s\n' "$said" | sed -n '/^W: /p' >&2
    touch /var/lib/apt/lists`;
}

/** Says whether anything came of it, where that could not be known before the lists were fetched. */
function comparingPackages(run: Script): Script {
  return sh`
    before=$(dpkg-query -W | cksum)
    ${run} || exit $?
    [ "$before" = "$(dpkg-query -W | cksum)" ] || echo ${CHANGED}`;
}

/** Services are started by packages through policy-rc.d, where there is one. */
function withPolicy(status: number, run: Script): Script {
  return sh`
    (
      policy=/usr/sbin/policy-rc.d kept=
      if [ -e "$policy" ]; then kept=$policy.hostwright; mv "$policy" "$kept" || exit 1; fi
      trap 'rm -f "$policy"; [ -z "$kept" ] || mv "$kept" "$policy"' EXIT
      trap 'exit 129' HUP INT TERM
      printf '#!/bin/sh\nexit %s\n' ${status} > "$policy" && chmod 755 "$policy" || exit 1
      ${run}
    )`;
}

/** Removes what was new, and brings back what went or was replaced, as far as the repositories still have that version. */
export function undoApt(data: AptData, manner: AptManner): Script | null {
  const added = data.steps.filter(({ before }) => before === null).map(({ name }) => name);
  const gone = data.steps
    .filter(({ before, after }) => before !== null && before !== after)
    .map(({ name, before }) => `${name}=${before}`);
  if (added.length + gone.length === 0) return null;
  const purged = added.filter((name) => !data.residues.includes(name));
  const removed = added.filter((name) => data.residues.includes(name));
  const run = (words: readonly string[]) => sh`apt-get -y -q ${optionsOf(manner)} ${words} </dev/null`;
  const scripts: Script[] = [aptEnvironment];
  if (removed.length > 0) scripts.push(run(['remove', ...removed]));
  if (purged.length > 0) scripts.push(run(['remove', '--purge', ...purged]));
  if (gone.length > 0) {
    scripts.push(run(['install', '--allow-downgrades', '--no-install-recommends', ...gone]));
  }
  return sequence(scripts);
}

export type AptFields = {
  readonly cache_updated?: boolean;
  /** Seconds since 1970. */
  readonly cache_update_time?: number;
  readonly changed?: boolean;
  readonly stdout?: string;
  readonly stderr?: string;
};

/** stdout and stderr, and what happened to the lists. */
export function aptResult(data: AptData | undefined, output: JobOutput | null, listsTime: number): AptFields {
  const lists = { cache_updated: data?.update === true && output !== null, cache_update_time: listsTime };
  if (!output) return lists;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const stdout = text(output.stdout.bytes);
  // What came of fresh lists is known only now; `check` could not tell.
  const changed = stdout.includes(CHANGED) ? { changed: true } : {};
  return { ...lists, ...changed, stdout, stderr: text(output.stderr.bytes) };
}
