import type { ExitCode } from '../core/result.ts';
import type { RunOutcome } from '../engine/run.ts';
import type { PracticeOptions } from './host.ts';
import { type PracticeHosts, startPracticeHosts } from './hosts.ts';
import { type FinishedRun, type Look, narrate } from './narration.ts';

export interface PracticeCommandOptions {
  readonly hosts: number;
  /** Runs the playbook twice and ends, instead of waiting for a person. */
  readonly quickstart: boolean;
  /** Stays after the quickstart. */
  readonly keep: boolean;
  readonly mode?: PracticeOptions['mode'];
}

/** What `hostwright practice` needs from the command line, which knows the engine and the terminal. */
export interface PracticeSurroundings {
  /** The quickstart playbook, as a person would write its path. */
  readonly playbook: string;
  /** Runs a playbook on an inventory, showing its progress and recap. Throws HostwrightErrors. */
  readonly run: (playbook: string, inventoryFile: string) => Promise<RunOutcome>;
  readonly write: (text: string) => void;
  readonly look: Look;
  /** Resolves when the person wants to end (Ctrl-C). */
  readonly stopped: Promise<void>;
}

/** `hostwright practice`. Gives the exit code; the hosts are gone when it does. Rejects with a HostwrightError. */
export async function practice(
  options: PracticeCommandOptions,
  surroundings: PracticeSurroundings,
): Promise<ExitCode> {
  const { write, look, playbook, stopped } = surroundings;
  const say = narrate(look);
  const started = await startPracticeHosts(options.hosts, { mode: options.mode ?? 'auto' });
  try {
    write(say.opening(started));
    const exitCode = options.quickstart ? await quickstart(started, surroundings) : 0;
    const stays = !options.quickstart || options.keep;
    if (stays) {
      write(say.untilStopped(started, playbook));
      await stopped;
    } else if (exitCode === 0) {
      write(say.next(playbook));
    }
    await started.close();
    if (stays) write(say.closing());
    return exitCode;
  } finally {
    await started.close();
  }
}

/** Runs the playbook twice; the exit code is 1 where the second run still changed something. */
async function quickstart(
  { inventoryFile }: PracticeHosts,
  { run, write, look, playbook, stopped }: PracticeSurroundings,
): Promise<ExitCode> {
  const say = narrate(look);
  const finished: FinishedRun[] = [];
  let wantsToEnd = false;
  void stopped.then(() => {
    wantsToEnd = true;
  });
  for (const [which, remark] of [
    ['first', 'everything is new'],
    ['second', 'the same playbook, the same host'],
  ] as const) {
    if (wantsToEnd) return 1;
    write(say.heading(`The ${which} run`, remark));
    const begun = performance.now();
    const { exitCode, recap } = await run(playbook, inventoryFile);
    finished.push({ recap, durationMs: performance.now() - begun });
    if (exitCode !== 0) {
      write(say.failedRun(which));
      return exitCode;
    }
  }
  write(say.verdict(finished));
  const changedAgain = Object.values(finished[1]?.recap ?? {}).some((host) => host.changed > 0);
  return changedAgain ? 1 : 0;
}
