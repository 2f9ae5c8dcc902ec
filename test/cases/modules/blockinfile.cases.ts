import { blockinfile } from '../../../src/modules/builtin/blockinfile.ts';
import type { ModuleCase, ModuleCases } from './module-case.ts';
import { present } from './printed-path.ts';

/** An edit of a file from one text to another, with a short marker; the same text: nothing to do. */
function edit(title: string, params: Record<string, unknown>, before: string, after: string): ModuleCase {
  return {
    title,
    params: { path: '/etc/f', marker: '; {mark}', ...params },
    reads: { at: present('/etc/f', { content: before }) },
    expected: before === after ? 'ok' : { differences: [{ label: '/etc/f', before, after }], warnings: [] },
  };
}

const FILE = 'a\n; BEGIN\nx\n; END\nb\n';

export const cases: ModuleCases = {
  module: blockinfile,
  cases: [
    edit('leaves a block that is as asked', { block: 'x\n' }, FILE, FILE),
    edit('replaces a block where it is', { block: 'y\n\nz' }, FILE, 'a\n; BEGIN\ny\n\nz\n; END\nb\n'),
    edit('removes a block', { state: 'absent' }, FILE, 'a\nb\n'),
    edit('removes a block that is empty', { block: '' }, FILE, 'a\nb\n'),
    edit('puts a new block at the end', { content: 'x' }, 'a', 'a\n; BEGIN\nx\n; END\n'),
    edit(
      'puts a new block at the beginning',
      { block: 'x', insertbefore: 'BOF' },
      'a\n',
      '; BEGIN\nx\n; END\na\n',
    ),
    edit('puts a new block after a match', { block: 'x', insertafter: '^a' }, 'a\nb\n', FILE),
    edit('puts a new block before a match', { block: 'x', insertbefore: '^b' }, 'a\nb\n', FILE),
    edit(
      'has words of its own in the markers',
      { block: 'x', marker_begin: 'open', marker_end: 'shut' },
      '',
      '; open\nx\n; shut\n',
    ),
    edit('ends lines as the file does', { block: 'x\ny' }, 'a\r\n', 'a\r\n; BEGIN\r\nx\r\ny\r\n; END\r\n'),
    edit(
      'keeps blank lines around it',
      { block: 'x', insertafter: 'a', append_newline: true, prepend_newline: true },
      'a\nb\n',
      'a\n\n; BEGIN\nx\n; END\n\nb\n',
    ),
    edit(
      'works on the last of two blocks',
      { block: 'z' },
      `${FILE}${FILE}`,
      `${FILE}a\n; BEGIN\nz\n; END\nb\n`,
    ),
    {
      title: 'does not guess where a broken block ends',
      params: { path: '/etc/f', marker: '; {mark}', block: 'x' },
      reads: { at: present('/etc/f', { content: 'a\n; END\n; BEGIN\nx\n' }) },
      expected: { error: 'The file /etc/f has the marker "; END" without its counterpart.' },
    },
    {
      title: 'needs {mark} in the marker',
      params: { path: '/etc/f', block: 'x', marker: '# mine' },
      expected: {
        invalid: 'marker: must be one line with {mark} in it, which becomes marker_begin and marker_end',
      },
    },
    {
      title: 'takes no block that holds its own marker',
      params: { path: '/etc/f', block: 'x\n# END ANSIBLE MANAGED BLOCK\n' },
      expected: { invalid: 'block: must not hold a marker line' },
    },
  ],
};
