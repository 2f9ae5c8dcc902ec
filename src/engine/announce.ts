import type { PlayContext, Step } from './context.ts';
import type { HostState } from './host-state.ts';
import { previewOf } from './preview.ts';
import { taskScope } from './scope.ts';
import { taskName } from './settings.ts';
import { mayHoldStart, startsAt } from './start-at.ts';

/** Tells the reporters that a task begins on these hosts, and settles who acts for all where it runs once. */
export function announce(context: PlayContext, step: Step, hosts: readonly string[]): Promise<void> {
  step.announced ??= tell(context, step, hosts);
  return step.announced;
}

async function tell(context: PlayContext, step: Step, hosts: readonly string[]): Promise<void> {
  const { run } = context;
  const leader = context.batch.find((host) => hosts.includes(host.name)) as HostState;
  step.leader = leader.name;
  const { node, around } = step;
  const module = node.kind === 'task' ? node.module : `include_${node.kind === 'include' ? node.what : ''}`;
  const scope = taskScope(context, leader, around);
  const task = taskName(context, { name: node.name, module }, () =>
    run.expressions.resolve(node.name, scope),
  );
  // In a run that is continued, hosts that have this behind them only walk past it.
  const going = hosts.filter((host) => !isBehind(context, step, host));
  step.leftOut = !(await isWanted(context, step, task, going));
  if (step.leftOut || going.length === 0) return;
  run.emit({
    type: 'taskStart',
    play: context.name,
    task,
    taskId: step.taskId,
    module,
    hosts: going,
    ...(step.handler ? { handler: true as const } : {}),
    ...(node.position ? { position: node.position } : {}),
  });
}

function isBehind({ run, part }: PlayContext, { order, around }: Step, host: string): boolean {
  return run.replay?.covers({ part, host, place: order }, around.lane) ?? false;
}

/** --start-at-task leaves out what comes before the task, --step asks. */
async function isWanted(
  context: PlayContext,
  step: Step,
  task: string,
  hosts: readonly string[],
): Promise<boolean> {
  const { node } = step;
  const { run } = context;
  if (!run.reachedStart) {
    run.reachedStart = startsAt(run.options.startAtTask, task, node);
    // Facts are gathered wherever one starts, and what includes the task has to be opened.
    if (!run.reachedStart) return isGathering(step) || mayHoldStart(run.options.startAtTask, node);
  }
  if (!run.asking || !run.options.confirmTask || hosts.length === 0) return true;
  const answer = await run.options.confirmTask(task, hosts, await previewOf(context, step, hosts));
  if (answer === 'continue') run.asking = false;
  return answer !== 'no';
}

function isGathering({ node }: Step): boolean {
  return node.kind === 'task' && node.module === 'setup';
}
