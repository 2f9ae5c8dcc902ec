import type { Command } from 'commander';
import type { ExitCode } from '../../core/result.ts';
import type { RunOptions } from '../../engine/options.ts';
import { firstMove, outlineOf } from '../../engine/outline.ts';
import { inFlight } from '../../journal/history.ts';
import type { LoadedPlaybook } from '../../playbook/tree.ts';
import type { DefineCommand } from '../command.ts';
import type { TaskFlags } from '../flags.ts';
import { inventorySources } from '../inventory-sources.ts';
import { loadInventoryFrom, loadPlaybooks } from '../parts.ts';
import { notResumable, playbookMoved, undecidedCommands } from '../problems.ts';
import { addConnectionOptions, addInventoryOption, addOutputOptions, runOptionsOf } from '../run-options.ts';
import { createReporter, runPlaybooks } from '../run-playbooks.ts';
import { sayNothingLeft } from '../runs/nothing-left.ts';
import { definedOf, originOfRun, type Recorded, recordedRun, untilHostsNoticed } from '../runs/recorded.ts';
import type { Terminal } from '../terminal.ts';
import { oneOf } from '../values.ts';

interface ResumeFlags extends TaskFlags {
  readonly inFlight?: 'redo' | 'skip';
  readonly moved?: true;
}

const EXAMPLES = `
Examples:
  $ hostwright resume latest
  $ hostwright resume 20261120-214502-3f9a --in-flight skip
`;

export const defineResume: DefineCommand = (command, { terminal, finish }) => {
  command
    .usage('RUN [OPTIONS]')
    .argument('<run>', 'id of the run, the beginning of one, or latest')
    .optionsGroup('How it goes on:')
    .option(
      '--in-flight <choice>',
      'redo or skip commands of which nobody knows whether they ran',
      oneOf('--in-flight', ['redo', 'skip']),
    )
    .option('--moved', 'go on although tasks of the playbook have moved');
  addInventoryOption(command);
  addOutputOptions(command);
  addConnectionOptions(command as Command)
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, flags: ResumeFlags) => finish(await resume(run, flags, terminal)));
};

async function resume(wanted: string, flags: ResumeFlags, terminal: Terminal): Promise<ExitCode> {
  const recorded = recordedRun(wanted, terminal);
  const { runId, history, open } = recorded;
  const why = reasonAgainst(recorded);
  if (why !== undefined) throw notResumable(runId, why);
  if (isComplete(recorded)) {
    const text = `The run ${runId} came to its end without a failure: nothing is left to do.`;
    sayNothingLeft(text, flags.reporter, terminal);
    return 0;
  }
  const origin = originOfRun(recorded);
  await untilHostsNoticed(recorded);
  process.chdir(origin.directory);
  const sources = await inventorySources(flags.inventory ?? origin.inventory, terminal);
  const [playbooks, inventory] = await Promise.all([
    loadPlaybooks(origin.files),
    loadInventoryFrom(sources, origin.files),
  ]);
  if (!flags.moved) refuseMoved(recorded, playbooks);
  const choice = await decide(recorded, flags, terminal);
  const given = await runOptionsOf({ ...flags, forks: origin.options.forks }, terminal);
  const options: RunOptions = {
    ...given,
    ...origin.options,
    diff: given.diff || origin.options.diff,
    connection: { ...given.connection, ...origin.options.connection, ...definedOf(given.connection) },
  };
  const reporter = await createReporter(flags.reporter, options.verbosity, terminal);
  const again = { ...origin, inventory: sources };
  const how = { runId, history, open, inFlight: choice };
  return (await runPlaybooks(playbooks, inventory, options, reporter, terminal, again, { resume: how }))
    .exitCode;
}

function reasonAgainst({ history, owner, open }: Recorded): string | undefined {
  if (owner !== undefined) return `it is still going on (process ${owner})`;
  if (history.begin.check) return 'it was a check run, which changes nothing';
  const { command } = open(history.begin.origin) as { command?: string };
  if (command === 'undo')
    return 'it took another run back; undo that one again, what is undone is left alone';
  if (command === 'exec') return 'it was a single task without a playbook';
  return undefined;
}

function isComplete({ history: { end } }: Recorded): boolean {
  return end !== undefined && end.exitCode === 0 && Object.keys(end.owed).length === 0;
}

function refuseMoved({ history }: Recorded, playbooks: readonly LoadedPlaybook[]): void {
  const moved = firstMove(history.begin.outline, outlineOf(playbooks));
  if (moved) throw playbookMoved(moved.was, moved.is);
}

/** What is to become of commands that were in flight: as the option says, or as a person answers. */
async function decide(
  { history }: Recorded,
  flags: ResumeFlags,
  terminal: Terminal,
): Promise<'redo' | 'skip'> {
  if (flags.inFlight) return flags.inFlight;
  const commands = inFlight(history).filter(({ intent }) => !intent.converges);
  if (commands.length === 0) return 'redo';
  const named = commands.map(({ intent }) => `"${intent.task}" on ${intent.key.host}`);
  if (!terminal.ask) throw undecidedCommands(named);
  for (;;) {
    const question = `Nobody knows whether these ran: ${named.join(', ')}. (r)un them again or (s)kip them?`;
    const answer = (await terminal.ask(question, true)).trim();
    if (/^r/i.test(answer)) return 'redo';
    if (/^s/i.test(answer)) return 'skip';
  }
}
