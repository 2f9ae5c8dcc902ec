import type { FileStat } from '../facts/stat-line.ts';
import { formatMode } from './mode.ts';

export type EntryFields = ReturnType<typeof entryFields>;

/** What Ansible's stat and find say of an entry, from what `stat` printed. */
export function entryFields(path: string, at: FileStat) {
  const bit = (mask: number) => (at.mode & mask) !== 0;
  return {
    path,
    mode: formatMode(at.mode),
    isdir: at.kind === 'directory',
    ischr: at.kind === 'character',
    isblk: at.kind === 'block',
    isreg: at.kind === 'file',
    isfifo: at.kind === 'fifo',
    islnk: at.kind === 'link',
    issock: at.kind === 'socket',
    uid: at.uid,
    gid: at.gid,
    pw_name: at.owner ?? '',
    gr_name: at.group ?? '',
    size: at.size,
    inode: at.inode,
    dev: at.device,
    nlink: at.links,
    atime: at.accessed,
    mtime: at.modified,
    ctime: at.statusChanged,
    wusr: bit(0o200),
    rusr: bit(0o400),
    xusr: bit(0o100),
    wgrp: bit(0o020),
    rgrp: bit(0o040),
    xgrp: bit(0o010),
    woth: bit(0o002),
    roth: bit(0o004),
    xoth: bit(0o001),
    isuid: bit(0o4000),
    isgid: bit(0o2000),
  };
}
