import type { Fatal, PlayContext, Step } from './context.ts';
import { HostFailed } from './control-flow.ts';

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
