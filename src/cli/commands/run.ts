import type { ExitCode } from '../../core/result.ts';
import type { RunOptions } from '../../engine/options.ts';
import { enforcePlan, type Planner, type Rows } from '../../engine/planner.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { LoadedPlaybook } from '../../playbook/tree.ts';
import { cleanText } from '../../reporters/clean.ts';
import type { DefineCommand } from '../command.ts';
import { loadPlaybooks } from '../parts.ts';
import { hasChanges, makePlan } from '../plans/make-plan.ts';
import { notConfirmed } from '../problems.ts';
import { addTaskOptions } from '../run-options.ts';
import { createReporter, runPlaybooks } from '../run-playbooks.ts';
import { addSelectionOptions, type RunFlags, runInputs } from '../run-selection.ts';
import type { Terminal } from '../terminal.ts';

interface RunCommandFlags extends RunFlags {
  readonly step?: true;
  readonly confirm?: true;
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
  addSelectionOptions(addTaskOptions(command))
    .option('--step', 'show what each task would change, and ask before it')
    .option('--confirm', 'show everything that would change, ask once, then do exactly that')
    .optionsGroup('Only show:')
    .option('--list-hosts', 'the hosts that would be worked on')
    .option('--list-tasks', 'the tasks that would run')
    .option('--list-tags', 'the tags that there are')
    .option('--syntax-check', 'whether the playbooks are right, and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: RunCommandFlags) => finish(await run(files, flags, terminal)));
};

async function run(files: readonly string[], flags: RunCommandFlags, terminal: Terminal): Promise<ExitCode> {
  if (flags.syntaxCheck) {
    const playbooks = await loadPlaybooks(files);
    for (const { file } of playbooks) terminal.output.write(`playbook: ${file}\n`);
    return 0;
  }
  const { playbooks, inventory, options: given, sources } = await runInputs(files, flags, terminal);
  if (flags.listHosts || flags.listTasks || flags.listTags) {
    const { listPlaybooks } = await import('../listing.ts');
    terminal.output.write(listPlaybooks(playbooks, inventory, { ...flags, ...given }));
    return 0;
  }
  const options = { ...given, confirmTask: flags.step ? await stepQuestion() : undefined };
  const origin = { command: 'run', files, inventory: sources } as const;
  let planner: Planner | undefined;
  if (flags.confirm && !options.check) {
    const plan = await confirm(playbooks, inventory, options, flags, terminal);
    if (typeof plan === 'number') return plan;
    planner = enforcePlan(plan);
  }
  const expected = async () =>
    (await import('../runs/expected.ts')).expectedOf(files, options.check, terminal);
  const reporter = await createReporter(flags.reporter, options.verbosity, terminal, expected);
  const held = planner ? { planner } : {};
  const { exitCode } = await runPlaybooks(playbooks, inventory, options, reporter, terminal, origin, held);
  return exitCode;
}

/** Shows what would change and asks; what is to be done, or the exit code where there is nothing to do or to confirm. */
async function confirm(
  playbooks: readonly LoadedPlaybook[],
  inventory: Inventory,
  options: RunOptions,
  flags: RunFlags,
  terminal: Terminal,
): Promise<Rows | ExitCode> {
  if (!terminal.ask) throw notConfirmed();
  const reporter = await createReporter(flags.reporter, options.verbosity, terminal);
  const planned = await makePlan(playbooks, inventory, options, reporter, terminal, undefined);
  if (planned.outcome.exitCode !== 0 || !hasChanges(planned)) return planned.outcome.exitCode;
  const answer = await terminal.ask('Make these changes? (y)es, (n)o', true);
  if (!/^y/i.test(answer.trim())) throw notConfirmed();
  return planned.rows();
}

async function stepQuestion() {
  const { ask } = await import('../ask.ts');
  return async (
    task: string,
    hosts: readonly string[],
    preview: string,
  ): Promise<'yes' | 'no' | 'continue'> => {
    const shown = cleanText(preview);
    const where = hosts.length > 3 ? `${hosts.length} hosts` : hosts.join(', ');
    for (;;) {
      const answer = (
        await ask(`${shown}Run "${task}" on ${where}? (y)es, (n)o, (c)ontinue without asking`, true)
      ).trim();
      if (/^(y|yes)$/i.test(answer)) return 'yes';
      if (/^(n|no)$/i.test(answer)) return 'no';
      if (/^(c|continue)$/i.test(answer)) return 'continue';
    }
  };
}
