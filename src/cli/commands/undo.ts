import type { Command } from 'commander';
import type { ExitCode } from '../../core/result.ts';
import type { RunOptions } from '../../engine/options.ts';
import { type NoWayBack, planUndo } from '../../engine/undo-playbook.ts';
import { cleanLine } from '../../reporters/clean.ts';
import type { DefineCommand } from '../command.ts';
import type { TaskFlags } from '../flags.ts';
import { inventorySources } from '../inventory-sources.ts';
import { loadInventoryFrom } from '../parts.ts';
import { noConsent, notUndoable } from '../problems.ts';
import { addConnectionOptions, addInventoryOption, addOutputOptions, runOptionsOf } from '../run-options.ts';
import { createReporter, runPlaybooks } from '../run-playbooks.ts';
import { sayNothingLeft } from '../runs/nothing-left.ts';
import { definedOf, originOfRun, recordedRun, untilHostsNoticed } from '../runs/recorded.ts';
import { undoneIntents } from '../runs/undone.ts';
import type { Terminal } from '../terminal.ts';

interface UndoFlags extends TaskFlags {
  readonly yes?: true;
  readonly force?: true;
}

const EXAMPLES = `
Examples:
  $ hostwright undo latest --check --diff    what would be taken back
  $ hostwright undo latest                   take it back
  $ hostwright undo 20261120-2145 --limit web1 --yes
`;

export const defineUndo: DefineCommand = (command, { terminal, finish }) => {
  command
    .usage('RUN [OPTIONS]')
    .argument('<run>', 'id of the run, the beginning of one, or latest')
    .optionsGroup('What is taken back:')
    .option('-l, --limit <pattern>', 'only on these of its hosts')
    .option('-y, --yes', 'go on although some changes cannot be taken back')
    .option('--force', 'take back even what was changed since')
    .option('-C, --check', 'change nothing, show what would be taken back')
    .option('-D, --diff', 'show what differs, before and after');
  addInventoryOption(command);
  addOutputOptions(command);
  addConnectionOptions(command as Command)
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, flags: UndoFlags) => finish(await undo(run, flags, terminal)));
};

async function undo(wanted: string, flags: UndoFlags, terminal: Terminal): Promise<ExitCode> {
  const recorded = recordedRun(wanted, terminal);
  const { runId, history, open, owner } = recorded;
  if (owner !== undefined) throw notUndoable(runId, `it is still going on (process ${owner})`);
  if (history.begin.check) throw notUndoable(runId, 'it was a check run, which changes nothing');
  const plan = planUndo(runId, history, open, flags.force === true, undoneIntents(runId, terminal));
  const origin = originOfRun(recorded);
  if (plan.without.length > 0) terminal.writeError(listing(plan.without));
  if (!plan.playbook) {
    const why = plan.without.length > 0 ? 'did can be taken back' : 'changed is left to take back';
    sayNothingLeft(`Nothing that the run ${runId} ${why}.`, flags.reporter, terminal);
    return plan.without.length > 0 ? 2 : 0;
  }
  if (plan.without.length > 0 && !flags.check && !flags.yes) await consent(terminal, plan.without.length);
  await untilHostsNoticed(recorded);
  process.chdir(origin.directory);
  const sources = await inventorySources(flags.inventory ?? origin.inventory, terminal);
  const inventory = await loadInventoryFrom(sources, origin.files);
  const given = await runOptionsOf({ ...flags, forks: origin.options.forks }, terminal);
  const options: RunOptions = {
    ...given,
    extraVars: origin.options.extraVars,
    connection: { ...given.connection, ...origin.options.connection, ...definedOf(given.connection) },
  };
  const reporter = await createReporter(flags.reporter, options.verbosity, terminal);
  const own = {
    command: 'undo',
    files: origin.files,
    inventory: sources,
    undoes: runId,
    table: plan.table,
  } as const;
  return (await runPlaybooks([plan.playbook], inventory, options, reporter, terminal, own)).exitCode;
}

/** What has no way back, with the reason, before anything is asked or done. */
function listing(without: readonly NoWayBack[]): string {
  const lines = without.map(({ host, task, module, reason }) => {
    const sentence = reason.charAt(0).toUpperCase() + reason.slice(1).replace(/\.?$/, '.');
    return `  ${cleanLine(host)}  ${cleanLine(task)} (${module}): ${sentence}`;
  });
  return `These changes cannot be taken back:\n${lines.join('\n')}\n`;
}

async function consent({ ask }: Terminal, count: number): Promise<void> {
  if (!ask) throw noConsent(count);
  const answer = await ask('Take back the rest? (y)es, (n)o', true);
  if (!/^y/i.test(answer.trim())) throw noConsent(count);
}
