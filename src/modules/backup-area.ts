import type { Script } from '../core/script.ts';
import { baseName } from '../facts/host-path.ts';
import type { PresentPath } from '../facts/path-state.ts';
import { sh } from '../shell/sh.ts';

/** Old versions of files and trees that are larger than this many bytes are not kept for undo. */
export const KEEP_LIMIT = 256 * 1024 * 1024;

/**
 * Where old versions go: never beside the file, since many programs load whatever lies in a directory. Root's are in /var/lib/hostwright,
 * a user's below the home directory; both are closed to others. HOSTWRIGHT_STATE on the host moves it.
 * Sets `$hostwright` to that place.
 */
export const OPEN_STATE = sh`
  if [ -n "$HOSTWRIGHT_STATE" ]; then hostwright=$HOSTWRIGHT_STATE
  elif [ "$(id -u)" -eq 0 ]; then hostwright=/var/lib/hostwright
  else hostwright=$HOME/.local/state/hostwright
  fi
`;

/** An entry that is about to be replaced or removed, as it was read. */
export type KeptEntry = Pick<PresentPath, 'realPath' | 'device' | 'inode' | 'statusChanged'>;

/**
 * Copies `$target` into the backup area under the time of now, and prints the place as `backup_file`. Never overwrites, never removes.
 */
export const BACK_UP_TARGET: Script = sh`
  ${OPEN_STATE}
  backup=$hostwright/backups$target.$(date -u +%Y-%m-%dT%H%M%SZ)
  n=
  while [ -e "$backup$n~" ]; do n=.$((\${n#.} + 1)); done
  backup=$backup$n~
  mkdir -p -- "\${backup%/*}" && cp -p -- "$target" "$backup" || exit 1
  printf 'backup_file=%s\0' "$backup"
`;

/** Keeps what a program prints in the backup area, under a name and the time of now, and prints the place as `backup_file`. */
export function keepText(name: string, program: Script): Script {
  return sh`
    ${OPEN_STATE}
    backup=$hostwright/backups/${name}.$(date -u +%Y-%m-%dT%H%M%SZ)
    n=
    while [ -e "$backup$n~" ]; do n=.$((\${n#.} + 1)); done
    backup=$backup$n~
    mkdir -p -- "\${backup%/*}" && (umask 077; ${program} > "$backup") || exit 1
    printf 'backup_file=%s\0' "$backup"
  `;
}

/** Copies an entry that is about to be replaced to where undo finds it. */
export function keepCopy(entry: KeptEntry): Script {
  return sh`
    ${openKept(entry)}
    cp -a -- ${entry.realPath} "$kept" || exit 1
  `;
}

/** Moves an entry away to where undo finds it; across file systems it is copied and then removed. */
export function keepMoved(entry: KeptEntry): Script {
  return sh`
    ${openKept(entry)}
    mv -fT -- ${entry.realPath} "$kept" || exit 1
  `;
}

/** Sets `$kept` to where `keepCopy` and `keepMoved` put an entry: named by what was read, so that undo knows it beforehand. */
export function findKept(entry: KeptEntry): Script {
  const name = `${entry.device}-${entry.inode}-${entry.statusChanged}-${baseName(entry.realPath)}`;
  return sh`
    ${OPEN_STATE}
    kept=$hostwright/undo/${name}
  `;
}

/** Sets `$kept` to a place of its own for what a task keeps for undo. */
export function findUndoPlace(name: string): Script {
  return sh`
    ${OPEN_STATE}
    kept=$hostwright/undo/${name}
  `;
}

/** The same, where something is about to be put there. */
export function makeUndoPlace(name: string): Script {
  return sh`
    ${findUndoPlace(name)}
    mkdir -p -- "$hostwright/undo" || exit 1
    find "$hostwright/undo" -mindepth 1 -maxdepth 1 -ctime +7 -exec rm -rf -- {} +
  `;
}

// Without an end the area would fill the disk: what is older than a week goes when something new comes.
function openKept(entry: KeptEntry): Script {
  return sh`
    ${findKept(entry)}
    mkdir -p -- "$hostwright/undo" || exit 1
    find "$hostwright/undo" -mindepth 1 -maxdepth 1 -ctime +7 -exec rm -rf -- {} +
  `;
}
