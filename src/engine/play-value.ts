import type { PlayContext } from './context.ts';
import type { HostState } from './host-state.ts';
import { taskScope } from './scope.ts';
import { playSurroundings } from './surroundings.ts';

/** The value of a keyword of the play as a host sees it. */
export function playValue(play: PlayContext, host: HostState, written: unknown): unknown {
  return play.run.expressions.resolve(written, taskScope(play, host, playSurroundings(play.play)));
}
