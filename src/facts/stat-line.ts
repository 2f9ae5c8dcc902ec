import { unexpectedStat } from './problems.ts';

/** What `stat -c` is asked for; every field is known to GNU coreutils and to busybox. Names come last: they are the host's text. */
export const STAT_FORMAT = '%s:%f:%u:%g:%h:%i:%d:%b:%B:%X:%Y:%Z:%t:%T:%U:%G';

export type PathKind = 'file' | 'directory' | 'link' | 'fifo' | 'socket' | 'block' | 'character';

export interface FileStat {
  readonly kind: PathKind;
  /** Permission bits with set-id and sticky bits: 0o7777 at most. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Null where the number has no name. */
  readonly owner: string | null;
  readonly group: string | null;
  /** Bytes. */
  readonly size: number;
  readonly links: number;
  readonly inode: number;
  readonly device: number;
  readonly blocks: number;
  readonly blockSize: number;
  /** Seconds since 1970. */
  readonly accessed: number;
  readonly modified: number;
  readonly statusChanged: number;
  /** Device number of a device node, else 0. */
  readonly deviceType: number;
}

// inode(7): S_IFMT and its values.
const KINDS: Readonly<Record<number, PathKind>> = {
  1: 'fifo',
  2: 'character',
  4: 'directory',
  6: 'block',
  8: 'file',
  10: 'link',
  12: 'socket',
};

/** Reads a line that `stat -c STAT_FORMAT` printed. */
export function parseStat(line: string, path: string): FileStat {
  const fields = line.split(':');
  const [size, raw, uid, gid, links, inode, device, blocks, blockSize, accessed, modified, changed] = fields;
  const [major, minor, owner, group] = fields.slice(12);
  const bits = Number.parseInt(raw ?? '', 16);
  const kind = KINDS[bits >> 12];
  if (kind === undefined || group === undefined) throw unexpectedStat(path, line);
  return {
    kind,
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    owner: nameOf(owner),
    group: nameOf(group),
    size: Number(size),
    links: Number(links),
    inode: Number(inode),
    device: Number(device),
    blocks: Number(blocks),
    blockSize: Number(blockSize),
    accessed: Number(accessed),
    modified: Number(modified),
    statusChanged: Number(changed),
    deviceType: Number.parseInt(major ?? '0', 16) * 256 + Number.parseInt(minor ?? '0', 16),
  };
}

function nameOf(printed: string | undefined): string | null {
  return printed === undefined || printed === 'UNKNOWN' || printed === '' ? null : printed;
}
