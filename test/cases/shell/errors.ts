import { blockinfile } from '../../../src/modules/builtin/blockinfile.ts';
import { copy } from '../../../src/modules/builtin/copy.ts';
import { file } from '../../../src/modules/builtin/file.ts';
import { lineinfile } from '../../../src/modules/builtin/lineinfile.ts';
import type { Scenario } from './scenario.ts';

export const errorScenarios: readonly Scenario[] = [
  {
    title: 'an owner that the host does not know',
    module: copy,
    params: (host) => ({ content: 'x', dest: `${host}/f`, owner: 'no-such-user' }),
    error: 'unknown-account',
    foreseen: true,
  },
  {
    title: 'a group that the host does not know',
    module: file,
    before: { d: { directory: true } },
    params: (host) => ({ path: `${host}/d`, group: 'no such group' }),
    error: 'unknown-account',
    foreseen: true,
  },
  {
    title: 'a destination without its directory',
    module: copy,
    params: (host) => ({ content: 'x', dest: `${host}/no/f` }),
    error: 'missing-directory',
    foreseen: true,
  },
  {
    title: 'text for a destination that is a directory',
    module: copy,
    before: { d: { directory: true } },
    params: (host) => ({ content: 'x', dest: `${host}/d` }),
    error: 'not-a-file',
  },
  {
    title: 'a destination below a file',
    module: copy,
    before: { f: 'x' },
    params: (host) => ({ content: 'x', dest: `${host}/f/g` }),
    error: 'missing-directory',
  },
  {
    title: 'a tree for a destination that is a file',
    module: copy,
    before: { f: 'x' },
    local: { 't/a': 'a' },
    params: (host) => ({ src: 't/', dest: `${host}/f` }),
    error: 'not-a-directory',
  },
  {
    title: 'a source on the host that is not there',
    module: copy,
    params: (host) => ({ src: `${host}/no`, dest: `${host}/f`, remote_src: true }),
    error: 'missing-source',
    foreseen: true,
  },
  {
    title: 'a source with another checksum',
    module: copy,
    local: { a: 'a' },
    params: (host) => ({ src: 'a', dest: `${host}/f`, checksum: '0'.repeat(64) }),
    error: 'wrong-checksum',
  },
  {
    title: 'a file that is missing and not made',
    module: lineinfile,
    params: (host) => ({ path: `${host}/f`, line: 'x' }),
    error: 'missing-file',
    foreseen: true,
  },
  {
    title: 'a pattern that is none',
    module: lineinfile,
    before: { f: 'x' },
    params: (host) => ({ path: `${host}/f`, regexp: '(', line: 'x' }),
    error: 'invalid-pattern',
  },
  {
    title: 'an edit that would go on forever',
    module: lineinfile,
    before: { f: 'x' },
    params: (host) => ({ path: `${host}/f`, regexp: '^(x*)$', line: '\\1x', backrefs: true }),
    error: 'never-settles',
  },
  {
    title: 'a block with one marker only',
    module: blockinfile,
    before: { f: '# BEGIN ANSIBLE MANAGED BLOCK\nx\n' },
    params: (host) => ({ path: `${host}/f`, block: 'y' }),
    error: 'broken-block',
  },
  {
    title: 'attributes of a file that is not there',
    module: file,
    params: (host) => ({ path: `${host}/f`, state: 'file', mode: '0600' }),
    error: 'missing-file',
    foreseen: true,
  },
  {
    title: 'a directory where a file is',
    module: file,
    before: { f: 'x' },
    params: (host) => ({ path: `${host}/f`, state: 'directory' }),
    error: 'not-a-directory',
  },
  {
    title: 'a link where a file is',
    module: file,
    before: { f: 'x', g: 'y' },
    params: (host) => ({ path: `${host}/f`, state: 'link', src: 'g' }),
    error: 'path-taken',
  },
  {
    title: 'a link where a directory is, even by force',
    module: file,
    before: { d: { directory: true }, g: 'y' },
    params: (host) => ({ path: `${host}/d`, state: 'link', src: 'g', force: true }),
    error: 'path-taken',
  },
  {
    title: 'a link to nothing',
    module: file,
    params: (host) => ({ path: `${host}/l`, state: 'link', src: 'g' }),
    error: 'missing-source',
    foreseen: true,
  },
];
