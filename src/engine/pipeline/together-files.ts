import type { WrittenFile } from '../../core/path-effect.ts';
import type { Script } from '../../core/script.ts';
import { type RawShell, raw, sh } from '../../shell/sh.ts';
import { askGuard, lookAtOnce } from './guard.ts';
import { changesOf, proofs, restoreContext, type Step } from './together-parts.ts';

/**
 * Files, all of them written under hidden names first, given their attributes and put on the disk by one `sync`; then guarded and renamed in
 * order. New files are written in hidden directories closed to others, and those that are next to each other are renamed by one `mv`.
 * Where that fails they are taken back, for they were not there before.
 */
export function writeTogether(steps: readonly Step[], nonce: string): Script {
  const files = placesOf(steps, nonce);
  const hidden = [...new Set(files.flatMap(({ directory }) => directory ?? []))];
  const direct = files.flatMap(({ directory, temporary }) => (directory === undefined ? [temporary] : []));
  const made = files.filter(({ effect }) => !effect.replaces).map(({ effect }) => effect.path);
  return sh`
    LC_ALL=C; export LC_ALL
    umask 077
    hw_left=1
    hw_clean() { if [ -n "$hw_left" ]; then rm -rf -- ${[...hidden, ...direct]}; fi; }
    trap hw_clean EXIT
    trap 'exit 1' HUP INT TERM PIPE
    ${lookAtOnce(steps.map((step) => (step.kind === 'guard' ? step.guard : undefined)))}
    hw_stage() {
    ${stage(files, hidden)}
    }
    hw_stage </dev/null >/dev/null 2>&1 || { printf 'refused=1\0'; exit 1; }
    hw_written=; hw_refused=; hw_reached=0
    # Another name of what was written here: what was known of it before is out of date.
    hw_other() {
      hw_ifs=$IFS; IFS=${'\n'}; set -f
      for hw_name in $hw_written; do if [ "$1" -ef "$hw_name" ]; then set +f; IFS=$hw_ifs; return 0; fi; done
      set +f; IFS=$hw_ifs; return 1
    }
    while :; do
    ${raw(commits(steps, files))}
    break
    done 2>/dev/null
    ${made.length > 0 ? restoreContext(made) : raw(':')}
    if [ $hw_reached -eq ${steps.length} ]; then ${hidden.length > 0 ? sh`rmdir -- ${hidden} &&` : raw('')} hw_left=; fi
    ${proofs(steps)}
  `;
}

interface Place {
  readonly step: number;
  readonly effect: WrittenFile;
  /** Where it is written first. */
  readonly temporary: string;
  /** The hidden directory of that, where it is in one. */
  readonly directory: string | undefined;
}

function placesOf(steps: readonly Step[], nonce: string): readonly Place[] {
  const files = changesOf(steps).flatMap(({ step, effect }) =>
    effect.kind === 'file' ? [{ step, effect }] : [],
  );
  const added = files.filter(({ effect }) => !effect.replaces);
  const [only] = added;
  const single = added.length === 1 && only?.effect.uid === undefined && only?.effect.gid === undefined;
  return files.map(({ step, effect }) => {
    const hidden = `${above(effect.path)}.hostwright.${nonce}`;
    if (effect.replaces || single)
      return { step, effect, temporary: `${hidden}.${step}`, directory: undefined };
    return { step, effect, temporary: `${hidden}/${nameOf(effect.path)}`, directory: hidden };
  });
}

