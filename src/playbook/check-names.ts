import { HostwrightError, HostwrightErrors } from '../core/error.ts';
import { positionOf, type SourcePosition } from '../core/position.ts';
import { mayBeInterface } from '../facts/fact-names.ts';
import { unknownHandlers } from './check-handlers.ts';
import { type Defined, definedNames, MAGIC_NAMES } from './defined-names.ts';
import type { Expressions, Reference } from './expressions.ts';
import { inReadingOrder } from './parse/reading-order.ts';
import { templatesIn } from './parse/templates-in.ts';
import { undefinedName } from './problems.ts';
import type { Condition, Inputs, Node, Play, RoleContext, SharedKeywords, Variables } from './tree.ts';

/** What is known beside the playbook itself. */
export interface KnownNames {
  /** Names of the variables (inventory, host_vars, learned facts) of each host that the play runs on; no host: nothing is checked. */
  readonly ofHost: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names that every host has (`-e`). */
  readonly everywhere: Iterable<string>;
  /** Whether tasks with these tags run at all (`--tags`, `--skip-tags`). Default: all but `never`. */
  readonly selected?: (tags: readonly string[]) => boolean;
}

/**
 * Variables that no layer can define, and handlers that do not exist, found before any host is contacted. A task below a condition is
 * not judged, because it may be the very condition that keeps the name from being needed; nor is anything judged where something that
 * only the run will tell (an include or a vars_file with a template in its path) could bring the name.
 */
export function checkNames(
  plays: readonly Play[],
  knownOf: (play: Play) => KnownNames,
  expressions: Pick<Expressions, 'references'>,
): HostwrightError[] {
  const defined = definedNames(plays);
  const errors = plays.flatMap((play) => {
    const handlers = unknownHandlers(play);
    return defined.anything
      ? handlers
      : [...handlers, ...undefinedNames(play, defined, knownOf(play), expressions)];
  });
  return inReadingOrder(errors);
}

/** What surrounds a node, as far as names go. */
interface Around {
  readonly names: ReadonlySet<string>;
  /** Variables of the playbook, lowest precedence first. */
  readonly variables: readonly Variables[];
  readonly roles: readonly RoleContext[];
  readonly tags: readonly string[];
  /** False below a condition, a rescue, a loop that may be empty: what is there may never be evaluated. */
  readonly certain: boolean;
}

function undefinedNames(
  play: Play,
  defined: Defined,
  known: KnownNames,
  expressions: Pick<Expressions, 'references'>,
): HostwrightError[] {
  const errors: HostwrightError[] = [];
  const everywhere = new Set([...MAGIC_NAMES, ...known.everywhere]);
  const hosts = [...known.ofHost.keys()];
  const selected = known.selected ?? ((tags: readonly string[]) => !tags.includes('never'));
  const followed = new Set<unknown>();

  const report = (name: string, position: SourcePosition | undefined, around: Around): void => {
    if (around.names.has(name) || defined.names.has(name) || everywhere.has(name)) return;
    // Which interfaces a host has, only the host can tell.
    if (mayBeInterface(name)) return;
    const missing = hosts.filter((host) => !known.ofHost.get(host)?.has(name));
    if (missing.length === 0) return;
    const ofHosts = [...known.ofHost.values()].flatMap((names) => [...names]);
    const candidates = new Set([...around.names, ...defined.names, ...everywhere, ...ofHosts]);
    const onlyOn = missing.length < hosts.length ? missing : undefined;
    errors.push(undefinedName(position, name, candidates, onlyOn, hintFor(name, play.inputs)));
  };

  const check = (
    find: () => readonly Reference[],
    fallback: SourcePosition | undefined,
    around: Around,
  ): void => {
    for (const { name, position, optional } of safely(find)) {
      if (!optional) report(name, position ?? fallback, around);
      // A variable of the playbook may itself be made from others, which nobody defines.
      const holder = around.variables.findLast((variables) => Object.hasOwn(variables, name));
      if (optional || !holder || everywhere.has(name) || followed.has(holder[name])) continue;
      if (typeof holder[name] === 'object') followed.add(holder[name]);
      checkValue(holder[name], positionOf(holder, name), around);
    }
  };

  const checkValue = (value: unknown, position: SourcePosition | undefined, around: Around): void => {
    for (const template of templatesIn(value)) {
      // What is inside {{#if}} or {{#each}} may never be asked for.
      if (!template.source.includes('{{#'))
        check(() => expressions.references(template), template.position ?? position, around);
    }
  };

  const checkConditions = (conditions: readonly Condition[] | undefined, around: Around): void => {
    const [first] = conditions ?? [];
    // Of several conditions, or several parts of one, the first may be there to guard the others.
    if (!first || typeof first.expression !== 'string' || /&&|\|\||\?/.test(first.expression)) return;
    check(() => expressions.references(undefined, [first]), first.position, around);
  };

  const checkNode = (node: Node, around: Around): void => {
    const inside = below(node, around);
    if (!around.certain) return;
    if (node.kind !== 'block' && !selected(inside.tags)) return;
    checkConditions(node.when, inside);
    if (node.when.length === 0) checkValue(node.loop, node.position, inside);
    const children = { ...inside, certain: isCertain(node) };
    if (children.certain) checkValue(keywordsOf(node), node.position, children);
    if (node.kind === 'block') {
      visit(node.block, { ...children, certain: children.certain && node.rescue.length === 0 });
      visit(node.always, children);
    } else if (node.kind === 'include') {
      if (children.certain) checkValue([node.target, node.params], node.position, children);
      visit(node.loaded?.nodes ?? [], children);
    } else if (children.certain) {
      const { params, args, name, retries, delay, notify, loopControl } = node;
      checkValue([params, args, name, retries, delay, notify, loopControl.label], node.position, children);
      for (const conditions of [node.changedWhen, node.failedWhen, node.until])
        checkConditions(conditions, children);
    }
  };
  const visit = (nodes: readonly Node[], around: Around) => {
    for (const node of nodes) checkNode(node, around);
  };

  if (hosts.length === 0) return [];
  const around = aroundOf(play);
  checkValue(keywordsOf(play), play.position, around);
  visit([...play.preTasks, ...play.roles.map((use) => use.block), ...play.tasks, ...play.postTasks], around);
  // A role's handlers are often there for uses that this play does not make of it.
  visit(
    play.handlers.filter((handler) => !handler.origin.role),
    around,
  );
  return errors;
}

