import type { Difference } from '../core/change.ts';
import { isPlainPath, type NewDirectories } from '../core/path-effect.ts';
import type { Script } from '../core/script.ts';
import { plainPath } from '../facts/host-path.ts';
import type { PathState } from '../facts/path-state.ts';
import { raw, sequence, sh } from '../shell/sh.ts';
import { type AttributeSettings, setAttributes } from './attributes.ts';
import { modeArgument } from './mode.ts';

/** Directories that do not exist yet, from the top down: the path itself and what is missing above it. */
export function missingDirectories(state: PathState): readonly string[] {
  if (state.exists) return [];
  const nearest = state.nearest === '/' ? '' : state.nearest;
  const names = plainPath(state.realPath)
    .slice(nearest.length)
    .split('/')
    .filter((name) => name !== '');
  return names.map((_, index) => `${nearest}/${names.slice(0, index + 1).join('/')}`);
}

/** Paths that one command is told of. */
const AT_ONCE = 500;

/** Makes directories, from the top down, each with these attributes from its first moment on. */
export function makeDirectories(paths: readonly string[], settings: AttributeSettings): Script {
  const mode = settings.mode === undefined ? raw('') : sh`-m ${modeArgument(settings.mode)}`;
  const { mode: _, ...ownership } = settings;
  const groups = Array.from({ length: Math.ceil(paths.length / AT_ONCE) }, (_, index) =>
    paths.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  );
  return sequence(
    groups.map(
      (group) => sh`
        mkdir ${mode} -- ${group} || exit 1
        ${setAttributes(sh`${group}`, ownership)} || exit 1
        if [ -e /sys/fs/selinux/enforce ]; then restorecon -- ${group} 2>/dev/null; fi
        :
      `,
    ),
  );
}

/** The same as data; undefined where a name does not fit a line. */
export function directoriesEffect(
  paths: readonly string[],
  { mode, uid, gid }: AttributeSettings,
): NewDirectories | undefined {
  return paths.length > 0 && paths.every(isPlainPath)
    ? { kind: 'directories', paths, mode, uid, gid }
    : undefined;
}

/** Removes directories that were made, from the bottom up; fails where something has been put into them. */
export function removeDirectories(paths: readonly string[]): Script {
  return sh`rmdir -- ${[...paths].reverse()}`;
}

export function directoryDifference(path: string): Difference {
  return { label: path, before: null, after: { state: 'directory' } };
}
