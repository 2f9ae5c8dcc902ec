import { toJson } from '../../core/fields.ts';
import { listRuns } from '../../journal/directory.ts';
import type { DefineCommand } from '../command.ts';
import { noSuchHost, runsUsage } from '../problems.ts';
import { recordedRun, runsOf } from '../runs/recorded.ts';
import { type RunSummary, summarize } from '../runs/summary.ts';
import { formatList, formatReport, formatRunDiff, formatShow } from '../runs/text.ts';
import type { Terminal } from '../terminal.ts';
import { wholeNumber } from '../values.ts';

interface RunsFlags {
  readonly host?: string;
  readonly json?: true;
  readonly commands?: true;
  readonly last: number;
}

const EXAMPLES = `
Examples:
  $ hostwright runs list
  $ hostwright runs show latest --host web1
  $ hostwright runs diff 20261120-214502-3f9a latest
  $ hostwright runs report latest --commands > night.txt

RUN is an id, the beginning of one, or latest.
`;

export const defineRuns: DefineCommand = (command, { terminal, write }) => {
  command
    .usage('list | show RUN | diff RUN RUN | report RUN [OPTIONS]')
    .argument('[what]', 'list (the default), show, diff or report', 'list')
    .argument('[runs...]', 'the run or runs that are meant')
    .option('--host <name>', 'show or report this host alone, task by task')
    .option('--commands', 'report also the scripts that were sent, secrets masked')
    .option('--last <number>', 'list no more than the last ones', wholeNumber('--last', 1), 20)
    .option('--json', 'as JSON')
    .addHelpText('after', EXAMPLES)
    .action((what: string, names: string[], flags: RunsFlags) => write(tell(what, names, flags, terminal)));
};

function tell(what: string, names: readonly string[], flags: RunsFlags, terminal: Terminal): string {
  const [first, second] = names;
  if (what === 'list' && names.length === 0) {
    const runs = listRuns(runsOf(terminal)).slice(0, flags.last).flatMap(readable(terminal));
    return flags.json
      ? json(runs.map(({ hosts, ...run }) => ({ ...run, hosts: hosts.map(({ host }) => host) })))
      : formatList(runs);
  }
  if (what === 'show' && first !== undefined && names.length === 1) {
    const run = ofHost(summarize(recordedRun(first, terminal)), flags.host);
    return flags.json ? json(run) : formatShow(run, flags.host !== undefined);
  }
  if (what === 'report' && first !== undefined && names.length === 1) {
    const recorded = recordedRun(first, terminal);
    const run = ofHost(summarize(recorded), flags.host);
    if (!flags.json) return formatReport(run, recorded, flags.commands === true);
    return json({ ...run, end: recorded.history.end, results: recorded.history.results });
  }
  if (what === 'diff' && first !== undefined && second !== undefined && names.length === 2) {
    const [before, after] = [first, second].map((name) => summarize(recordedRun(name, terminal)));
    return formatRunDiff(before as RunSummary, after as RunSummary);
  }
  throw runsUsage(what);
}

/** A journal that cannot be read must not hide the others. */
function readable(terminal: Terminal): (runId: string) => readonly RunSummary[] {
  return (runId) => {
    try {
      return [summarize(recordedRun(runId, terminal))];
    } catch {
      return [];
    }
  };
}

function ofHost(run: RunSummary, name: string | undefined): RunSummary {
  if (name === undefined) return run;
  const hosts = run.hosts.filter(({ host }) => host === name);
  if (hosts.length === 0)
    throw noSuchHost(
      name,
      run.hosts.map(({ host }) => host),
    );
  return { ...run, hosts };
}

function json(value: unknown): string {
  return `${toJson(value, 2)}\n`;
}
