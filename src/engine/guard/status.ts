export type TransactionState = 'preparing' | 'armed' | 'rolling' | 'confirmed' | 'rolled-back' | 'failed';

/** What a host says of a transaction. */
export interface TransactionStatus {
  readonly transaction: string;
  readonly state: TransactionState;
  readonly owner: string;
  /** ISO 8601, by the clock of the controller that began it. */
  readonly since: string;
  readonly machineId: string;
  readonly bootId: string;
  /** Seconds until the host takes it back; undefined where it is not waiting. */
  readonly secondsLeft: number | undefined;
  /** Exit status of the change; undefined while it runs, or where it was never begun. */
  readonly applyStatus: number | undefined;
  readonly applying: boolean;
  /** Why it was taken back. */
  readonly reason: string | undefined;
  /** Nothing had been changed, so that nothing was touched. */
  readonly untouched: boolean;
  readonly degraded: boolean;
  readonly incomplete: boolean;
  readonly warnings: readonly string[];
  /** Seconds after the deadline at which the rollback began. */
  readonly late: number | undefined;
  /** Seconds that the rollback took. */
  readonly rollbackSeconds: number | undefined;
}

const STATES: readonly string[] = ['preparing', 'armed', 'rolling', 'confirmed', 'rolled-back', 'failed'];

/** Reads `key=value` lines; undefined where they are not those of a transaction. */
export function parseStatus({ stdout }: { readonly stdout: string }): TransactionStatus | undefined {
  const { values, warnings } = parseLines(stdout);
  const state = values.get('state') ?? '';
  const transaction = values.get('transaction');
  if (transaction === undefined || !STATES.includes(state)) return undefined;
  const number = (name: string) => {
    const text = values.get(name);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const difference = (a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined ? undefined : a - b;
  return {
    transaction,
    state: state as TransactionState,
    owner: values.get('owner') ?? '',
    since: values.get('since') ?? '',
    machineId: values.get('now_machine_id') ?? '',
    bootId: values.get('now_boot_id') ?? '',
    secondsLeft: state === 'armed' ? difference(number('deadline'), number('uptime')) : undefined,
    applyStatus: number('apply.rc'),
    applying: values.has('applying'),
    reason: values.get('reason'),
    untouched: values.has('untouched'),
    degraded: values.has('degraded'),
    incomplete: values.has('incomplete'),
    warnings,
    late: difference(number('began'), number('deadline')),
    rollbackSeconds: state === 'confirmed' ? undefined : difference(number('ended'), number('began')),
  };
}

export function parseLines(text: string): {
  readonly values: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
  readonly refusals: readonly string[];
} {
  const values = new Map<string, string>();
  const warnings: string[] = [];
  const refusals: string[] = [];
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at < 1) continue;
    const [name, value] = [line.slice(0, at), line.slice(at + 1).slice(0, 500)];
    if (name === 'warning') warnings.push(value);
    else if (name === 'refuse') refusals.push(value);
    else values.set(name, value);
  }
  return { values, warnings, refusals };
}