/** The directory of a path, with a slash at its end. */
function above(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Each file is closed to others from its first moment, whatever the directory's ACL says of new ones, and written with its attributes set. */
function stage(files: readonly Place[], hidden: readonly string[]): RawShell {
  const lines: string[] = [];
  const then = (step: Script) => lines.push(sh`${step} || return 1`.text);
  const write = ({ effect, temporary }: Place) => then(sh`printf %s ${effect.text} > ${temporary}`);
  const [inHidden, direct] = [files.filter(isHidden), files.filter((file) => !isHidden(file))];
  if (hidden.length > 0) then(sh`mkdir -m 700 -- ${hidden}`);
  for (const file of inHidden) write(file);
  for (const { effect, temporary } of direct) {
    if (effect.replaces) then(sh`cp --attributes-only --preserve=all -- ${effect.path} ${temporary}`);
    else then(sh`install -m ${octal(effect.mode)} -- /dev/null ${temporary}`);
  }
  for (const [owner, group] of groupBy(files, ({ effect }) => ownerOf(effect))) {
    if (owner !== '') then(sh`chown -- ${owner} ${temporaries(group)}`);
  }
  // What `install` makes has its mode already.
  const open = files.filter((file) => file.effect.replaces || isHidden(file));
  for (const [mode, group] of groupBy(open, ({ effect }) => octal(effect.mode))) {
    if (mode !== '') then(sh`chmod -- ${mode} ${temporaries(group)}`);
  }
  for (const file of direct) write(file);
  then(sh`sync -d -- ${temporaries(files)}`);
  return raw(lines.join('\n'));
}

function isHidden({ directory }: Place): boolean {
  return directory !== undefined;
}

function temporaries(files: readonly Place[]): readonly string[] {
  return files.map(({ temporary }) => temporary);
}

function ownerOf({ uid, gid }: WrittenFile): string {
  return `${uid ?? ''}${gid === undefined ? '' : `:${gid}`}`;
}

/** For chmod; empty where the mode stays. */
function octal(mode: number | undefined): string {
  return mode === undefined ? '' : mode.toString(8).padStart(5, '0');
}

/** The steps in order: they stop at the first that does not succeed. */
function commits(steps: readonly Step[], files: readonly Place[]): string {
  const places = new Map(files.map((file) => [file.step, file]));
  const text: string[] = [];
  let open: number[] = [];
  let into: string | undefined;
  let names = new Set<string>();
  const guard = (index: number) => {
    const step = steps[index] as Extract<Step, { kind: 'guard' }>;
    const ask = `${askGuard(step.guard, index)} || break`;
    return step.guard.expects ? `${sh`! hw_other ${step.guard.path} || break`.text}\n${ask}` : ask;
  };
  const close = () => {
    const last = open.findLastIndex((index) => places.has(index));
    const [renamed, rest] = [open.slice(0, last + 1), open.slice(last + 1)];
    if (renamed.length > 0 && into !== undefined) {
      const inner = renamed.map((index) => {
        const place = places.get(index);
        return place
          ? sh`set -- "$@" ${place.temporary}; hw_next=${index + 1}`.text
          : `${guard(index)}; hw_next=${index + 1}`;
      });
      text.push(renameMany(inner, into, Math.max(...renamed) + 1).text);
    }
    for (const index of rest) text.push(`${guard(index)}; hw_reached=${index + 1}`);
    open = [];
    into = undefined;
    names = new Set();
  };
  steps.forEach((_, index) => {
    const place = places.get(index);
    if (!place) {
      open.push(index);
      return;
    }
    const { effect, directory, temporary } = place;
    const directoryOf = directory === undefined ? undefined : above(effect.path);
    // Where names are the same but for their case, they may be one.
    const name = nameOf(effect.path).toLowerCase();
    if (into !== undefined && (directoryOf !== into || names.has(name))) {
      const trailing = open.splice(open.findLastIndex((one) => places.has(one)) + 1);
      close();
      open = trailing;
    }
    if (directoryOf !== undefined) {
      into = directoryOf;
      names.add(name);
      open.push(index);
      return;
    }
    close();
    text.push(
      sh`
      mv -fT -- ${temporary} ${effect.path} || { hw_refused=1; break; }
      hw_reached=${index + 1}; hw_written=$hw_written${`\n${effect.path}`}
    `.text,
    );
  });
  close();
  return text.join('\n');
}

function renameMany(steps: readonly string[], into: string, all: number): Script {
  return sh`
    set --; hw_next=$hw_reached
    while :; do
    ${raw(steps.join('\n'))}
    break
    done
    if [ $# -gt 0 ]; then
      mv -f -- "$@" ${into} || {
        for hw_name in "$@"; do [ -e "$hw_name" ] || rm -f -- ${into}"\${hw_name##*/}"; done
        hw_refused=1; break
      }
      for hw_name in "$@"; do hw_written=$hw_written${`\n${into}`}"\${hw_name##*/}"; done
    fi
    hw_reached=$hw_next
    [ $hw_reached -eq ${all} ] || break
  `;
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}
