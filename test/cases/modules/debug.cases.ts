import { debug } from '../../../src/modules/builtin/debug.ts';
import type { ActionCases } from './module-case.ts';

export const cases: ActionCases = {
  action: debug,
  cases: [
    { title: 'has a message of its own', params: {}, expected: { result: { msg: 'Hello world!' } } },
    { title: 'shows text', params: { msg: 'here' }, expected: { result: { msg: 'here' } } },
    {
      title: 'shows data as it is',
      params: { msg: [1, { a: null }] },
      expected: { result: { msg: [1, { a: null }] } },
    },
    {
      title: 'shows a variable under its name',
      params: { var: 'out.rc' },
      variables: { 'out.rc': 0 },
      expected: { result: { 'out.rc': 0 } },
    },
    {
      title: 'says of a variable that it is not defined',
      params: { var: 'nothing' },
      expected: { result: { nothing: 'VARIABLE IS NOT DEFINED!' } },
    },
    {
      title: 'is skipped below its verbosity',
      params: { msg: 'x', verbosity: '2' },
      verbosity: 1,
      expected: { result: { skipped: true, skipped_reason: 'Verbosity threshold not met.' } },
    },
    {
      title: 'is shown at its verbosity',
      params: { msg: 'x', verbosity: 2 },
      verbosity: 2,
      expected: { result: { msg: 'x' } },
    },
    {
      title: 'refuses msg and var together',
      params: { msg: 'x', var: 'y' },
      expected: { invalid: 'var: msg and var cannot be given together' },
    },
  ],
};
