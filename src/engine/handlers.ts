import { HostwrightError, HostwrightErrors } from '../core/error.ts';
import type { Scope } from '../core/scope.ts';
import { Template } from '../core/template.ts';
import type { Expressions } from '../playbook/expressions.ts';
import type { Node } from '../playbook/tree.ts';
import type { Attempt } from './attempt.ts';
import type { Handler, PlayContext } from './context.ts';
import type { HostState } from './host-state.ts';
import { problems } from './problems.ts';
import type { Surroundings } from './surroundings.ts';
import { evaluating } from './viewpoint.ts';

/** Handlers in definition order, numbered on from those that the play has already. */
export function numberHandlers(nodes: readonly Node[], first: number): readonly Handler[] {
  return nodes.map((node, offset) => ({
    index: first + offset,
    name: node.name === undefined || node.name === null ? undefined : String(node.name),
    listen: node.kind === 'block' ? [] : (node.listen ?? []),
    node,
  }));
}

/** Marks the handlers that a changed task notifies; an unknown name is an error, because it would silently do nothing. */
export async function notify(attempt: Attempt): Promise<void> {
  const { play, host, task, around } = attempt;
  const { expressions } = play.run;
  for (const written of notifiedBy(around)) {
    const wanted = await evaluating(attempt, (scope) => expressions.resolve(written, scope));
    for (const name of [wanted].flat().map(String)) {
      const handlers = await evaluating(attempt, (scope) =>
        play.handlers.map((handler) => withName(handler, expressions, scope)),
      );
      const found = findHandlers(handlers, name);
      if (found.length === 0) {
        const known = handlers.flatMap((handler) => [
          ...(handler.name ? [handler.name] : []),
          ...handler.listen,
        ]);
        throw problems.unknownHandler(name, known, task.position);
      }
      for (const handler of found) host.notified.add(handler.index);
    }
  }
}

/** What the task, or else the nearest block around it, says under `notify`. */
function notifiedBy({ lineage }: Surroundings): readonly unknown[] {
  const sayers = lineage as readonly { readonly notify?: readonly unknown[] }[];
  return sayers.findLast(({ notify }) => notify && notify.length > 0)?.notify ?? [];
}

/** A handler whose name is a template is called as the template says on this host; where it says nothing it has no name. */
function withName(handler: Handler, expressions: Expressions, scope: Scope): Handler {
  if (!(handler.node.name instanceof Template)) return handler;
  try {
    return { ...handler, name: String(expressions.resolve(handler.node.name, scope)) };
  } catch (thrown) {
    if (thrown instanceof HostwrightError || thrown instanceof HostwrightErrors)
      return { ...handler, name: undefined };
    throw thrown;
  }
}

/**
 * Of two handlers of the same name the last defined is meant; a topic reaches every other handler that listens to it, of one name (also of
 * two roles) the last one.
 */
export function findHandlers(handlers: readonly Handler[], name: string): readonly Handler[] {
  const named = handlers.findLast(
    (handler) => handler.name !== undefined && (handler.name === name || roleQualifiedName(handler) === name),
  );
  const all = handlers.filter((handler) => handler.listen.includes(name));
  const isLast = (handler: Handler, index: number) =>
    handler.name === undefined || !all.slice(index + 1).some((later) => later.name === handler.name);
  const listening = all.filter((handler, index) => handler !== named && isLast(handler, index));
  return named ? [named, ...listening] : listening;
}

/** `role : handler`, the form that tells two roles' handlers of the same name apart. */
function roleQualifiedName({ node, name }: Handler): string | undefined {
  const { role } = node.origin;
  return role ? `${role.name} : ${name}` : undefined;
}

/** The next notified handler of a host after a place in definition order that has not run yet; undefined where none is left there. */
export function nextNotified(
  play: PlayContext,
  host: HostState,
  after: number,
  ran: ReadonlySet<number>,
): Handler | undefined {
  return play.handlers.find(({ index }) => index > after && host.notified.has(index) && !ran.has(index));
}
