import { replace } from '../../../src/modules/builtin/replace.ts';
import type { ModuleCase, ModuleCases } from './module-case.ts';
import { present } from './printed-path.ts';

/** An edit of a file from one text to another; the same text: nothing to do. */
function edit(title: string, params: Record<string, unknown>, before: string, after: string): ModuleCase {
  return {
    title,
    params: { path: '/etc/f', ...params },
    reads: { at: present('/etc/f', { content: before }) },
    expected: before === after ? 'ok' : { differences: [{ label: '/etc/f', before, after }], warnings: [] },
  };
}

const SECTIONS = '[a]\nx=1\n[b]\nx=1\n[c]\nx=1\n';

export const cases: ModuleCases = {
  module: replace,
  cases: [
    edit('removes what matches', { regexp: '^x=.*\\n' }, SECTIONS, '[a]\n[b]\n[c]\n'),
    edit(
      'replaces after a place',
      { regexp: 'x=1', replace: 'y', after: '\\[b\\]' },
      SECTIONS,
      '[a]\nx=1\n[b]\ny\n[c]\ny\n',
    ),
    edit(
      'replaces before the last such place',
      { regexp: 'x=1', replace: 'y', before: '^\\[' },
      SECTIONS,
      '[a]\ny\n[b]\ny\n[c]\nx=1\n',
    ),
    edit(
      'replaces between two places',
      { regexp: 'x=1', replace: 'y', after: '\\[b\\]', before: '\\[' },
      SECTIONS,
      '[a]\nx=1\n[b]\ny\n[c]\nx=1\n',
    ),
    edit(
      'does nothing where the place is not there',
      { regexp: 'x', replace: 'y', before: 'none' },
      SECTIONS,
      SECTIONS,
    ),
    edit('fills references', { regexp: '^(?P<key>x)=(1)', replace: '\\2=\\g<key>' }, 'x=1\n', '1=x\n'),
    edit('takes dollars as they are', { regexp: 'x', replace: '$&' }, 'x\n', '$&\n'),
    {
      title: 'says that an expression is wrong',
      params: { path: '/etc/f', regexp: '[z-a]' },
      reads: { at: present('/etc/f', { content: 'x' }) },
      expected: {
        error: 'The regular expression "[z-a]" is not valid: Range out of order in character class.',
      },
    },
    {
      title: 'needs an expression',
      params: { path: '/etc/f' },
      expected: { invalid: 'regexp: is required' },
    },
  ],
};
