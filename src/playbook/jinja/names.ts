import { factNames } from '../../facts/fact-names.ts';
import { MAGIC_NAMES } from '../defined-names.ts';
import type { Names } from './kinds.ts';
import { type Expression, Refusal } from './tree.ts';

const FACTS: ReadonlySet<string> = new Set(factNames);

/** Stands where `{{ ansible_managed }}` stood: Ansible's own default text, with our name. */
const MANAGED = 'Managed by Hostwright';

/** An expression with the names that mean something else here replaced: facts, and what a template sets. */
export function settle(node: Expression, names: Names): Expression {
  if (node.kind === 'name') return settleName(node, names);
  const entry = entryOf(node, names);
  if (entry) return settle(entry, names);
  const facts = factPath(node);
  if (facts !== undefined) return fact(facts);
  return node;
}

function settleName(node: Expression & { readonly kind: 'name' }, names: Names): Expression {
  const replaced = names.replace(node.name);
  if (replaced) return replaced;
  if (names.isOwn(node.name)) return node;
  if (node.name === 'ansible_managed') return { kind: 'text', value: MANAGED };
  if (node.name === 'ansible_facts') return { kind: 'name', name: 'facts' };
  const name = /^ansible_(\w+)$/.exec(node.name)?.[1];
  if (MAGIC_NAMES.has(node.name) && !(name !== undefined && FACTS.has(name))) return node;
  return name === undefined ? node : fact(name);
}

/** What `loop.index` and a field of a map that a template sets stand for. */
function entryOf(node: Expression, names: Names): Expression | undefined {
  if (node.kind !== 'field' || node.of.kind !== 'name') return undefined;
  const map = names.replace(node.of.name);
  if (map?.kind !== 'map') return undefined;
  const found = map.entries.find(([key]) => key.kind === 'text' && key.value === node.name);
  if (!found) throw new Refusal(`${node.of.name}.${node.name} has no counterpart`);
  return found[1];
}

/** `ansible_facts.x` and `ansible_facts['ansible_x']`. */
function factPath(node: Expression): string | undefined {
  if ((node.kind !== 'field' && node.kind !== 'item') || node.of.kind !== 'name') return undefined;
  if (node.of.name !== 'ansible_facts') return undefined;
  const name = node.kind === 'field' ? node.name : node.index.kind === 'text' ? node.index.value : undefined;
  return name?.replace(/^ansible_/, '');
}

/** Interfaces are facts too, under names of their own. */
const INTERFACE = /^(lo|eth|en|em|wl|br|virbr|bond|vlan|tun|tap|docker)\w*$/;

function fact(name: string): Expression {
  if (!FACTS.has(name) && !INTERFACE.test(name))
    throw new Refusal(`there is no fact ${JSON.stringify(name)} here; "hostwright facts" lists them`);
  return { kind: 'field', of: { kind: 'name', name: 'facts' }, name };
}
