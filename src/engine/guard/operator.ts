import { z } from 'zod';
import { HostwrightError } from '../../core/error.ts';
import { defineModule } from '../../core/module.ts';
import type { HostRead } from '../../core/read.ts';
import { raw, sh } from '../../shell/sh.ts';
import { CONFIRM_STATUS } from './scripts/confirm.ts';
import { NET } from './scripts/ground.ts';
import { statusScript } from './scripts/prepare.ts';
import { parseStatus, type TransactionStatus } from './status.ts';

/** Status of the read's script where it is not root that asks. */
const NOT_ROOT = 77;

const pendingTransaction: HostRead<TransactionStatus | null> = {
  kind: 'host',
  name: 'the network transaction',
  script: sh`
    [ "$(id -u)" = 0 ] || exit ${NOT_ROOT}
    ${raw(statusScript(NET, '').text)}
  `,
  parse: ({ rc, stdout }) => {
    if (rc === NOT_ROOT)
      throw new HostwrightError(
        'guard-needs-root',
        'Only root can look at network transactions on this host.',
        {
          hint: 'Give -b (become).',
        },
      );
    return parseStatus({ stdout: new TextDecoder().decode(stdout) }) ?? null;
  },
};

/** What an operator does with the pending network transaction of a host; its status stands in the result. */
export const networkTransaction = defineModule({
  name: 'network_transaction',
  summary: 'Look at, confirm, or take back the pending change of a host’s network.',
  params: z.strictObject({
    action: z.enum(['status', 'confirm', 'rollback']).describe('What to do with it.'),
    who: z.string().describe('Who does it, for the journal of the host.'),
  }),
  examples: [],
  reads: () => ({ status: pendingTransaction }),
  check: ({ action }, { status }) =>
    action === 'status' || status?.state !== 'armed'
      ? null
      : {
          differences: [{ label: status.transaction, before: 'armed', after: action }],
          data: { directory: `${NET}/${status.transaction}` },
        },
  apply: ({ data: { directory } }, { action, who }) =>
    action === 'confirm'
      ? sh`
        sh ${directory}/confirm.sh ${directory} "$(cat ${directory}/token)" ${who}
        status=$?
        [ "$status" != ${CONFIRM_STATUS.tooLate} ] || { echo 'There are less than two seconds left, too few to be sure.' >&2; exit 1; }
        exit "$status"
      `
      : sh`
        printf 'asked for by %s\n' ${who} >${directory}/rollback-now || exit 1
        # The watchdog looks once a second.
        left=50
        while [ -e ${directory}/armed ] && [ "$left" -gt 0 ]; do sleep 0.1 2>/dev/null || sleep 1; left=$((left - 1)); done
        [ ! -e ${directory}/armed ]
      `,
  noUndo: 'A decision is not taken back.',
  result: (_, { values: { status } }) => ({ status }),
});
