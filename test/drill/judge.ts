import { type Backend, type Host, type HostOptions, lab } from '../lab/lab.ts';
import { around } from './around.ts';
import type { Meter } from './meter.ts';
import { type Finding, type Refusal, type Scenario, told } from './scenario.ts';
import { differenceOf, residueOf } from './state.ts';
import { createTrial, type Trial } from './trial.ts';

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

/** A host on which something is played, and what is measured meanwhile. */
async function onHost<T>(
  backend: Backend,
  options: Partial<HostOptions>,
  work: (trial: Trial, meters: Meter[]) => Promise<T>,
): Promise<T> {
  const meters: Meter[] = [];
  let host: Host | undefined;
  try {
    host = await lab.host({
      backend,
      name: `${backend}-${Math.random().toString(36).slice(2, 6)}`,
      ...options,
    });
    const trial = createTrial(host, backend, meters);
    await trial.sleep(2);
    return await work(trial, meters);
  } finally {
    meters[0]?.close();
    await host?.down().catch(() => {});
  }
}

/** Puts all refusals to one host, one after the other. Each must say why, and leave the host as it was. */
export async function judgeRefusals(
  refusals: readonly Refusal[],
  backend: Backend,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  const begin = (refusal: Refusal, outcome: string, problems: readonly string[]) =>
    verdicts.push({
      ...{ number: refusal.number, name: refusal.name, backend, tool: 'Hostwright', expected: 'REFUSED' },
      ...{ outcome, problems, outage: undefined, guestOutage: undefined, late: undefined },
    });
  try {
    await onHost(backend, {}, async (trial) => {
      const first = await trial.state();
      for (const refusal of refusals) begin(refusal, ...(await refused(trial, refusal)));
      await trial.sleep(SECOND_LOOK);
      const differs = differenceOf(first, await trial.state());
      const late = differs.slice(0, 6).map((line) => `${SECOND_LOOK} s later, the state differs: ${line}`);
      const left = (await residueOf(trial.host)).map((line) => `left behind: ${line}`);
      const [last] = verdicts.slice(-1);
      if (last) verdicts[verdicts.length - 1] = { ...last, problems: [...last.problems, ...late, ...left] };
    });
  } catch (thrown) {
    const next = refusals[verdicts.length];
    if (next) begin(next, 'nothing', [`the drill itself failed: ${(thrown as Error).message.slice(0, 600)}`]);
  }
  return verdicts;
}

async function refused(
  { host, state, bridge }: Trial,
  { stage, unstage, around: neighbours, params, guard, because }: Refusal,
): Promise<[outcome: string, problems: readonly string[]]> {
  const problems: string[] = [];
  const others = neighbours?.(host);
  if (others) await around(others.stage);
  if (stage) {
    const { rc, stderr } = await host.inside(stage(host));
    if (rc !== 0) problems.push(`it could not be staged: ${stderr}`);
  }
  const before = await state();
  const found = told(await bridge(params(host), guard ? { guard } : {}));
  const now = await state();
  const kept = (await host.inside('ls -d /var/lib/hostwright/net/2* 2>/dev/null')).stdout.trim();
  if (unstage) await host.inside(unstage);
  if (others) await around(others.unstage);
  if (found.outcome !== 'REFUSED') problems.push(`the outcome is ${found.outcome}: ${found.message ?? ''}`);
  else if (!found.message?.includes(because(host))) problems.push(`the reason is: ${found.message}`);
  problems.push(...(found.wrong ?? []));
  problems.push(...differenceOf(before, now).map((line) => `the state differs: ${line}`));
  if (kept !== '') problems.push(`a transaction was begun: ${kept}`);
  return [found.outcome ?? 'nothing', problems];
}

/** Plays a scenario on a host of its own, and compares all of the host's state. The same judge for every tool. */
export async function judge(
  scenario: Scenario & { readonly tool?: string },
  backend: Backend,
): Promise<Verdict> {
  const { number, name, expected, leaves, tool = 'Hostwright' } = scenario;
  const problems: string[] = [];
  let found: Finding = { outcome: undefined };
  let outage: number | undefined;
  const played = onHost(backend, scenario.host ?? {}, async (trial, meters) => {
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
    problems.push(...(await residueOf(trial.host)).map((line) => `left behind: ${line}`));
  });
  await played.catch((thrown: Error) => {
    problems.push(`the drill itself failed: ${thrown.message.slice(0, 600)}`);
  });
  return {
    number,
    name,
    backend,
    tool,
    outcome: found.outcome ?? 'nothing',
    expected,
    outage: found.unmeasured ? undefined : outage,
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
