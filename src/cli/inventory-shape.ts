import { inventoryData } from '../inventory/create-inventory.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { noSuchGroup } from './problems.ts';

/** A group with what stands directly in it. */
interface Shape {
  readonly name: string;
  readonly children: readonly string[];
  readonly hosts: readonly string[];
}

/** Groups and hosts below one of them as a tree, drawn as Ansible draws it. A group with several parents stands below each of them. */
export function graphOf(inventory: Inventory, hosts: readonly string[], top = 'all'): string {
  const shapes = shapesOf(inventory, hosts);
  if (!shapes.has(top)) throw noSuchGroup(top, [...shapes.keys()]);
  const lines = [`@${top}:`];
  const show = (name: string, indent: string) => {
    const { children, hosts: own } = shapes.get(name) ?? { children: [], hosts: [] };
    for (const child of children) {
      lines.push(`${indent}|--@${child}:`);
      show(child, `${indent}|  `);
    }
    for (const host of own) lines.push(`${indent}|--${host}`);
  };
  show(top, '  ');
  return `${lines.join('\n')}\n`;
}

/** The groups in the form of a dynamic inventory: what is below a group is named by its children. */
export function groupsAsJson(
  inventory: Inventory,
  hosts: readonly string[],
): Readonly<Record<string, { readonly hosts?: readonly string[]; readonly children?: readonly string[] }>> {
  const filled = [...shapesOf(inventory, hosts).values()].filter(
    ({ name, children, hosts: own }) => name === 'all' || children.length + own.length > 0,
  );
  return Object.fromEntries(
    filled.map(({ name, children, hosts: own }) => [
      name,
      { ...(children.length > 0 ? { children } : {}), ...(own.length > 0 ? { hosts: own } : {}) },
    ]),
  );
}

function shapesOf(inventory: Inventory, hosts: readonly string[]): ReadonlyMap<string, Shape> {
  const data = inventoryData(inventory);
  const names = [...data.groups.keys()].filter((name) => name !== 'all' && name !== 'ungrouped');
  const inOthers = new Set(names.flatMap((name) => data.groups.get(name)?.children ?? []));
  const shown = (list: readonly string[]) =>
    inventory.hosts.filter((host) => list.includes(host) && hosts.includes(host));
  const shapes = names.map((name) => {
    const { children = [], hosts: own = [] } = data.groups.get(name) ?? {};
    return { name, children, hosts: shown(own) };
  });
  const top = names.filter((name) => !inOthers.has(name));
  const ungrouped = { name: 'ungrouped', children: [], hosts: shown(inventory.groups.ungrouped ?? []) };
  const all = { name: 'all', children: ['ungrouped', ...top], hosts: [] };
  return new Map([all, ungrouped, ...shapes].map((shape) => [shape.name, shape]));
}
