import { formatPosition } from '../../core/position.ts';
import { placed } from './authored.ts';
import { adopt, type Handler, type PlaybookNode } from './node.ts';

const handlers = new WeakSet<object>();
let made = 0;

export interface HandlerOptions {
  /** Topics that it answers to, for tasks that notify by a text. */
  readonly listen?: string | readonly string[];
}

/** Makes a handler of a task (or a block): `const reload = handler(service('Reload it', { name: 'nginx', state: 'reloaded' }))`. */
export function handler(node: PlaybookNode, { listen }: HandlerOptions = {}): Handler {
  adopt(node);
  const { position, document, notified } = node;
  const name =
    document.name === undefined
      ? `handler at ${position ? formatPosition(position) : `place ${made + 1}`}`
      : String(document.name);
  const own = placed({ ...document, name, ...(listen === undefined ? {} : { listen }) }, position);
  const result: Handler = { name, order: made++, node: { document: own, position, notified } };
  handlers.add(result);
  return result;
}

export function isHandler(value: unknown): value is Handler {
  return typeof value === 'object' && value !== null && handlers.has(value);
}

/** Handlers and those that they notify, each once, in the order in which they were made. */
export function inOrder(notified: readonly Handler[]): readonly Handler[] {
  const found = new Set<Handler>();
  const visit = (one: Handler): void => {
    if (found.has(one)) return;
    found.add(one);
    one.node.notified.forEach(visit);
  };
  notified.forEach(visit);
  return [...found].toSorted((a, b) => a.order - b.order);
}
