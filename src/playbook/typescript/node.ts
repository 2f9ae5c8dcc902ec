import type { SourcePosition } from '../../core/position.ts';
import { asyncSection, notANode } from './problems.ts';

/** A map as a YAML file would have it, with places. */
export type Document = Readonly<Record<string, unknown>>;

/** A task, block, include or import as a function of the DSL made it. */
export interface PlaybookNode {
  readonly document: Document;
  readonly position: SourcePosition | undefined;
  /** Handlers that it, or what is in it, notifies. */
  readonly notified: readonly Handler[];
}

/** A task that runs once at the end, where a task that notifies it has changed something. Give it to `notify`. */
export interface Handler {
  readonly name: string;
  readonly node: PlaybookNode;
  /** Handlers run in the order in which they were made. */
  readonly order: number;
}

const nodes = new WeakSet<object>();

export function isNode(value: unknown): value is PlaybookNode {
  return typeof value === 'object' && value !== null && nodes.has(value);
}

/** What a section may be given as a list; what is false or missing is left out. */
export type SectionEntry = PlaybookNode | false | null | undefined | readonly SectionEntry[];

/** Tasks: a function in which tasks are called one after the other, or a list of them. */
export type Section = readonly SectionEntry[] | (() => unknown);

// The section whose function runs now: what is called in it is part of it, in the order of the calls.
let collecting: Set<PlaybookNode> | undefined;

/** Makes something known as a node, and part of the section whose function runs now. */
export function addNode<T extends PlaybookNode>(node: T): T {
  nodes.add(node);
  collecting?.add(node);
  return node;
}

/** Takes a node out of the section around: it was given to another node. */
export function adopt(node: PlaybookNode): void {
  collecting?.delete(node);
}

/** The nodes of a section, in order. Throws where it is given something that is none. */
export function nodesOf(
  section: Section | undefined,
  position: SourcePosition | undefined,
): readonly PlaybookNode[] {
  if (section === undefined) return [];
  if (typeof section !== 'function') return flatten(section, position);
  const outer = collecting;
  const mine = new Set<PlaybookNode>();
  collecting = mine;
  let returned: unknown;
  try {
    returned = section();
  } finally {
    collecting = outer;
  }
  if (returned instanceof Promise) {
    returned.catch(() => {});
    throw asyncSection(position);
  }
  return Array.isArray(returned) ? flatten(returned, position) : [...mine];
}

function flatten(entries: readonly unknown[], position: SourcePosition | undefined): readonly PlaybookNode[] {
  return entries.flatMap((entry): readonly PlaybookNode[] => {
    if (entry === false || entry === null || entry === undefined) return [];
    if (Array.isArray(entry)) return flatten(entry, position);
    if (!isNode(entry)) throw notANode(position, entry);
    adopt(entry);
    return [entry];
  });
}

export function documentsOf(section: readonly PlaybookNode[]): readonly Document[] {
  return section.map((node) => node.document);
}

export function notifiedBy(section: readonly PlaybookNode[]): readonly Handler[] {
  return section.flatMap((node) => node.notified);
}
