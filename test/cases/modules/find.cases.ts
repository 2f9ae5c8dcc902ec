import { find } from '../../../src/modules/builtin/find.ts';
import type { ModuleCases } from './module-case.ts';

const DAY = 86_400;
const NOW = 20 * DAY;

/** A line of the listing: size, kind and mode, age in days, path. */
function entry(size: number, type: string, age: number, path: string): string {
  const time = NOW - age * DAY;
  return `${size}:${type}:0:0:1:7:42:8:512:${time}:${time}:${time}:0:0:root:root/${path}//\n`;
}

const LISTING = [
  entry(0, '41ed', 0, '/var/log/'),
  entry(10, '81a4', 9, '/var/log/old.log'),
  entry(5000, '81a4', 1, '/var/log/a\nb.log'),
  entry(10, '81a4', 1, '/var/log/.hidden.log'),
  entry(0, '41ed', 1, '/var/log/apt'),
].join('');

const fields = (path: string, size: number, age: number) => ({
  path,
  mode: '0644',
  isdir: false,
  ischr: false,
  isblk: false,
  isreg: true,
  isfifo: false,
  islnk: false,
  issock: false,
  uid: 0,
  gid: 0,
  pw_name: 'root',
  gr_name: 'root',
  size,
  inode: 7,
  dev: 42,
  nlink: 1,
  atime: NOW - age * DAY,
  mtime: NOW - age * DAY,
  ctime: NOW - age * DAY,
  wusr: true,
  rusr: true,
  xusr: false,
  wgrp: false,
  rgrp: true,
  xgrp: false,
  woth: false,
  roth: true,
  xoth: false,
  isuid: false,
  isgid: false,
});

const reads = { now: { stdout: `${NOW}\n` }, tree0: { stdout: LISTING } };

export const cases: ModuleCases = {
  module: find,
  cases: [
    {
      title: 'finds what is old enough',
      params: { path: '/var/log', pattern: '*.log', age: '1w' },
      reads,
      expected: 'ok',
      result: { files: [fields('/var/log/old.log', 10, 9)], matched: 1, examined: 4 },
    },
    {
      title: 'finds what is young and large enough, whatever its name',
      params: { paths: ['/var/log'], patterns: '?*', age: '-2d', size: '1k' },
      reads,
      expected: 'ok',
      result: { files: [fields('/var/log/a\nb.log', 5000, 1)], matched: 1, examined: 4 },
    },
    {
      title: 'finds by permissions and by what a line begins with, no more than asked for',
      params: { paths: '/var/log', contains: 'error\\d+', mode: '0644', limit: 1 },
      reads: { ...reads, holding: { stdout: '/var/log/old.log\0/var/log/a\nb.log\0' } },
      expected: 'ok',
      result: { files: [fields('/var/log/old.log', 10, 9)], matched: 1, examined: 4 },
    },
    {
      title: 'finds nothing with other permissions',
      params: { paths: '/var/log', mode: '0755', exact_mode: false },
      reads,
      expected: 'ok',
      result: { files: [], matched: 0, examined: 4 },
    },
    {
      title: 'refuses an age that is none',
      params: { paths: '/var/log', age: 'old' },
      expected: { invalid: 'age: Invalid string: must match pattern /^-?\\d+[smhdw]?$/' },
    },
  ],
};
