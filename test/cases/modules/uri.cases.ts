import { uri } from '../../../src/modules/builtin/uri.ts';
import type { ModuleCases } from './module-case.ts';

export const cases: ModuleCases = {
  module: uri,
  cases: [
    {
      title: 'is not needed where its file is there',
      params: { url: 'http://127.0.0.1/', creates: '/etc/done' },
      reads: { guards: { stdout: 'creates yes\n' } },
      expected: 'ok',
      result: {
        url: 'http://127.0.0.1/',
        msg: "skipped, since '/etc/done' exists",
        stdout: "skipped, since '/etc/done' exists",
      },
    },
    {
      title: 'shows nothing before it asks',
      params: { url: 'http://127.0.0.1/' },
      expected: { differences: [] },
    },
    {
      title: 'refuses what is no address',
      params: { url: '127.0.0.1' },
      expected: { invalid: 'url: must be an address: http://, https://, ftp:// or file://' },
    },
    {
      title: 'refuses a form that is none',
      params: { url: 'http://127.0.0.1/', body: 5, body_format: 'form-urlencoded' },
      expected: {
        invalid: 'body: must be text, a map, or a list of pairs where body_format is form-urlencoded',
      },
    },
    {
      title: 'sends one thing',
      params: { url: 'http://127.0.0.1/', body: 'a', src: 'b' },
      expected: { invalid: 'src: cannot be given together with body' },
    },
  ],
};
