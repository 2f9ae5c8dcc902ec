import type { Difference } from '../core/change.ts';
import { renderDiff } from '../core/diff.ts';
import { HostwrightError, HostwrightErrors } from '../core/error.ts';
import { NotKnownYet } from '../core/not-known.ts';
import type { PlayContext, Step } from './context.ts';
import { EndOfWindow, isControlFlow } from './control-flow.ts';
import type { HostAccess } from './host-access.ts';
import type { HostState } from './host-state.ts';
import { aheadOf } from './pipeline/look-ahead.ts';
import { runTask, type TaskListener } from './run-task.ts';
import { readItemSettings } from './settings.ts';

/** Hosts that are looked at beforehand at most. */
const MOST_HOSTS = 20;

/** What a task would change on hosts, as far as that can be told without doing anything: a unified diff under each host's name. */
export async function previewOf(play: PlayContext, step: Step, hosts: readonly string[]): Promise<string> {
  if (step.node.kind !== 'task') return '';
  const diffs = await Promise.all(
    hosts.slice(0, MOST_HOSTS).map(async (name) => [name, await diffOn(play, step, name)] as const),
  );
  // Hosts on which the same would change are named together.
  const groups = new Map<string, string[]>();
  for (const [name, diff] of diffs) if (diff !== '') groups.set(diff, [...(groups.get(diff) ?? []), name]);
  return [...groups].map(([diff, names]) => `${names.join(', ')}:\n${diff}`).join('');
}

async function diffOn(real: PlayContext, step: Step, name: string): Promise<string> {
  const host = real.run.hostState(name);
  const { play, host: copy } = aheadOf(real, host, 'reads', onlyReading(host));
  const { planner: _planner, ...parts } = real.run.parts;
  const run = { ...play.run, parts, options: { ...real.run.options, check: true } };
  const differences: Difference[] = [];
  const task = step.node;
  if (task.kind !== 'task') return '';
  let hides = false;
  const listener: TaskListener = {
    itemStarting: async (view) => {
      const settings = await readItemSettings(view);
      hides ||= settings.noLog;
      return settings.problem;
    },
    itemDone: () => {},
    retrying: () => {},
  };
  const attempt = {
    ...{ play: { ...play, run }, host: copy, task, step, around: step.around, position: task.position },
    local: {},
    factsHosts: [copy],
    onOutput: () => {},
    onGuard: () => {},
  };
  try {
    differences.push(...(await runTask(attempt, listener)).differences);
  } catch (thrown) {
    if (!isNoDefect(thrown)) throw thrown;
  }
  return hides ? '(not shown, because of no_log)\n' : renderDiff(real.run.masker.data(differences));
}

/** The host, where reads are answered and nothing else is. */
function onlyReading(host: HostState): HostAccess {
  return {
    read: (route, reads) => host.access.read(route, reads),
    runThenRead: async () => {
      throw new NotKnownYet('what it gives');
    },
  };
}

function isNoDefect(thrown: unknown): boolean {
  return (
    [EndOfWindow, NotKnownYet, HostwrightError, HostwrightErrors].some((kind) => thrown instanceof kind) ||
    isControlFlow(thrown)
  );
}
