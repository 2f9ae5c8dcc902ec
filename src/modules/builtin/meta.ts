import { z } from 'zod';
import { defineAction, type EngineRequest } from '../../core/action.ts';

const REQUESTS: Readonly<Record<string, readonly EngineRequest[]>> = {
  clear_facts: [{ do: 'clear_facts' }],
  clear_host_errors: [{ do: 'clear_host_errors' }],
  end_batch: [{ do: 'end_batch' }],
  end_host: [{ do: 'end_host' }],
  end_play: [{ do: 'end_play' }],
  flush_handlers: [{ do: 'flush_handlers' }],
  noop: [],
  reset_connection: [{ do: 'reset_connection' }],
};

/** What Ansible has and we do not, with the reason. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  refresh_inventory:
    'the inventory is read once, before the first play; use add_host for hosts that turn up later',
  end_role: 'use `when` on the tasks of the role, or a block',
};

export const meta = defineAction({
  name: 'meta',
  summary: 'Steer the play itself: run handlers now, end it, forget errors or facts.',
  params: z.strictObject({
    free_form: z
      .enum(Object.keys(REQUESTS), {
        error: (issue) => {
          const reason = typeof issue.input === 'string' ? UNSUPPORTED[issue.input] : undefined;
          if (reason) return `${issue.input} is not supported: ${reason}`;
          return `must be one of ${Object.keys(REQUESTS).join(', ')}`;
        },
      })
      .describe(
        'flush_handlers runs notified handlers now; end_play, end_batch and end_host stop here without failing; ' +
          'clear_host_errors lets failed hosts take part again; clear_facts and reset_connection forget what they name.',
      ),
  }),
  freeForm: 'free_form',
  examples: [
    { title: 'Run the handlers that were notified so far', params: { free_form: 'flush_handlers' } },
    { title: 'Stop here on this host', params: { free_form: 'end_host' } },
  ],
  run: (params) => ({ result: {}, requests: REQUESTS[params.free_form] ?? [] }),
});
