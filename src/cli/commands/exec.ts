import type { ExitCode } from '../../core/result.ts';
import type { DefineCommand } from '../command.ts';
import type { TaskFlags } from '../flags.ts';
import { inventorySources } from '../inventory-sources.ts';
import { moduleArguments } from '../module-arguments.ts';
import { oneTaskPlaybook } from '../one-task.ts';
import { loadInventoryFrom, loadModules } from '../parts.ts';
import { unknownModule } from '../problems.ts';
import { addTaskOptions, runOptionsOf } from '../run-options.ts';
import { createReporter, runPlaybooks } from '../run-playbooks.ts';
import type { Terminal } from '../terminal.ts';

interface ExecFlags extends TaskFlags {
  readonly module: string;
  readonly args: string;
}

const EXAMPLES = `
Examples:
  $ hostwright exec all -i inventory -m command -a uptime
  $ hostwright exec 'kvm:!kvm3' -b -m service -a 'name=libvirtd state=restarted'
  $ hostwright exec kvm1 -b -C -D -m copy -a 'src=motd dest=/etc/motd'
`;

export const defineExec: DefineCommand = (command, { terminal, finish }) => {
  command.usage('PATTERN -m MODULE [-a ARGS] [OPTIONS]').argument('<pattern>', 'hosts and groups');
  addTaskOptions(
    command
      .optionsGroup('The task:')
      .option('-m, --module <name>', 'the module to run', 'command')
      .option('-a, --args <text>', 'its parameters: name=value …, a YAML or JSON map, or free text', ''),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (pattern: string, flags: ExecFlags) => finish(await exec(pattern, flags, terminal)));
};

async function exec(pattern: string, flags: ExecFlags, terminal: Terminal): Promise<ExitCode> {
  const modules = await loadModules();
  const load = Object.hasOwn(modules, flags.module) ? modules[flags.module] : undefined;
  if (!load) throw unknownModule(flags.module, Object.keys(modules));
  const params = await moduleArguments(flags.args, await load());
  const sources = await inventorySources(flags.inventory, terminal);
  const inventory = await loadInventoryFrom(sources);
  const options = await runOptionsOf(flags, terminal);
  // Whoever runs one command wants to see what it says.
  const reporter = await createReporter(flags.reporter, Math.max(1, options.verbosity), terminal);
  const playbook = oneTaskPlaybook(pattern, flags.module, params);
  const origin = { command: 'exec', files: [], inventory: sources } as const;
  return (await runPlaybooks([playbook], inventory, options, reporter, terminal, origin)).exitCode;
}