function aroundOf(play: Play): Around {
  const roles = play.staticRoles;
  const variables = [
    ...roles.map((role) => role.defaults),
    play.vars ?? {},
    ...play.loadedVarsFiles.map((file) => file ?? {}),
    ...roles.map((role) => role.vars),
  ];
  // A role's arguments are variables; inputs of a play are reached below "inputs" alone.
  const inputs = roles.flatMap((role) => Object.keys(role.inputs));
  const names = new Set([...variables.flatMap((layer) => Object.keys(layer)), ...inputs]);
  return { names, variables, roles: [], tags: play.tags ?? [], certain: true };
}

function below(node: Node, around: Around): Around {
  const { role } = node.origin;
  const roles = role && !around.roles.includes(role) ? [role, ...role.dependents] : [];
  const layers = [
    ...roles.flatMap((one) => [one.defaults, one.vars, one.params]),
    ...(node.vars ? [node.vars] : []),
  ];
  const names = [
    ...layers.flatMap((layer) => Object.keys(layer)),
    ...roles.flatMap((one) => Object.keys(one.inputs)),
  ];
  return {
    names: new Set([...around.names, ...names, ...loopNames(node)]),
    variables: [...around.variables, ...layers],
    roles: [...around.roles, ...roles],
    tags: [...around.tags, ...(node.tags ?? [])],
    certain: around.certain,
  };
}

/** False where a node may do nothing, or may fail without that being a mistake. */
function isCertain(node: Node): boolean {
  const always = node.when.every((condition) => condition.expression === true);
  const loops = node.loop === undefined || (Array.isArray(node.loop) && node.loop.length > 0);
  return always && loops && (node.ignoreErrors === undefined || node.ignoreErrors === false);
}

/** Values of inherited keywords as written. */
function keywordsOf(holder: SharedKeywords): readonly unknown[] {
  const {
    become,
    becomeUser,
    becomeMethod,
    becomeFlags,
    environment,
    delegateTo,
    remoteUser,
    port,
    connection,
  } = holder;
  const {
    noLog,
    checkMode,
    diff,
    runOnce,
    throttle,
    timeout,
    delegateFacts,
    ignoreUnreachable,
    anyErrorsFatal,
  } = holder;
  return [
    ...[become, becomeUser, becomeMethod, becomeFlags, environment, delegateTo, remoteUser, port, connection],
    ...[noLog, checkMode, diff, runOnce, throttle, timeout, delegateFacts, ignoreUnreachable, anyErrorsFatal],
  ];
}

/** Names that exist inside a loop. */
function loopNames(node: Node): readonly string[] {
  if (node.loop === undefined) return [];
  const { loopVar, indexVar } = node.loopControl;
  return indexVar === undefined ? [loopVar] : [loopVar, indexVar];
}

/** What cannot be parsed was reported when the file was loaded. */
function safely(find: () => readonly Reference[]): readonly Reference[] {
  try {
    return find();
  } catch (thrown) {
    if (thrown instanceof HostwrightError || thrown instanceof HostwrightErrors) return [];
    throw thrown;
  }
}

/** Facts that Ansible puts among the variables; here they are under `facts`. */
function hintFor(name: string, inputs: Inputs): string | undefined {
  if (Object.hasOwn(inputs, name)) return `It is an input of the play: write inputs.${name}.`;
  const fact = /^ansible_(\w+)$/.exec(name)?.[1];
  return fact === undefined
    ? undefined
    : `Facts are under "facts" (facts.${fact}); else define the variable.`;
}
