import { type Backend, type Host, type HostOptions, lab } from '../lab/lab.ts';
import type { Trial } from './trial.ts';

export type Outcome = 'CONFIRMED' | 'ROLLED_BACK' | 'REFUSED' | 'UNKNOWN' | 'FAILED' | 'OK';

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
  /** The host was not at the address that is pinged. */
  readonly unmeasured?: true;
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
  /** The host that it is played on, where that is no plain one. */
  readonly host?: Partial<HostOptions>;
  /** Played after all others: it changes the network that they are in. */
  readonly last?: true;
  readonly play: (trial: Trial) => Promise<Finding>;
}

/** What must be refused, with its reason, before anything is touched. Many are put to one host, one after the other. */
export interface Refusal {
  readonly number: string;
  readonly name: string;
  readonly backends: readonly Backend[];
  /** Shell that makes it so, inside the host, and shell that makes it good again. */
  readonly stage?: ((host: Host) => string) | undefined;
  readonly unstage?: string;
  /** The same on the machine around the host: what others on its network do. */
  readonly around?: (host: Host) => { readonly stage: string; readonly unstage: string };
  /** Of host_bridge. */
  readonly params: (host: Host) => Readonly<Record<string, unknown>>;
  readonly guard?: Readonly<Record<string, unknown>>;
  /** Stands in the reason. */
  readonly because: (host: Host) => string;
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

/** A finding to which more is wrong, where any of these does not hold. */
export function besides(found: Finding, ...claims: readonly (readonly [boolean, string])[]): Finding {
  const wrong = claims.flatMap(([holds, sentence]) => (holds ? [] : [sentence]));
  return { ...found, wrong: [...(found.wrong ?? []), ...wrong] };
}

/** Warnings of the task that changed the network. */
export function warningsOf({ results }: { readonly results: readonly object[] }): string {
  const [result] = results as readonly { warnings?: readonly string[] }[];
  return (result?.warnings ?? []).join('\n');
}

/** An address of the office network at which nobody answers. */
export function nobody(): string {
  return lab.lan.address.replace(/\.1$/, '.254');
}

/** Addressing as the host has it, with this gateway. */
export function throughGateway(host: Host, gateway: string) {
  return { address: `${host.address}/24`, gateway, dns: [lab.lan.address] };
}
