import type { HostResult } from '../../core/event.ts';
import { toJson } from '../../core/fields.ts';
import type { ExitCode } from '../../core/result.ts';
import { cleanLine } from '../../reporters/clean.ts';
import { explainFailure } from '../../reporters/explain.ts';
import type { DefineCommand } from '../command.ts';
import type { TaskFlags } from '../flags.ts';
import { inventorySources } from '../inventory-sources.ts';
import { oneTaskPlaybook } from '../one-task.ts';
import { loadInventoryFrom } from '../parts.ts';
import { addConnectionOptions, addInventoryOption, runOptionsOf } from '../run-options.ts';
import { runPlaybooks } from '../run-playbooks.ts';
import type { Terminal } from '../terminal.ts';
import { wholeNumber } from '../values.ts';

const EXAMPLES = `
Prints one JSON map: host to facts. They are what "facts" means in playbooks.

Examples:
  $ hostwright facts -i inventory
  $ hostwright facts kvm1 -i inventory
  $ hostwright facts all -i inventory | jq 'map_values(.distribution)'
`;

export const defineFacts: DefineCommand = (command, { terminal, finish }) => {
  addInventoryOption(
    command.usage('[PATTERN] [OPTIONS]').argument('[pattern]', 'hosts and groups', 'all'),
  ).option('-f, --forks <number>', 'hosts worked on at the same time', wholeNumber('--forks', 1), 10);
  addConnectionOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (pattern: string, flags: TaskFlags) => finish(await facts(pattern, flags, terminal)));
};

async function facts(pattern: string, flags: TaskFlags, terminal: Terminal): Promise<ExitCode> {
  const inventory = await loadInventoryFrom(await inventorySources(flags.inventory, terminal));
  const options = await runOptionsOf(flags, terminal);
  const results: HostResult[] = [];
  const reporter = {
    handle: (event: { type: string }) => {
      if (event.type === 'hostResult') results.push(event as HostResult);
    },
  };
  const playbook = oneTaskPlaybook(pattern, 'debug', { var: 'facts' });
  const outcome = await runPlaybooks([playbook], inventory, options, reporter, terminal);
  // Hosts answer in any order; what is printed has one.
  const order = (event: HostResult) => inventory.hosts.indexOf(event.host);
  const read = results.filter((event) => event.status === 'ok').toSorted((a, b) => order(a) - order(b));
  terminal.output.write(
    `${toJson(Object.fromEntries(read.map((event) => [event.host, event.result.facts])), 2)}\n`,
  );
  for (const event of results.filter((result) => !read.includes(result))) {
    const { message } = explainFailure(event.result, event.status);
    terminal.writeError(`${cleanLine(event.host)}: ${cleanLine(message)}\n`);
  }
  return outcome.exitCode;
}
