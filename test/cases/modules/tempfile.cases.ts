import { tempfile } from '../../../src/modules/builtin/tempfile.ts';
import type { ModuleCases } from './module-case.ts';

export const cases: ModuleCases = {
  module: tempfile,
  cases: [
    {
      title: 'makes a directory where it is asked for',
      params: { state: 'directory', path: "/srv/it's", prefix: 'x.', suffix: '.d' },
      expected: {
        differences: [{ label: "/srv/it's/x.….d", before: null, after: { state: 'directory' } }],
        apply: [
          "directory='/srv/it'\\''s'",
          'path=$(mktemp -u -- "$directory/"x.XXXXXXXXXX).d || exit 1',
          'mkdir -m 0700 -- "$path" || exit 1',
          `printf 'path=%s\\0' "$path"`,
        ].join('\n'),
      },
      result: { state: 'directory' },
    },
    {
      title: 'takes no path for a name',
      params: { prefix: '../x' },
      expected: { invalid: 'prefix: must be a part of a name, without /' },
    },
  ],
};
