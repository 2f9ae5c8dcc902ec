import type { Layer } from '../core/scope.ts';
import type { Condition, Node, Play, RoleContext, SharedKeywords } from '../playbook/tree.ts';

/** What a node inherits from what contains it. Immutable: going down makes a new one. */
export interface Surroundings {
  /** Keyword holders from the play down to the node itself. */
  readonly lineage: readonly SharedKeywords[];
  readonly role: RoleContext | undefined;
  /** Loop variables of includes around the node. */
  readonly loopVars: Layer;
  /** `when` of the blocks and imports around the node: asked for each task in them. */
  readonly conditions: readonly Condition[];
  /** True where a rescue section will catch a failure. */
  readonly rescued: boolean;
  /** Levels of includes, against endless ones. */
  readonly depth: number;
  /** Below a parallel block: which of the host's sessions beside its own is used. */
  readonly lane: string | undefined;
  /** In a block under the guard: logs in anew where a task lost the connection, and says whether the host answers. */
  readonly comesBack: (() => Promise<boolean>) | undefined;
}

export function playSurroundings(play: Play): Surroundings {
  return {
    lineage: [play],
    role: undefined,
    loopVars: {},
    conditions: [],
    rescued: false,
    depth: 0,
    lane: undefined,
    comesBack: undefined,
  };
}

/** The surroundings of a node's own keywords. */
export function below(around: Surroundings, node: Node): Surroundings {
  return { ...around, lineage: [...around.lineage, node], role: node.origin.role ?? around.role };
}

/** Layers of the roles: of those that the whole play sees, then of those that brought the current one in, then its own. */
export function roleLayers(
  visible: readonly RoleContext[],
  around: Surroundings,
  what: 'defaults' | 'vars' | 'params',
): readonly Layer[] {
  const current = around.role ? [...around.role.dependents.toReversed(), around.role] : [];
  // Parameters of a use belong to that use alone.
  const everywhere = what === 'params' ? [] : visible;
  return [...everywhere, ...current].map((role) => role[what]);
}

/** The nearest value of an inherited keyword, as written; undefined where nobody set it. */
export function inherited(around: Surroundings, keyword: keyof SharedKeywords): unknown {
  return around.lineage.findLast((keywords) => keywords[keyword] !== undefined)?.[keyword];
}

/** Every tag of the node and of what contains it. */
export function tagsOf(around: Surroundings): readonly string[] {
  return around.lineage.flatMap((keywords) => keywords.tags ?? []);
}

/** Whether the tags ask for this task: `--tags` selects, `--skip-tags` wins, `always` and `never` are special. */
export function selectedByTags(
  tags: readonly string[],
  only: readonly string[],
  skip: readonly string[],
): boolean {
  const never = tags.includes('never');
  const has = (wanted: string) => {
    if (wanted === 'tagged') return tags.length > 0 && !never;
    return wanted === 'untagged' ? tags.length === 0 : tags.includes(wanted);
  };
  if (skip.some((tag) => (tag === 'all' ? !tags.includes('always') : has(tag)))) return false;
  if (tags.includes('always') || only.some((tag) => tag !== 'all' && has(tag))) return true;
  return !never && (only.length === 0 || only.includes('all'));
}
