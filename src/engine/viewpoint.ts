import type { SourcePosition } from '../core/position.ts';
import type { Layer, Scope } from '../core/scope.ts';
import type { PlayContext } from './context.ts';
import type { HostState } from './host-state.ts';
import { overlaid } from './registered.ts';
import { routeOf } from './route.ts';
import { hostScope, taskScope, withFacts } from './scope.ts';
import { playSurroundings, type Surroundings } from './surroundings.ts';

/** From where an expression is looked at: a node of the play, on a host. */
export interface Viewpoint {
  readonly play: PlayContext;
  readonly host: HostState;
  readonly around: Surroundings;
  /** Names that hold only here: of a loop item. */
  readonly local: Layer;
  readonly position: SourcePosition | undefined;
}

/** Evaluates something, reading facts first where it needs them. */
export function evaluating<T>(
  view: Viewpoint,
  evaluate: (scope: Scope) => T | Promise<T>,
  more: Layer = {},
): Promise<T> {
  return withFacts(
    (name) => gatherFor(view, name),
    () => evaluate(scopeOf(view, more)),
  );
}

function scopeOf({ play, host, around, local }: Viewpoint, more: Layer = {}): Scope {
  return taskScope(play, host, around, overlaid(local, more));
}

/** Reads a host's facts as the task would work on it; another host's (`hostvars`) as its own connection variables say. */
function gatherFor(view: Viewpoint, name: string): Promise<void> {
  const { run, play } = view.play;
  const host = run.hostState(name);
  const own = host === view.host;
  const around = own ? view.around : playSurroundings(play);
  const scope = own ? scopeOf(view) : hostScope(run, host);
  return run.gatherFacts(
    host,
    routeOf(run, host, around, scope, view.position),
    view.play.accessOf(host, view.host),
  );
}
