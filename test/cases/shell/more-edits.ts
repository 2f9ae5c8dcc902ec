import { assemble } from '../../../src/modules/builtin/assemble.ts';
import { replace } from '../../../src/modules/builtin/replace.ts';
import type { Scenario } from './scenario.ts';

const OWNER = `${process.getuid?.()}:${process.getgid?.()}`;
const f = (text: string) => ({ f: `file 644 ${OWNER} ${text}` });

export const moreEditScenarios: readonly Scenario[] = [
  {
    title: 'replaces in every line, with references',
    module: replace,
    before: { f: 'a=1 a=2\nba=3\n' },
    params: (host) => ({ path: `${host}/f`, regexp: '\\ba=(\\d)', replace: 'b=\\1\\g<1>' }),
    after: f('b=11 b=22\nba=3\n'),
  },
  {
    title: 'replaces in one section only, up to the first end of it',
    module: replace,
    before: { f: '[a]\nx=1\n[b]\nx=1\n[c]\nx=1\n' },
    params: (host) => ({
      path: `${host}/f`,
      after: '\\[b\\]',
      before: '\\[',
      regexp: '^x=.*$',
      replace: 'x=2',
    }),
    after: f('[a]\nx=1\n[b]\nx=2\n[c]\nx=1\n'),
  },
  {
    title: 'keeps bytes that are no UTF-8 and replaces beside them',
    module: replace,
    before: { f: Buffer.from([0xff, 0x61, 0xc3, 0xbc, 0x0a]) },
    params: (host) => ({ path: `${host}/f`, regexp: 'aü', replace: 'ö' }),
    after: f(Buffer.from([0xff, 0xc3, 0xb6, 0x0a]).toString('latin1')),
  },
  {
    title: 'leaves a file where nothing matches',
    module: replace,
    before: { f: 'x\n' },
    params: (host) => ({ path: `${host}/f`, after: 'no such', regexp: 'x', replace: 'y' }),
  },
  {
    title: 'would go on forever',
    module: replace,
    before: { f: 'x\n' },
    params: (host) => ({ path: `${host}/f`, regexp: 'x', replace: 'xx' }),
    error: 'never-settles',
  },
  {
    title: 'makes a file of parts of the host',
    module: assemble,
    before: { 'd/20': 'two', 'd/10': 'one\n', 'd/.hidden': 'h', 'd/sub/x': 'no', 'd/30.bak': 'no' },
    params: (host) => ({
      src: `${host}/d`,
      dest: `${host}/f`,
      regexp: '^\\.?[a-z0-9]+$',
      ignore_hidden: true,
      delimiter: '--',
    }),
    after: f('one\n--\ntwo'),
  },
  {
    title: 'makes a file of parts beside the playbook',
    module: assemble,
    before: { f: 'old' },
    local: { 'd/b': 'b', 'd/a': 'a' },
    params: (host) => ({ src: 'd', dest: `${host}/f`, remote_src: false }),
    after: f('a\nb'),
  },
  {
    title: 'has no directory to take parts from',
    module: assemble,
    params: (host) => ({ src: `${host}/d`, dest: `${host}/f` }),
    error: 'not-a-directory',
  },
];
