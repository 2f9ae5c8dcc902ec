import type { HostwrightError } from '../core/error.ts';
import { Template } from '../core/template.ts';
import type { KnownNames } from '../playbook/check-names.ts';
import type { Expressions } from '../playbook/expressions.ts';
import type { LoadedPlaybook, Node, Play, Task } from '../playbook/tree.ts';

/** A template file that a task renders. */
export interface TemplateFile {
  readonly task: Task;
  readonly play: Play;
  readonly path: string;
  readonly shown: string;
  readonly text: string;
}

/** A playbook or role as rules judge it. */
export interface Judged {
  readonly playbook: LoadedPlaybook;
  /** True for a role that is looked at by itself: others may use what it defines, and define what it uses. */
  readonly isRole: boolean;
  readonly expressions: Expressions;
  readonly templates: readonly TemplateFile[];
  /** Templates that no path leads to, with where they are named. */
  readonly missingTemplates: readonly HostwrightError[];
  /** What the inventory knows about the hosts of a play; undefined where no inventory was given. */
  readonly knownOf: ((play: Play) => KnownNames) | undefined;
  /** Names that variable files beside the playbook define for some host. */
  readonly besideNames: ReadonlySet<string>;
  /** Every word that occurs in any expression, with all its strings, of the playbook and its template files. */
  readonly words: ReadonlySet<string>;
  /** True where only the run will tell what else belongs to it: includes with templates, functions in TypeScript. */
  readonly open: boolean;
}

/** A node with what contains it, the nearest first. */
export interface Nested {
  readonly node: Node;
  readonly ancestors: readonly Node[];
}

/** All nodes below these, each before what it contains; handlers that includes bring come after its tasks. */
export function* nestedIn(nodes: readonly Node[], ancestors: readonly Node[] = []): Generator<Nested> {
  for (const node of nodes) {
    yield { node, ancestors };
    const inner = [node, ...ancestors];
    if (node.kind === 'block') yield* nestedIn([...node.block, ...node.rescue, ...node.always], inner);
    if (node.kind === 'include' && node.loaded)
      yield* nestedIn([...node.loaded.nodes, ...node.loaded.handlers], inner);
  }
}

/** All nodes of a play. */
export function nodesOf(play: Play): Generator<Nested> {
  return nestedIn([
    ...play.preTasks,
    ...play.roles.map((use) => use.block),
    ...play.tasks,
    ...play.postTasks,
    ...play.handlers,
  ]);
}

export interface Expressive {
  readonly words: ReadonlySet<string>;
  /** Something holds a function of TypeScript, which cannot be looked into. */
  readonly hasFunctions: boolean;
}

/**
 * Words of every expression in a tree. Taken from the texts and not from what they refer to, so that a name that is only used in a
 * roundabout way (`hostvars[x].name`, `lookup vars "name"`) counts as used.
 */
export function wordsIn(root: unknown, texts: readonly string[]): Expressive {
  const words = new Set<string>();
  const visited = new Set<object>();
  let hasFunctions = false;
  const take = (text: string) => {
    for (const [word] of text.matchAll(/[A-Za-z_]\w*/g)) words.add(word);
  };
  const takeStrings = (value: unknown): void => {
    if (typeof value === 'string') take(value);
    else if (Array.isArray(value)) value.forEach(takeStrings);
  };
  const visit = (value: unknown): void => {
    if (typeof value === 'function') hasFunctions = true;
    if (typeof value !== 'object' || value === null || visited.has(value)) return;
    visited.add(value);
    if (value instanceof Template) {
      take(value.source);
      return;
    }
    for (const [key, entry] of Object.entries(value)) {
      // Conditions, and the parameters of actions that hold expressions.
      if (['expression', 'that', 'var'].includes(key)) takeStrings(entry);
      visit(entry);
    }
  };
  visit(root);
  texts.forEach(take);
  return { words, hasFunctions };
}
