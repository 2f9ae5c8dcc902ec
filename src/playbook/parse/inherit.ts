import type { Block, Condition, Node, Play, SharedKeywords } from '../tree.ts';

/** The keywords of what contains a node, put on the node: its own win, tags and conditions add up, variables are laid over. */
function inheritKeywords<T extends SharedKeywords & { readonly when: readonly Condition[] }>(
  node: T,
  from: SharedKeywords & { readonly when: readonly Condition[] },
): T {
  const tags = [...(from.tags ?? []), ...(node.tags ?? [])];
  const environment = [from.environment, node.environment].flat().filter((part) => part !== undefined);
  return {
    ...sharedOf(from),
    ...node,
    when: [...from.when, ...node.when],
    ...(tags.length > 0 ? { tags } : {}),
    ...(from.vars || node.vars ? { vars: { ...from.vars, ...node.vars } } : {}),
    ...(environment.length > 0
      ? { environment: environment.length === 1 ? environment[0] : environment }
      : {}),
  };
}

const SHARED_FIELDS = [
  ...[
    'become',
    'becomeUser',
    'becomeMethod',
    'becomeFlags',
    'tags',
    'vars',
    'environment',
    'noLog',
    'checkMode',
  ],
  ...[
    'diff',
    'ignoreErrors',
    'ignoreUnreachable',
    'anyErrorsFatal',
    'runOnce',
    'throttle',
    'timeout',
    'delegateTo',
  ],
  ...['delegateFacts', 'connection', 'remoteUser', 'port'],
] as const;

/** Only the shared keywords of a larger object, those that are set. */
function sharedOf(from: SharedKeywords): SharedKeywords {
  const all = from as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    SHARED_FIELDS.flatMap((field) => (all[field] === undefined ? [] : [[field, all[field]]])),
  );
}

/** Handlers one by one: blocks (and so imports) in `handlers:` only hand down their keywords. */
export function flattenHandlers(nodes: readonly Node[]): readonly Node[] {
  return nodes.flatMap((node) => {
    if (node.kind !== 'block' || node.rescue.length > 0 || node.always.length > 0) return [node];
    return flattenHandlers(node.block).map((inner) => inheritKeywords(inner, node));
  });
}

/** Handlers of a role with the keywords of its use. */
export function handlersOfUse(handlers: readonly Node[], use: Block): readonly Node[] {
  return handlers.map((handler) => inheritKeywords(handler, use));
}

/** What import_playbook says, put on a play that it brings in. */
export function importedPlay(
  play: Play,
  from: SharedKeywords & { readonly when: readonly Condition[] },
): Play {
  const withWhen = <T extends Node>(node: T): T =>
    from.when.length === 0 ? node : { ...node, when: [...from.when, ...node.when] };
  return {
    ...play,
    ...(from.vars ? { vars: { ...play.vars, ...from.vars } } : {}),
    ...(from.tags ? { tags: [...from.tags, ...(play.tags ?? [])] } : {}),
    ...(from.when.length > 0 && { importedWhen: [...from.when, ...(play.importedWhen ?? [])] }),
    preTasks: play.preTasks.map(withWhen),
    tasks: play.tasks.map(withWhen),
    postTasks: play.postTasks.map(withWhen),
    roles: play.roles.map((use) => ({
      ...use,
      when: [...from.when, ...use.when],
      block: withWhen(use.block),
    })),
  };
}
