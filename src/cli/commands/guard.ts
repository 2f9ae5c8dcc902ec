import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostResult } from '../../core/event.ts';
import type { ExitCode } from '../../core/result.ts';
import type { TransactionStatus } from '../../engine/guard/status.ts';
import { cleanLine } from '../../reporters/clean.ts';
import { explainFailure } from '../../reporters/explain.ts';
import type { DefineCommand } from '../command.ts';
import type { TaskFlags } from '../flags.ts';
import { inventorySources } from '../inventory-sources.ts';
import { oneTaskPlaybook } from '../one-task.ts';
import { loadGuard, loadInventoryFrom } from '../parts.ts';
import { unknownGuardAction } from '../problems.ts';
import { addConnectionOptions, addInventoryOption, runOptionsOf } from '../run-options.ts';
import { runPlaybooks } from '../run-playbooks.ts';
import type { Terminal } from '../terminal.ts';

const ACTIONS = ['status', 'confirm', 'rollback'] as const;
type Action = (typeof ACTIONS)[number];

const EXAMPLES = `
A change of the network under the guard waits on the host until it is
confirmed, and is taken back when nobody does. "status" tells what it is doing
or how the last one ended, "confirm" keeps it, "rollback" takes it back now.
Any operator with root on the host may do so, from any machine.

Examples:
  $ hostwright guard status kvm1 -i inventory
  $ hostwright guard rollback kvm1 -i inventory -b
`;

/** Seconds that a rollback is waited for. */
const ROLLBACK_SECONDS = 120;

export const defineGuard: DefineCommand = (command, { terminal, finish }) => {
  addInventoryOption(
    command
      .usage('status|confirm|rollback HOST [OPTIONS]')
      .argument('<action>', 'status, confirm or rollback')
      .argument('<host>', 'hosts and groups'),
  );
  addConnectionOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (action: string, pattern: string, flags: TaskFlags) =>
      finish(await guard(action, pattern, flags, terminal)),
    );
};

async function guard(
  action: string,
  pattern: string,
  flags: TaskFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  if (!isAction(action)) throw unknownGuardAction(action, ACTIONS);
  const { networkTransaction, describeStatus } = await loadGuard();
  const inventory = await loadInventoryFrom(await inventorySources(flags.inventory, terminal));
  const options = await runOptionsOf({ ...flags, forks: flags.forks ?? 10 }, terminal);
  const who = `${userInfo().username}@${hostname()}`;
  const modules = { network_transaction: async () => networkTransaction };
  const ask = async (what: Action, hosts: string) => {
    const results: HostResult[] = [];
    const reporter = {
      handle: (event: { type: string }) => {
        if (event.type === 'hostResult') results.push(event as HostResult);
      },
    };
    const playbook = { ...oneTaskPlaybook(hosts, 'network_transaction', { action: what, who }), modules };
    const { exitCode } = await runPlaybooks([playbook], inventory, options, reporter, terminal);
    return { results, exitCode };
  };

  const done = await ask(action, pattern);
  const failed = done.results.filter(({ status }) => status === 'failed' || status === 'unreachable');
  // What a rollback does to the connection it was asked over is its own business.
  const asked = done.results.filter((event) => action === 'rollback' || !failed.includes(event));
  let exitCode: ExitCode = action === 'rollback' ? 0 : done.exitCode;
  for (const { host } of asked) {
    const { event, code } = await outcomeOn(host, action, ask);
    const status = event?.result.status as TransactionStatus | null | undefined;
    if (status === undefined) {
      if (event) explain(event, terminal);
      exitCode = code;
    } else {
      const [first, ...rest] = describeStatus(host, status).map(cleanLine);
      terminal.output.write(`${[first, ...rest.map((line) => `  ${line}`)].join('\n')}\n`);
      if (exitCode === 0) exitCode = exitCodeFor(action, status);
    }
  }
  for (const event of failed) if (!asked.includes(event)) explain(event, terminal);
  return exitCode;
}

/** The state after what was done; of a rollback, when it is over. */
async function outcomeOn(
  host: string,
  action: Action,
  ask: (what: Action, hosts: string) => Promise<{ results: readonly HostResult[]; exitCode: ExitCode }>,
): Promise<{ readonly event: HostResult | undefined; readonly code: ExitCode }> {
  const until = performance.now() + ROLLBACK_SECONDS * 1000;
  for (;;) {
    const { results, exitCode } = await ask('status', host);
    const [event] = results;
    const state = (event?.result.status as TransactionStatus | null | undefined)?.state;
    const over = state !== undefined && state !== 'rolling' && state !== 'armed';
    const known = event?.status === 'ok' && event.result.status === null;
    const refused = event?.result.error_code === 'guard-needs-root';
    if (action !== 'rollback' || over || known || refused || performance.now() > until)
      return { event, code: exitCode };
    await sleep(3000);
  }
}

function exitCodeFor(action: Action, status: TransactionStatus | null): ExitCode {
  if (action === 'status') return 0;
  const wanted = action === 'confirm' ? ['confirmed'] : ['rolled-back'];
  return status && wanted.includes(status.state) ? 0 : 2;
}

function explain(event: HostResult, terminal: Terminal): void {
  const { message } = explainFailure(event.result, event.status);
  terminal.writeError(`${cleanLine(event.host)}: ${cleanLine(message)}\n`);
}

function isAction(action: string): action is Action {
  return (ACTIONS as readonly string[]).includes(action);
}
