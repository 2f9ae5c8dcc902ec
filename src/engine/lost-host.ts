import type { Block } from '../playbook/tree.ts';
import type { Walk } from './context.ts';
import { HostFailed } from './control-flow.ts';
import type { Order } from './lockstep.ts';
import { warnings } from './problems.ts';
import { routeOf } from './route.ts';
import type { Surroundings } from './surroundings.ts';
import { evaluating } from './viewpoint.ts';

/**
 * Whether a section of a block can run after a failure. Where the host was lost it is tried once more, within its connection's timeout;
 * where it still does not answer, the section is owed.
 */
export async function canRun(
  walk: Walk,
  failure: unknown,
  block: Block,
  around: Surroundings,
  section: 'rescue' | 'always',
  place: Order,
): Promise<boolean> {
  if (!(failure instanceof HostFailed) || !failure.unreachable) return true;
  const { play, host } = walk;
  // A run that goes on walks past what it did there, without asking the host.
  if (play.run.replay?.hasBegun({ part: play.part, host: host.name, place })) return true;
  failure.answersAgain ??= reach(walk, around);
  const answers = await failure.answersAgain;
  const name = block.name === undefined || block.name === null ? 'block' : String(block.name);
  if (!answers) host.owed.push({ play: play.name, what: section, name, position: block.position });
  const message = answers
    ? warnings.answersAgain(host.name, section, name)
    : warnings.sectionOwed(host.name, section, name);
  play.run.emit({
    type: 'warning',
    message,
    host: host.name,
    ...(block.position ? { position: block.position } : {}),
  });
  return answers;
}

async function reach(walk: Walk, around: Surroundings): Promise<boolean> {
  const { play, host } = walk;
  const view = { play, host, around, local: {}, position: undefined };
  try {
    const route = await evaluating(view, (scope) => routeOf(play.run, host, around, scope, undefined));
    await host.access.close();
    await host.access.read(route, []);
    return true;
  } catch {
    // Why it does not answer was said when it was lost.
    return false;
  }
}

/** Notified handlers of a host that leaves its play by a failure: they are owed, not forgotten. */
export function oweHandlers({ play, host }: Walk): void {
  const due = play.handlers.filter((handler) => host.notified.has(handler.index));
  host.notified.clear();
  for (const { name, node } of due) {
    host.owed.push({ play: play.name, what: 'handler', name: name ?? 'handler', position: node.position });
  }
}
