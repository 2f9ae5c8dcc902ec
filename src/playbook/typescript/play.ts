import { callPosition } from '../../source/call-position.ts';
import { authored, placed } from './authored.ts';
import { inOrder } from './handler.ts';
import { inputsDocument } from './inputs.ts';
import type { SharedKeywords } from './keywords.ts';
import { type Document, documentsOf, type Handler, nodesOf, notifiedBy, type Section } from './node.ts';
import { isRoleUse, type RoleUse } from './role.ts';
import type { Condition, Lazy, Scope } from './scope.ts';

export interface PlayOptions extends SharedKeywords {
  /** A pattern of hosts and groups, or several. */
  readonly hosts: Lazy<string | readonly string[], Scope>;
  readonly gather_facts?: Lazy<boolean, Scope>;
  readonly vars_files?: readonly (string | readonly string[])[];
  /** From `defineInputs`, where they belong to this play alone. */
  readonly inputs?: object;
  readonly pre_tasks?: Section;
  /** Names of roles in directories, or uses of roles made with `defineRole`. */
  readonly roles?: readonly (
    | string
    | RoleUse
    | ({ readonly role: string } & Readonly<Record<string, unknown>>)
  )[];
  readonly tasks?: Section;
  readonly post_tasks?: Section;
  /** Handlers that tasks notify by a text. Those given to `notify` as such need not be listed. */
  readonly handlers?: readonly Handler[];
  /** Hosts at a time: a number, a percentage such as '30%', or a list of them. */
  readonly serial?: number | string | readonly (number | string)[];
  readonly strategy?: 'linear' | 'free' | 'host_pinned';
  readonly max_fail_percentage?: Lazy<number, Scope>;
  readonly force_handlers?: Lazy<boolean, Scope>;
  readonly order?: 'inventory' | 'reverse_inventory' | 'sorted' | 'reverse_sorted' | 'shuffle';
}

/** A play, or the import of a playbook. */
export interface Play {
  readonly kind: 'play';
  readonly document: Document;
}

const plays = new WeakSet<object>();

export function isPlay(value: unknown): value is Play {
  return typeof value === 'object' && value !== null && plays.has(value);
}

function addPlay(document: Document): Play {
  const made: Play = { kind: 'play', document };
  plays.add(made);
  return made;
}

const SECTIONS = ['pre_tasks', 'tasks', 'post_tasks'] as const;

/** Tasks for hosts. */
export function play(name: string, options: PlayOptions): Play {
  const position = callPosition(play, 'play');
  const { inputs, roles = [], handlers = [], pre_tasks, tasks, post_tasks, ...keywords } = options;
  const sections = { pre_tasks, tasks, post_tasks };
  const nodes = SECTIONS.map((key) => [key, nodesOf(sections[key], position)] as const);
  const notified = inOrder([...handlers, ...nodes.flatMap(([, section]) => notifiedBy(section))]);
  const lists: Record<string, readonly unknown[]> = {
    ...Object.fromEntries(nodes.map(([key, section]) => [key, documentsOf(section)])),
    roles: roles.map((role) => (isRoleUse(role) ? role.document : authored(role, position))),
    handlers: documentsOf(notified.map((one) => one.node)),
  };
  const filled = Object.entries(lists).filter(([, list]) => list.length > 0);
  return addPlay(
    placed(
      {
        name: authored(name, position),
        ...(authored(keywords, position) as Document),
        ...(inputs === undefined ? {} : { inputs: inputsDocument(inputs) }),
        ...Object.fromEntries(filled.map(([key, list]) => [key, placed([...list], position)])),
      },
      position,
    ),
  );
}

export interface ImportPlaybookOptions {
  readonly tags?: string | readonly string[];
  readonly vars?: SharedKeywords['vars'];
  readonly when?: Condition<Scope>;
}

/** The plays of another playbook, in YAML or TypeScript. */
export function import_playbook(file: string, options: ImportPlaybookOptions = {}): Play {
  const position = callPosition(import_playbook, 'import_playbook');
  return addPlay(placed({ import_playbook: file, ...(authored(options, position) as Document) }, position));
}
