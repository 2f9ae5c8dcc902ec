import type { Change, Difference } from '../../core/change.ts';
import type { GuardedChange, GuardSettings } from '../../core/guard.ts';
import type { ResultFields } from '../../core/module.ts';
import type { TaskResult } from '../../core/result.ts';
import type { Intent } from '../../journal/journal.ts';
import type { HostAccess, Route } from '../host-access.ts';
import { call } from './calls.ts';
import type { GuardGround } from './ground.ts';
import { isPending } from './left-behind.ts';
import * as problems from './problems.ts';
import { refusal, resultOf } from './report.ts';
import { NET } from './scripts/ground.ts';
import { statusScript } from './scripts/prepare.ts';
import { parseStatus } from './status.ts';
import { applyUnderGuard } from './under-guard.ts';

type Values = Readonly<Record<string, unknown>>;

/** A module's part in a change under the guard. */
export interface GuardedModule {
  /** Reads again, over a fresh login. */
  readonly again: (access: HostAccess, route: Route) => Promise<Values>;
  /** What is left to do; null proves the change. */
  readonly check: (values: Values) => Change | null;
  /** For the journal, before anything is done; undefined where nothing is written down. */
  readonly intent: (() => Intent) | undefined;
  /** Told of the values that a confirmed change left. */
  readonly left: (values: Values) => void;
  readonly fields: ResultFields;
}

/** A module's change that may cut the connection it is made over, proved by its own check over a fresh login. */
export async function invokeUnderGuard(
  ground: GuardGround,
  change: Change,
  guarded: { readonly change: GuardedChange; readonly settings: GuardSettings },
  module: GuardedModule,
): Promise<{ readonly result: TaskResult; readonly differences: readonly Difference[] }> {
  let now: Values = {};
  const outcome = await applyUnderGuard(ground, guarded.change, guarded.settings, {
    verify: async (access, route) => {
      now = await module.again(access, route);
      const left = module.check(now);
      const labels = left?.differences.map(({ label }) => label).join(', ');
      return left && `not as it should be: ${labels || 'no difference is named'}`;
    },
    intent: module.intent,
  });
  const confirmed = outcome.report.outcome === 'CONFIRMED';
  if (confirmed) module.left(now);
  const warnings = [...(change.warnings ?? []), ...(outcome.report.warnings ?? [])];
  const result = {
    ...(warnings.length > 0 ? { warnings } : {}),
    ...module.fields,
    ...resultOf(outcome),
  };
  return { result, differences: confirmed ? change.differences : [] };
}

/**
 * A host that is as the task wants it, but only until somebody else's change is taken back, is not: refused. Undefined where no change is
 * pending, or where it cannot be told.
 */
export async function refusedWhilePending({ host, route }: GuardGround): Promise<TaskResult | undefined> {
  const status = parseStatus(await call(host.access, route, statusScript(NET, ''), 10));
  return status && isPending(status) ? resultOf(refusal(problems.held(status), 0)) : undefined;
}
