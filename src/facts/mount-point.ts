import type { HostRead } from '../core/read.ts';
import { sh } from '../shell/sh.ts';
import { unexpectedOutput } from './problems.ts';
import { parseRecords } from './records.ts';

/** What is mounted at a path. */
export interface MountPoint {
  /** The path after links; as given where it does not exist. */
  readonly realPath: string;
  /** False: neither directory nor file is there. */
  readonly exists: boolean;
  /** Of the file system that is on top; null where nothing is mounted there. */
  readonly mounted: { readonly source: string; readonly fstype: string; readonly root: string } | null;
}

export function mountPoint(path: string): HostRead<MountPoint> {
  return {
    kind: 'host',
    name: `mount point ${path}`,
    subject: `mount:${path}`,
    script: sh`
      path=${path}
      real=$(readlink -f -- "$path") || real=$path
      printf 'real=%s\0' "$real"
      if [ -e "$path" ]; then printf 'exists=1\0'; fi
      printf 'table=%s\0' "$(cat /proc/self/mountinfo)"
    `,
    parse: (output) => {
      const records = parseRecords(output.stdout);
      const realPath = records.text('real');
      const table = records.text('table');
      if (realPath === undefined || !table) throw unexpectedOutput(`the mount point ${path}`, output);
      return { realPath, exists: records.text('exists') === '1', mounted: mountedAt(table, realPath) };
    },
  };
}

/** proc(5), mountinfo: id, parent, device, root, mount point, options, optional fields, -, type, source. */
function mountedAt(table: string, path: string): MountPoint['mounted'] {
  const plain = (word = '') =>
    word.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
  const line = table.split('\n').findLast((one) => plain(one.split(' ')[4]) === path);
  if (line === undefined) return null;
  const [before = '', after = ''] = line.split(' - ');
  const [fstype = '', source = ''] = after.split(' ');
  return { source: plain(source), fstype, root: plain(before.split(' ')[3]) };
}
