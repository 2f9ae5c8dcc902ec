import type { ExitCode } from '../../core/result.ts';
import type { DefineCommand } from '../command.ts';
import type { TaskFlags } from '../flags.ts';
import { inventorySources } from '../inventory-sources.ts';
import { loadInventoryFrom, loadPlaybooks } from '../parts.ts';
import { addTaskOptions, collect, runOptionsOf } from '../run-options.ts';
import { createReporter, runPlaybooks } from '../run-playbooks.ts';
import type { Terminal } from '../terminal.ts';

interface RunFlags extends TaskFlags {
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly step?: true;
  readonly startAtTask?: string;
  readonly forceHandlers?: true;
  readonly listHosts?: true;
  readonly listTasks?: true;
  readonly listTags?: true;
  readonly syntaxCheck?: true;
}

const EXAMPLES = `
Examples:
  $ hostwright run site.yaml -i inventory --check --diff
  $ hostwright run site.yaml -i inventory --limit 'web*:!web3' --tags config
  $ hostwright run bridge.yaml -i kvm1, -u admin -K -e bridge=br0 -e @site.yaml
  $ hostwright run site.yaml -i inventory --reporter json > run.jsonl
`;

export const defineRun: DefineCommand = (command, { terminal, finish }) => {
  command.usage('PLAYBOOK… [OPTIONS]').argument('<playbook...>', 'playbook files, run one after the other');
  addTaskOptions(command)
    .optionsGroup('Which tasks:')
    .option('-t, --tags <tags>', 'only tasks with one of these tags', collect)
    .option('--skip-tags <tags>', 'no tasks with one of these tags', collect)
    .option('--start-at-task <name>', 'leave out everything before this task')
    .option('--step', 'ask before each task')
    .option('--force-handlers', 'run notified handlers even on hosts that failed')
    .optionsGroup('Only show:')
    .option('--list-hosts', 'the hosts that would be worked on')
    .option('--list-tasks', 'the tasks that would run')
    .option('--list-tags', 'the tags that there are')
    .option('--syntax-check', 'whether the playbooks are right, and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: RunFlags) => finish(await run(files, flags, terminal)));
};

async function run(files: readonly string[], flags: RunFlags, terminal: Terminal): Promise<ExitCode> {
  if (flags.syntaxCheck) {
    const playbooks = await loadPlaybooks(files);
    for (const { file } of playbooks) terminal.output.write(`playbook: ${file}\n`);
    return 0;
  }
  const sources = inventorySources(flags.inventory, terminal);
  const [playbooks, inventory] = await Promise.all([
    loadPlaybooks(files),
    sources.then((from) => loadInventoryFrom(from, files)),
  ]);
  const selection = { tags: splitTags(flags.tags), skipTags: splitTags(flags.skipTags) };
  if (flags.listHosts || flags.listTasks || flags.listTags) {
    const { listPlaybooks } = await import('../listing.ts');
    terminal.output.write(listPlaybooks(playbooks, inventory, { ...flags, ...selection }));
    return 0;
  }
  const options = {
    ...(await runOptionsOf(flags, terminal)),
    ...selection,
    startAtTask: flags.startAtTask,
    forceHandlers: flags.forceHandlers === true,
    confirmTask: flags.step ? await stepQuestion() : undefined,
  };
  const reporter = await createReporter(flags.reporter, options.verbosity, terminal);
  const origin = { command: 'run', files, inventory: await sources } as const;
  const { exitCode } = await runPlaybooks(playbooks, inventory, options, reporter, terminal, origin);
  return exitCode;
}

/** Tags may be given several times and with commas. */
function splitTags(values: readonly string[] = []): readonly string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

async function stepQuestion() {
  const { ask } = await import('../ask.ts');
  return async (task: string, hosts: readonly string[]): Promise<'yes' | 'no' | 'continue'> => {
    const where = hosts.length > 3 ? `${hosts.length} hosts` : hosts.join(', ');
    for (;;) {
      const answer = (
        await ask(`Run "${task}" on ${where}? (y)es, (n)o, (c)ontinue without asking`, true)
      ).trim();
      if (/^(y|yes)$/i.test(answer)) return 'yes';
      if (/^(n|no)$/i.test(answer)) return 'no';
      if (/^(c|continue)$/i.test(answer)) return 'continue';
    }
  };
}
