import { raw } from '../../../src/modules/builtin/raw.ts';
import type { ModuleCases } from './module-case.ts';

export const cases: ModuleCases = {
  module: raw,
  cases: [
    {
      title: 'hands the line to sh as it is',
      params: { free_form: 'uptime; id' },
      expected: {
        differences: [{ label: 'raw', before: null, after: 'uptime; id' }],
        apply: "exec /bin/sh -c 'uptime; id'",
        undo: null,
      },
    },
    {
      title: 'needs a command',
      params: { free_form: '' },
      expected: { invalid: 'free_form: must not be empty' },
    },
  ],
};
