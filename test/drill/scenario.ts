import { type Backend, lab } from '../lab/lab.ts';
import type { Trial } from './trial.ts';

export type Outcome = 'CONFIRMED' | 'ROLLED_BACK' | 'REFUSED' | 'FAILED' | 'OK';

/** What somebody found out about a scenario that it went through. */
export interface Finding {
  /** As the run says it, or where its controller was killed, as the host says it. */
  readonly outcome: string | undefined;
  /** What the run said. */
  readonly message?: string;
  /** More that must hold; each a sentence where it does not. */
  readonly wrong?: readonly string[];
  /** State from before the change, where the scenario changes the host on purpose before it. */
  readonly before?: string;
  /** Seconds between the deadline and the rollback. */
  readonly late?: number;
  /** Longest silence of a guest, seconds. */
  readonly guestOutage?: number;
}

export interface Scenario {
  /** As docs/safety.md numbers them. */
  readonly number: string;
  readonly name: string;
  readonly expected: Outcome;
  readonly backends: readonly Backend[];
  /** `before`: the host is as it was, in all. `after`: it has the bridge. */
  readonly leaves: 'before' | 'after';
  readonly play: (trial: Trial) => Promise<Finding>;
}

export const ALL: readonly Backend[] = ['ifupdown', 'nmcli', 'netplan', 'networkd', 'ifcfg'];

/** The outcome of a run whose controller lived to tell. */
export function told(run: {
  readonly outcome: string | undefined;
  readonly results: readonly object[];
  readonly stderr: string;
}): Finding {
  const [result] = run.results as readonly { failed?: boolean; unreachable?: boolean; msg?: string }[];
  const outcome = run.outcome ?? (result?.failed ? 'FAILED' : result ? 'OK' : undefined);
  return {
    outcome,
    ...(result?.msg === undefined ? {} : { message: result.msg }),
    wrong: outcome === undefined ? [`the run said nothing: ${run.stderr.slice(0, 300)}`] : [],
  };
}

/** The outcome as the host tells it, once it is over. */
export async function asked(trial: Trial): Promise<Finding> {
  const values = await trial.settled();
  const outcome = { confirmed: 'CONFIRMED', 'rolled-back': 'ROLLED_BACK', failed: 'FAILED' }[
    values.state ?? ''
  ];
  const late = Number(values.began) - Number(values.deadline);
  return {
    outcome,
    ...(Number.isFinite(late) ? { late } : {}),
    wrong:
      values.degraded === undefined ? [] : ['the own tools of the host did not bring the old network back'],
  };
}

/** An address of the office network at which nobody answers. */
export function nobody(): string {
  return lab.lan.address.replace(/\.1$/, '.254');
}
