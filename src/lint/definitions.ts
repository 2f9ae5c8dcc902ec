import { positionOfKey, type SourcePosition } from '../core/position.ts';
import { definedNames, MAGIC_NAMES } from '../playbook/defined-names.ts';
import type { Inputs, RoleContext, Variables } from '../playbook/tree.ts';
import { type Judged, nodesOf } from './judged.ts';

/** A name that something in a playbook gives a value. */
export interface Definition {
  readonly name: string;
  readonly as:
    | 'variable'
    | 'input'
    | 'register'
    | 'fact'
    | 'loop variable'
    | 'role default'
    | 'role variable';
  readonly position: SourcePosition | undefined;
}

const found = new WeakMap<Judged, readonly Definition[]>();

/** All names that a playbook and its roles define, in the order of the plays. */
export function definitionsIn(judged: Judged): readonly Definition[] {
  const definitions = found.get(judged) ?? [...search(judged)];
  found.set(judged, definitions);
  return definitions;
}

function* search({ playbook }: Judged): Generator<Definition> {
  yield* inputsOf(playbook.inputs);
  const roles = new Set<RoleContext>();
  for (const play of playbook.plays) {
    yield* variablesOf(play.vars, 'variable');
    yield* inputsOf(play.inputs);
    for (const role of play.staticRoles) roles.add(role);
    for (const { node } of nodesOf(play)) {
      if (node.origin.role) roles.add(node.origin.role);
      yield* variablesOf(node.vars, 'variable');
      if (node.loop !== undefined) {
        const { loopVar, indexVar } = node.loopControl;
        for (const name of [loopVar, indexVar])
          if (name !== undefined) yield { name, as: 'loop variable', position: node.position };
      }
      if (node.kind !== 'task') continue;
      if (node.register !== undefined) yield { name: node.register, as: 'register', position: node.position };
      if (node.module === 'set_fact') yield* variablesOf(node.params, 'fact');
    }
  }
  for (const role of roles) {
    yield* variablesOf(role.defaults, 'role default');
    yield* variablesOf(role.vars, 'role variable');
    yield* inputsOf(role.inputs);
  }
}

function* variablesOf(variables: Variables | undefined, as: Definition['as']): Generator<Definition> {
  for (const name of Object.keys(variables ?? {}))
    yield { name, as, position: variables && positionOfKey(variables, name) };
}

function* inputsOf(inputs: Inputs): Generator<Definition> {
  for (const [name, { position }] of Object.entries(inputs)) yield { name, as: 'input', position };
}

/** Every name that anything at all may define; undefined where that cannot be listed. */
export function namesAnywhere(judged: Judged): ReadonlySet<string> | undefined {
  const { playbook, knownOf, besideNames } = judged;
  const { names, anything } = definedNames(playbook.plays);
  if (anything || judged.open) return undefined;
  const all = new Set([...MAGIC_NAMES, ...names, ...besideNames]);
  for (const { name } of definitionsIn(judged)) all.add(name);
  for (const play of playbook.plays) {
    const known = knownOf?.(play);
    for (const name of known?.everywhere ?? []) all.add(name);
    for (const hostNames of known?.ofHost.values() ?? []) for (const name of hostNames) all.add(name);
    for (const use of play.roles) for (const name of Object.keys(use.params)) all.add(name);
    for (const file of play.loadedVarsFiles) for (const name of Object.keys(file ?? {})) all.add(name);
  }
  return all;
}
