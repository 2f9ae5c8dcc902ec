import { lineinfile } from '../../../src/modules/builtin/lineinfile.ts';
import type { ModuleCase, ModuleCases } from './module-case.ts';
import { absent, present } from './printed-path.ts';

/** An edit of a file from one text to another; the same text: nothing to do. */
function edit(title: string, params: Record<string, unknown>, before: string, after: string): ModuleCase {
  return {
    title,
    params: { path: '/etc/f', ...params },
    reads: { at: present('/etc/f', { content: before }) },
    expected: before === after ? 'ok' : { differences: [{ label: '/etc/f', before, after }], warnings: [] },
  };
}

const SHELL = 'a\nPort 22\n#Port 23\nb\n';

export const cases: ModuleCases = {
  module: lineinfile,
  cases: [
    edit('adds at the end', { line: 'x' }, 'a\n', 'a\nx\n'),
    edit('adds to an empty file', { line: 'x' }, '', 'x\n'),
    edit('ends the last line first', { line: 'x' }, 'a', 'a\nx\n'),
    edit('leaves a line that is there, wherever it is', { line: 'a', insertafter: 'b' }, 'a\nb\n', 'a\nb\n'),
    edit('replaces the last match', { regexp: 'Port', line: 'Port 9' }, SHELL, 'a\nPort 22\nPort 9\nb\n'),
    edit(
      'replaces the first match',
      { regex: 'Port', line: 'Port 9', firstmatch: true },
      SHELL,
      'a\nPort 9\n#Port 23\nb\n',
    ),
    edit('matches plain text', { search_string: '#Port', value: 'x' }, SHELL, 'a\nPort 22\nx\nb\n'),
    edit(
      'inserts after the last match',
      { line: 'x', insertafter: 'Port' },
      SHELL,
      'a\nPort 22\n#Port 23\nx\nb\n',
    ),
    edit(
      'inserts before the first match',
      { line: 'x', insertbefore: 'Port', firstmatch: 'yes' },
      SHELL,
      `a\nx\n${SHELL.slice(2)}`,
    ),
    edit('inserts at the beginning', { line: 'x', insertbefore: 'BOF' }, SHELL, `x\n${SHELL}`),
    edit(
      'goes to the end where no place is found',
      { line: 'x', insertbefore: 'none' },
      SHELL,
      `${SHELL}x\n`,
    ),
    edit(
      'fills references',
      { regexp: '^(#?)Port (\\d+)', line: '\\1Port: \\2', backrefs: true, firstmatch: true },
      'Port 2\nx\n',
      'Port: 2\nx\n',
    ),
    edit(
      'does nothing with references and no match',
      { regexp: '^(q)', line: '\\1', backrefs: true },
      SHELL,
      SHELL,
    ),
    edit('is content with what an earlier run wrote', { regexp: '^#Port', line: 'Port 22' }, SHELL, SHELL),
    edit('removes all matches', { regexp: 'Port', state: 'absent' }, SHELL, 'a\nb\n'),
    edit('removes a line by its text', { line: 'a', state: 'absent' }, 'a\nab\na', 'ab\n'),
    edit('takes the newline of a block scalar for nothing', { line: 'x\n' }, 'x\n', 'x\n'),
    edit('makes text of a number', { line: 42 }, '', '42\n'),
    {
      title: 'has nothing to remove from a file that is not there',
      params: { path: '/etc/f', line: 'x', state: 'absent' },
      reads: { at: absent('/etc/f', '/etc') },
      expected: 'ok',
    },
    {
      title: 'needs the file',
      params: { path: '/etc/f', line: 'x' },
      reads: { at: absent('/etc/f', '/etc') },
      expected: { error: 'The file /etc/f does not exist on the host.' },
    },
    {
      title: 'foresees a line in a file that an earlier task may make',
      params: { path: '/etc/f', line: 'x' },
      reads: { at: absent('/etc/f', '/etc') },
      checkMode: true,
      pendingChanges: true,
      expected: {
        differences: [{ label: '/etc/f', before: null, after: 'x\n' }],
        warnings: [
          'The file /etc/f does not exist on the host. An earlier task must create it; it is taken as empty.',
        ],
      },
    },
    {
      title: 'needs a line',
      params: { path: '/etc/f' },
      expected: { invalid: 'line: is required with state: present' },
    },
    {
      title: 'takes one line only',
      params: { path: '/etc/f', line: 'a\nb' },
      expected: { invalid: 'line: must be one line; use blockinfile for more' },
    },
    {
      title: 'takes one place only',
      params: { path: '/etc/f', line: 'a', insertafter: 'x', insertbefore: 'y' },
      expected: { invalid: 'insertbefore: cannot be given together with insertafter' },
    },
  ],
};
