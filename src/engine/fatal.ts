import type { Block, Node } from '../playbook/tree.ts';
import type { Fatal, PlayContext, Step } from './context.ts';
import { HostFailed } from './control-flow.ts';
import { inherited, type Surroundings } from './surroundings.ts';

/** With any_errors_fatal a failure is every host's, once all have finished the task; each may have a rescue for it. */
export function raiseFatal(play: PlayContext, failure: HostFailed, { failed }: Step): void {
  // That a host was lost is true of that host alone.
  const { unreachable: _lost, ...result } = failure.result;
  const shared = new HostFailed(failure.task, { ...result, failed: true }, failure.module);
  play.fatals.push({ failure: shared, failed, heard: new Set() });
}

/** The failure of another host that is this one's too, and that it has not heard of. */
export function fatalFor({ fatals }: Pick<PlayContext, 'fatals'>, host: string): Fatal | undefined {
  return fatals.find((fatal) => !fatal.failed.has(host) && !fatal.heard.has(host));
}

/** True where a task of the block may fail for every host, so that all must have ended it before one of them leaves the block. */
export function mayBeFatal(around: Surroundings, { block }: Block): boolean {
  const asks = (node: Node): boolean =>
    node.anyErrorsFatal !== undefined || (node.kind === 'block' && node.block.some(asks));
  return inherited(around, 'anyErrorsFatal') !== undefined || block.some(asks);
}

/** True where a failure counts for hosts that came to the end of the play before they could hear of it. */
export function endsUnheard({ fatals, batch }: PlayContext): boolean {
  return fatals.some(({ failed, heard }) =>
    batch.some(
      (host) => host.standing === 'active' && !host.ended && !failed.has(host.name) && !heard.has(host.name),
    ),
  );
}
