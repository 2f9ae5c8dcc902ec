import type { RunEvent } from '../core/event.ts';
import type { ExitCode } from '../core/result.ts';
import type { RunOptions, RunOutcome, RunParts } from '../engine/options.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { LoadedPlaybook } from '../playbook/tree.ts';
import { type ReporterName, reporters } from '../reporters/index.ts';
import type { Expected, TerminalReporter } from '../reporters/reporter.ts';
import { loadEngine, loadJournal, loadModules, loadTransports } from './parts.ts';
import { originOf, type RunOrigin } from './run-origin.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

/** Runs playbooks with a reporter on this terminal, and stops cleanly when interrupted. */
export async function runPlaybooks(
  playbooks: readonly LoadedPlaybook[],
  inventory: Inventory,
  options: RunOptions,
  reporter: TerminalReporter,
  terminal: Terminal,
  /** Undefined: nothing is written down. */
  origin?: RunOrigin,
  more: Pick<RunParts, 'resume' | 'planner'> = {},
): Promise<RunOutcome> {
  const [run, modules, transports, journalIn] = await Promise.all([
    loadEngine(),
    loadModules(),
    loadTransports(),
    loadJournal(),
  ]);
  const abort = new AbortController();
  const stopListening = terminal.onInterrupt(() => {
    reporter.handle(stopping(options.check));
    abort.abort();
  });
  try {
    const asking = withQuestions(options, reporter);
    const openJournal = origin && journalIn(terminal.environment, originOf(origin, options), more.resume);
    const parts = {
      ...{ modules, transports, reporters: [reporter], version },
      ...(openJournal ? { openJournal } : {}),
      ...more,
    };
    const outcome = await run(playbooks, inventory, { ...asking, signal: abort.signal }, parts);
    // What was stopped half-way is not a success, even where no task failed.
    return abort.signal.aborted && outcome.exitCode === 0
      ? { ...outcome, exitCode: 1 satisfies ExitCode }
      : outcome;
  } finally {
    stopListening();
  }
}

/** The reporter that was asked for, or the one that fits the terminal. */
export async function createReporter(
  name: ReporterName | undefined,
  verbosity: number,
  terminal: Terminal,
  expected: () => Promise<Expected | undefined> = async () => undefined,
): Promise<TerminalReporter> {
  const chosen = name ?? defaultReporter(terminal);
  const create = await reporters[chosen]();
  const { output, color } = terminal;
  return create({
    output,
    color,
    verbosity,
    now: () => performance.now(),
    ...(chosen === 'listr' ? { expected: await expected() } : {}),
  });
}

function defaultReporter({ output, environment }: Terminal): ReporterName {
  return output.isTerminal && environment.TERM !== 'dumb' && !environment.CI ? 'listr' : 'plain';
}

// A question takes the live lines off the screen while it is open; two at the same time wait for each other.
function withQuestions(options: RunOptions, reporter: TerminalReporter): RunOptions {
  const { prompt, confirmTask } = options;
  let last: Promise<unknown> = Promise.resolve();
  const alone = <T>(question: () => Promise<T>): Promise<T> => {
    const answered = last.then(async () => {
      const resume = await reporter.suspend?.();
      try {
        return await question();
      } finally {
        resume?.();
      }
    });
    last = answered.catch(() => {});
    return answered;
  };
  return {
    ...options,
    prompt: prompt && ((question, echo) => alone(() => prompt(question, echo))),
    confirmTask: confirmTask && ((task, hosts, preview) => alone(() => confirmTask(task, hosts, preview))),
  };
}

function stopping(check: boolean): RunEvent {
  return {
    type: 'warning',
    time: new Date().toISOString(),
    ...(check ? { check } : {}),
    message: 'Stopping when what runs now has ended; Ctrl-C again stops at once.',
  };
}
