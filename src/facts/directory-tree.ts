import type { HostRead, ReadOutput } from '../core/read.ts';
import { raw, sh } from '../shell/sh.ts';
import { pathWord } from './host-path.ts';
import { pathNotVisible } from './problems.ts';
import { type FileStat, parseStat, STAT_FORMAT } from './stat-line.ts';

export interface TreePath extends FileStat {
  readonly path: string;
}

export interface TreeOptions {
  /** How many levels below the directory; undefined: all. */
  readonly depth?: number | undefined;
  /** Go into directories that links lead to, and look at what links lead to. */
  readonly follow?: boolean;
}

/** Everything below a directory with its attributes, the directory left out. Empty where there is none. */
export function directoryTree(path: string, options: TreeOptions = {}): HostRead<readonly TreePath[]> {
  const follow = raw(options.follow ? '-L' : '');
  const depth = raw(options.depth === undefined ? '' : `-maxdepth ${options.depth}`);
  return {
    kind: 'host',
    name: `entries below ${path}`,
    script: sh`
      LC_ALL=C; export LC_ALL
      p=${pathWord(path)}
      if [ -d "$p/" ]; then find ${follow} "$p/" ${depth} -exec stat ${follow} -c ${`${STAT_FORMAT}/%n//`} -- {} +; fi
      :
    `,
    parse: (output) => parseTree(path, output),
  };
}

/** Kilobytes that a path uses on the disk; 0 where there is nothing. */
export function diskUsage(path: string): HostRead<number> {
  return {
    kind: 'host',
    name: `size of ${path}`,
    script: sh`
      LC_ALL=C; export LC_ALL
      u=$(du -sk -- ${pathWord(path)} 2>/dev/null | tail -n 1)
      printf '%s' "\${u%%[!0-9]*}"
    `,
    parse: (output) => Number(new TextDecoder().decode(output.stdout)),
  };
}

function parseTree(path: string, output: ReadOutput): readonly TreePath[] {
  if (new TextDecoder().decode(output.stderr).includes('Permission denied')) throw pathNotVisible(path);
  // No name that find prints holds two slashes in a row, so they end a line whatever the name is.
  const lines = new TextDecoder().decode(output.stdout).split('//\n').slice(0, -1);
  return lines.slice(1).map((line) => {
    const slash = line.indexOf('/');
    const name = line.slice(slash + 1);
    return { ...parseStat(line.slice(0, slash), name), path: name };
  });
}

/** The host's clock: seconds since 1970. */
export function hostClock(): HostRead<number> {
  return {
    kind: 'host',
    name: 'clock',
    clock: '',
    script: sh`date +%s`,
    parse: (output) => Number(new TextDecoder().decode(output.stdout)),
  };
}
