import { type Backend, type Host, lab } from '../lab/lab.ts';
import type { Meter } from './meter.ts';
import type { Finding, Scenario } from './scenario.ts';
import { differenceOf, residueOf } from './state.ts';
import { createTrial } from './trial.ts';

export interface Verdict {
  readonly number: string;
  readonly name: string;
  readonly backend: Backend;
  readonly tool: string;
  readonly outcome: string;
  readonly expected: string;
  /** Longest silence of the host and of the guest, seconds. */
  readonly outage: number | undefined;
  readonly guestOutage: number | undefined;
  readonly late: number | undefined;
  /** Why it is not as it should be; empty: it is. */
  readonly problems: readonly string[];
}

/** Seconds after which the host is looked at a second time: what holds now must still hold then. */
const SECOND_LOOK = 6;

/** Plays a scenario on a host of its own, and compares all of the host's state. The same judge for every tool. */
export async function judge(
  scenario: Scenario & { readonly tool?: string },
  backend: Backend,
): Promise<Verdict> {
  const { number, name, expected, leaves, tool = 'Hostwright' } = scenario;
  const meters: Meter[] = [];
  const problems: string[] = [];
  let found: Finding = { outcome: undefined };
  let outage: number | undefined;
  let host: Host | undefined;
  try {
    host = await lab.host({ backend, name: `${backend}-${Math.random().toString(36).slice(2, 6)}` });
    const trial = createTrial(host, backend, meters);
    await trial.sleep(2);
    const before = await trial.state();
    found = await scenario.play(trial);
    problems.push(...(found.wrong ?? []));
    if (found.outcome !== expected)
      problems.push(`the outcome is ${found.outcome}, not ${expected}: ${found.message ?? ''}`);
    outage = meters[0]?.close();
    for (const look of ['at once', `${SECOND_LOOK} s later`]) {
      const now = await settledState(trial.state, found.before ?? before, leaves);
      if (leaves === 'before') {
        const differs = differenceOf(found.before ?? before, now);
        problems.push(...differs.slice(0, 6).map((line) => `${look}, the state differs: ${line}`));
      } else if (!/^link eth0 .* master=br0$/m.test(now)) problems.push(`${look}, eth0 is no port of br0`);
      if (look === 'at once') await trial.sleep(SECOND_LOOK);
    }
    problems.push(...(await residueOf(host)).map((line) => `left behind: ${line}`));
  } catch (thrown) {
    problems.push(`the drill itself failed: ${(thrown as Error).message.slice(0, 600)}`);
  } finally {
    meters[0]?.close();
    await host?.down().catch(() => {});
  }
  return {
    number,
    name,
    backend,
    tool,
    outcome: found.outcome ?? 'nothing',
    expected,
    outage,
    guestOutage: found.guestOutage,
    late: found.late,
    problems,
  };
}

/** The state, a moment later where it is not yet what it is to be: a route of a router advertisement comes when it comes. */
async function settledState(
  state: () => Promise<string>,
  before: string,
  leaves: 'before' | 'after',
): Promise<string> {
  for (let tries = 0; ; tries++) {
    const now = await state();
    if (leaves === 'after' || now === before || tries >= 4) return now;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
