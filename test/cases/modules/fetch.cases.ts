import { fetch } from '../../../src/modules/builtin/fetch.ts';
import type { ActionCases } from './module-case.ts';

const request = {
  do: 'fetch',
  src: '/etc/hosts',
  dest: 'kept/',
  flat: false,
  failOnMissing: true,
  validate: true,
  dryRun: false,
} as const;

export const cases: ActionCases = {
  action: fetch,
  cases: [
    {
      title: 'asks the engine',
      params: { src: '/etc/hosts', dest: 'kept/' },
      expected: { result: {}, requests: [request] },
    },
    {
      title: 'writes nothing in a check run',
      params: {
        src: '/etc/hosts',
        dest: 'kept/',
        flat: 'yes',
        fail_on_missing: false,
        validate_checksum: 'no',
      },
      checkMode: true,
      expected: {
        result: {},
        requests: [{ ...request, flat: true, failOnMissing: false, validate: false, dryRun: true }],
      },
    },
    {
      title: 'refuses a relative path of the host',
      params: { src: 'hosts', dest: 'kept/' },
      expected: {
        invalid: 'src: must be an absolute path on the host (or begin with ~/), not "hosts"',
      },
    },
  ],
};
