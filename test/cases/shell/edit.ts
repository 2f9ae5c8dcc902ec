import { blockinfile } from '../../../src/modules/builtin/blockinfile.ts';
import { lineinfile } from '../../../src/modules/builtin/lineinfile.ts';
import type { Scenario } from './scenario.ts';

const OWNER = `${process.getuid?.()}:${process.getgid?.()}`;
const f = (text: string) => ({ f: `file 644 ${OWNER} ${text}` });
const BAD_UTF8 = Buffer.from([0x61, 0xff, 0x0a, 0xc3, 0x0a]);
const BAD_TEXT = BAD_UTF8.toString('latin1');

export const editScenarios: readonly Scenario[] = [
  {
    title: 'replaces the last line that matches',
    module: lineinfile,
    before: { f: '#Port 22\nPort 2222\nx\n' },
    params: (host) => ({ path: `${host}/f`, regexp: '^#?Port', line: 'Port 22' }),
    after: f('#Port 22\nPort 22\nx\n'),
    result: (host) => ({ path: `${host}/f`, mode: '0644', state: 'file' }),
  },
  {
    title: 'adds a line to a file without a final newline and with a bad encoding',
    module: lineinfile,
    before: { f: Buffer.concat([BAD_UTF8, Buffer.from('end')]) },
    params: (host) => ({ path: `${host}/f`, line: 'ü' }),
    after: f(`${BAD_TEXT}end\n${Buffer.from('ü').toString('latin1')}\n`),
  },
  {
    title: 'keeps the line ends of the file',
    module: lineinfile,
    before: { f: 'a=1\r\nb=2\r\n' },
    params: (host) => ({ path: `${host}/f`, regexp: '^a=', line: 'a=3', insertafter: 'b' }),
    after: f('a=3\r\nb=2\r\n'),
  },
  {
    title: 'makes the file and the directory above it',
    module: lineinfile,
    params: (host) => ({ path: `${host}/d/f`, line: 'x', create: true, mode: '0600' }),
    after: { d: `directory 755 ${OWNER}`, 'd/f': `file 600 ${OWNER} x\n` },
  },
  {
    title: 'edits the file behind a link and keeps the link',
    module: lineinfile,
    before: { f: 'a\n', l: { link: 'f' } },
    params: (host) => ({ dest: `${host}/l`, line: 'b', backup: true }),
    after: f('a\nb\n'),
  },
  {
    title: 'removes lines',
    module: lineinfile,
    before: { f: 'a\nb\na\n' },
    params: (host) => ({ path: `${host}/f`, regexp: '^a', state: 'absent' }),
    after: f('b\n'),
  },
  {
    title: 'sets the mode although the line is there',
    module: lineinfile,
    before: { f: 'a\n' },
    params: (host) => ({ path: `${host}/f`, line: 'a', mode: '0600' }),
    after: { f: `file 600 ${OWNER} a\n` },
  },
  {
    title: 'puts a block at the end',
    module: blockinfile,
    before: { f: 'a' },
    params: (host) => ({ path: `${host}/f`, block: 'x\n  y\n' }),
    after: f('a\n# BEGIN ANSIBLE MANAGED BLOCK\nx\n  y\n# END ANSIBLE MANAGED BLOCK\n'),
  },
  {
    title: 'replaces a block where it is',
    module: blockinfile,
    before: { f: '1\n# BEGIN m\nold\n# END m\n2\n' },
    params: (host) => ({ path: `${host}/f`, block: 'new', marker: '# {mark} m', insertafter: 'EOF' }),
    after: f('1\n# BEGIN m\nnew\n# END m\n2\n'),
  },
  {
    title: 'removes a block',
    module: blockinfile,
    before: { f: '1\n# BEGIN m\nold\n# END m\n2\n' },
    params: (host) => ({ path: `${host}/f`, marker: '# {mark} m', state: 'absent' }),
    after: f('1\n2\n'),
  },
  {
    title: 'leaves a block that is as asked',
    module: blockinfile,
    before: { f: '1\n# BEGIN m\nold\n# END m' },
    params: (host) => ({ path: `${host}/f`, block: 'old\n', marker: '# {mark} m' }),
  },
];
