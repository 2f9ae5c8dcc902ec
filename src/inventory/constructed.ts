import { HostwrightError, HostwrightErrors } from '../core/error.ts';
import { positionOf, positionOfKey, type SourcePosition } from '../core/position.ts';
import { createScope, type Layer, type Scope } from '../core/scope.ts';
import { Template } from '../core/template.ts';
import type { Draft } from './draft.ts';
import type { Inventory } from './inventory.ts';
import * as problems from './problems.ts';
import { describe, isMapping } from './yaml-source.ts';

/** What evaluates expressions in inventories: CEL, and templates. */
export interface InventoryExpressions {
  /** The value with every template in it rendered. */
  readonly resolve: (value: unknown, scope: Scope) => unknown;
  /** The value of a CEL expression. */
  readonly evaluate: (expression: string, scope: Scope, position?: SourcePosition) => unknown;
}

/** A source file that says `plugin: constructed`: groups and variables made from the variables of the hosts. */
export interface Constructed {
  readonly document: Readonly<Record<string, unknown>>;
  readonly source: string;
}

const KEYS = ['plugin', 'strict', 'compose', 'groups', 'keyed_groups', 'use_vars_plugins'];
const KEYED_KEYS = ['key', 'prefix', 'separator', 'parent_group', 'default_value', 'leading_separator'];

/** True for a document that another plugin of this name would read in Ansible. */
export function isConstructed(plugin: string): boolean {
  return plugin === 'constructed' || plugin === 'ansible.builtin.constructed';
}

/**
 * Adds what one file says to the draft, from the variables that hosts have by now. Facts are not among them: they would have to be read
 * from every host before it is known which hosts a play is about. Throws HostwrightErrors with places.
 */
export function applyConstructed(
  { document, source }: Constructed,
  inventory: Inventory,
  draft: Draft,
  expressions: InventoryExpressions,
): void {
  const keyed = document.keyed_groups ?? [];
  checkForm(document, keyed, source);
  for (const host of inventory.hosts) {
    const compose = document.compose ?? {};
    const composed = Object.create(null) as Record<string, unknown>;
    const scope = scopeOf(inventory, host, composed);
    const value = (written: unknown, position: SourcePosition | undefined): unknown => {
      try {
        if (typeof written !== 'string') return expressions.resolve(written, scope);
        return expressions.evaluate(written, scope, position);
      } catch (thrown) {
        // As in Ansible, a host without the variable is not meant, unless the file is strict.
        if (document.strict !== true && isUndefined(thrown)) return undefined;
        throw thrown;
      }
    };
    for (const [name, written] of Object.entries(compose as Layer)) {
      const found = value(written, positionOf(compose as object, name));
      if (found !== undefined) composed[name] = found;
    }
    draft.setHostVariables(host, { ...composed });
    for (const [name, written] of Object.entries((document.groups ?? {}) as Layer)) {
      const position = positionOf(document.groups as object, name);
      const holds = value(written, position);
      if (holds !== undefined && typeof holds !== 'boolean')
        throw problems.constructedNotBoolean(position, name, describe(holds));
      if (holds) draft.addMember(name, host, positionOfKey(document.groups as object, name));
    }
    for (const entry of keyed as readonly Layer[]) {
      for (const name of keyedNames(entry, value(entry.key, positionOf(entry, 'key')))) {
        draft.addMember(name, host, positionOf(entry));
        if (typeof entry.parent_group === 'string' && entry.parent_group !== 'all')
          draft.addChild(entry.parent_group, name, positionOf(entry, 'parent_group'));
      }
    }
  }
}

/** Names of groups for the value of a key: of a text one, of a list one for each item, of a map one for each entry. */
function keyedNames(entry: Layer, key: unknown): readonly string[] {
  if (key === undefined || key === null) return [];
  const prefix = String(entry.prefix ?? '');
  const separator = String(entry.separator ?? '_');
  const parts = isMapping(key)
    ? Object.entries(key).map(([name, one]) => `${name}${separator}${String(one)}`)
    : [key].flat().map(String);
  return parts.flatMap((part) => {
    const text = part === '' ? String(entry.default_value ?? '') : part;
    if (text === '') return [];
    const joined = prefix === '' && entry.leading_separator === false ? text : `${prefix}${separator}${text}`;
    return [joined.replaceAll(/[^\p{L}\p{N}_]/gu, '_')];
  });
}

function scopeOf(inventory: Inventory, host: string, composed: Layer): Scope {
  const noFacts = () => {
    throw problems.constructedFacts();
  };
  return createScope([
    ...inventory.layersOf(host),
    composed,
    {
      inventory_hostname: host,
      inventory_hostname_short: host.split('.')[0],
      group_names: inventory.groupsOf(host).filter((group) => group !== 'all'),
      groups: inventory.groups,
    },
    Object.defineProperties(
      {},
      { facts: { get: noFacts, enumerable: true }, ansible_facts: { get: noFacts, enumerable: true } },
    ),
  ]);
}

function isUndefined(thrown: unknown): boolean {
  const errors = thrown instanceof HostwrightErrors ? thrown.errors : [thrown];
  return errors.every((error) => error instanceof HostwrightError && error.code.startsWith('undefined'));
}

function checkForm(document: Layer, keyed: unknown, source: string): void {
  const unknown = (map: object, known: readonly string[]) => {
    for (const key of Object.keys(map))
      if (!known.includes(key)) throw problems.constructedKey(positionOfKey(map, key), key, known);
  };
  unknown(document, KEYS);
  for (const key of ['compose', 'groups']) {
    const value = document[key] ?? {};
    if (!isMapping(value))
      throw problems.notMap(positionOf(document, key), `"${key}" of ${source}`, describe(value), NAMES);
  }
  if (!Array.isArray(keyed))
    throw problems.notMap(positionOf(document, 'keyed_groups'), '"keyed_groups"', describe(keyed), KEYED);
  for (const entry of keyed) {
    if (!isMapping(entry))
      throw problems.notMap(undefined, 'An entry of "keyed_groups"', describe(entry), KEYED);
    unknown(entry, KEYED_KEYS);
    if (typeof entry.key !== 'string' && !(entry.key instanceof Template))
      throw problems.notMap(positionOf(entry), 'An entry of "keyed_groups"', 'without a key', KEYED);
  }
}

const NAMES = 'Write "NAME: EXPRESSION" below it, one on each line.';
const KEYED = 'Write a list of maps: "- {prefix: os, key: EXPRESSION}".';
