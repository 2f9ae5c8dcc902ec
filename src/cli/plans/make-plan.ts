import type { HostResult } from '../../core/event.ts';
import type { RunOptions, RunOutcome } from '../../engine/options.ts';
import { type Collected, collectPlan } from '../../engine/planner.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { LoadedPlaybook } from '../../playbook/tree.ts';
import type { TerminalReporter } from '../../reporters/reporter.ts';
import type { RunOrigin } from '../run-origin.ts';
import { runPlaybooks } from '../run-playbooks.ts';
import type { Terminal } from '../terminal.ts';

export interface Planned extends Collected {
  readonly outcome: RunOutcome;
  readonly results: readonly HostResult[];
}

/** A check run that remembers all that it found. */
export async function makePlan(
  playbooks: readonly LoadedPlaybook[],
  inventory: Inventory,
  options: RunOptions,
  reporter: TerminalReporter,
  terminal: Terminal,
  origin: RunOrigin | undefined,
): Promise<Planned> {
  const collected = collectPlan();
  const results: HostResult[] = [];
  const listening: TerminalReporter = {
    ...reporter,
    handle: (event) => {
      if (event.type === 'hostResult') results.push(event);
      reporter.handle(event);
    },
  };
  const checking = { ...options, check: true, diff: true };
  const { planner } = collected;
  const outcome = await runPlaybooks(playbooks, inventory, checking, listening, terminal, origin, {
    planner,
  });
  return { ...collected, outcome, results };
}

/** Whether a plan has anything to do. */
export function hasChanges(planned: Pick<Collected, 'rows'>): boolean {
  return Object.values(planned.rows()).some(({ status, unknown }) => status === 'changed' || unknown);
}
