import type { Layer } from '../core/scope.ts';
import { createInventory, inventoryData } from './create-inventory.ts';
import type { GroupData, InventoryData } from './data.ts';
import type { Inventory } from './inventory.ts';
import { readGroupName, readHostName } from './names.ts';
import * as problems from './problems.ts';

/** The inventory with a host (`add_host`): new, or with further groups and variables. Throws for an impossible name. */
export function withHost(
  inventory: Inventory,
  added: { readonly name: string; readonly groups: readonly string[]; readonly vars: Layer },
): Inventory {
  const data = inventoryData(inventory);
  const { name, port } = readHostName(added.name);
  const hosts = new Map(data.hosts);
  hosts.set(name, { ...hosts.get(name), ...(port !== undefined && { ansible_port: port }), ...added.vars });
  const groups = new Map(data.groups);
  for (const group of added.groups) addMembers(groups, group, [name]);
  return createInventory({ ...data, hosts, groups });
}

/** The inventory with a group (`group_by`) of hosts, below its parents. Throws where a group would contain itself. */
export function withGroup(
  inventory: Inventory,
  added: { readonly name: string; readonly hosts: readonly string[]; readonly parents?: readonly string[] },
): Inventory {
  const data = inventoryData(inventory);
  const groups = new Map(data.groups);
  addMembers(groups, added.name, added.hosts);
  for (const parent of added.parents ?? []) {
    if (parent === 'all') continue;
    rejectCycle(groups, parent, added.name);
    const known = groups.get(readGroupName(parent)) ?? emptyGroup;
    if (!known.children.includes(added.name))
      groups.set(parent, { ...known, children: [...known.children, added.name] });
  }
  return createInventory({ ...data, groups });
}

const emptyGroup: GroupData = { hosts: [], children: [], vars: {}, priority: 1 };

function addMembers(groups: Map<string, GroupData>, name: string, hosts: readonly string[]): void {
  const known = groups.get(readGroupName(name)) ?? emptyGroup;
  const added = hosts.filter((host) => !known.hosts.includes(host));
  groups.set(name, added.length === 0 ? known : { ...known, hosts: [...known.hosts, ...added] });
}

function rejectCycle(groups: InventoryData['groups'], parent: string, child: string): void {
  const path: string[] = [];
  const reaches = (name: string): boolean => {
    path.push(name);
    if (name === parent || (groups.get(name)?.children ?? []).some(reaches)) return true;
    path.pop();
    return false;
  };
  if (reaches(child)) throw problems.groupCycle(undefined, [parent, ...path]);
}
