import type { SourcePosition } from '../../core/position.ts';
import { authored } from './authored.ts';
import { isHandler } from './handler.ts';
import type { Handler } from './node.ts';

/** What `notify` holds: names for the tree, and the handlers themselves. */
export function notifying(
  notify: unknown,
  position: SourcePosition | undefined,
): { readonly names: unknown; readonly handlers: readonly Handler[] } {
  if (notify === undefined) return { names: undefined, handlers: [] };
  const given: readonly unknown[] = Array.isArray(notify) ? notify : [notify];
  const handlers = given.filter(isHandler);
  const names = given.map((one) => (isHandler(one) ? one.name : one));
  return { names: authored(names, position), handlers };
}
