import { meta } from '../../../src/modules/builtin/meta.ts';
import type { ActionCases } from './module-case.ts';

export const cases: ActionCases = {
  action: meta,
  cases: [
    {
      title: 'asks the engine',
      params: { free_form: 'flush_handlers' },
      expected: { result: {}, requests: [{ do: 'flush_handlers' }] },
    },
    { title: 'can do nothing', params: { free_form: 'noop' }, expected: { result: {}, requests: [] } },
    {
      title: 'says why something is not there',
      params: { free_form: 'refresh_inventory' },
      expected: {
        invalid:
          'free_form: refresh_inventory is not supported: the inventory is read once, before the first play; use add_host for hosts that turn up later',
      },
    },
    {
      title: 'names what there is',
      params: { free_form: 'flush' },
      expected: {
        invalid:
          'free_form: must be one of clear_facts, clear_host_errors, end_batch, end_host, end_play, flush_handlers, noop, reset_connection',
      },
    },
  ],
};
