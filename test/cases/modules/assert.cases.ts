import { assert } from '../../../src/modules/builtin/assert.ts';
import type { ActionCases } from './module-case.ts';

const conditions = { 'a == 1': true, 'b == 2': false, true: true };

export const cases: ActionCases = {
  action: assert,
  cases: [
    {
      title: 'passes where all hold',
      params: { that: ['a == 1', true] },
      conditions,
      expected: { result: { msg: 'All assertions passed' } },
    },
    {
      title: 'names the first that does not hold',
      params: { that: ['a == 1', 'b == 2'] },
      conditions,
      expected: {
        result: { failed: true, msg: 'Assertion failed', assertion: 'b == 2', evaluated_to: false },
      },
    },
    {
      title: 'takes one condition, a message under its old name, and quiet',
      params: { that: 'b == 2', msg: ['two', 'lines'], quiet: 'yes' },
      conditions,
      expected: { result: { failed: true, msg: ['two', 'lines'] } },
    },
    {
      title: 'says what you want on success',
      params: { that: 'a == 1', success_msg: 'fine' },
      conditions,
      expected: { result: { msg: 'fine' } },
    },
    {
      title: 'refuses both names of the message',
      params: { that: 'a == 1', msg: 'x', fail_msg: 'y' },
      expected: { invalid: 'fail_msg: fail_msg, msg are names of one parameter; give one of them' },
    },
    {
      title: 'needs a condition',
      params: {},
      expected: { invalid: 'that: must be a condition (CEL) or a list of conditions' },
    },
  ],
};
