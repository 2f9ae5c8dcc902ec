import type { Layer } from '../core/scope.ts';
import { type InventoryData, noFiles } from './data.ts';
import type { Inventory } from './inventory.ts';
import { selectHosts } from './patterns.ts';

/** Names of the controller itself, which is a host even where no inventory says so. */
const LOCAL_NAMES = new Set(['localhost', '127.0.0.1', '::1']);

const dataOf = new WeakMap<Inventory, InventoryData>();

/** What an inventory was made from, to make another one from it. */
export function inventoryData(inventory: Inventory): InventoryData {
  const data = dataOf.get(inventory);
  if (!data) throw new Error('This inventory was not made by createInventory.');
  return data;
}

/** Works out who is in which group, and in which order variables count. */
export function createInventory(data: InventoryData): Inventory {
  const members = membersOf(data);
  const parents = parentsOf(data);
  const rank = createRank(data, parents);
  const groupsByHost = new Map<string, readonly string[]>();
  const layersByHost = new Map<string, readonly Layer[]>();

  const directGroups = new Map<string, string[]>();
  for (const [name, group] of data.groups)
    for (const host of group.hosts) directGroups.set(host, [...(directGroups.get(host) ?? []), name]);

  const groupsOf = (host: string): readonly string[] =>
    kept(groupsByHost, host, () => {
      const found = new Set(['all']);
      const climb = (name: string) => {
        if (found.has(name)) return;
        found.add(name);
        for (const parent of parents.get(name) ?? []) climb(parent);
      };
      for (const name of directGroups.get(host) ?? []) if (!isGeneral(name)) climb(name);
      if (found.size === 1 && data.hosts.has(host)) found.add('ungrouped');
      return [...found].sort((a, b) => compareRanks(rank(a), rank(b)));
    });

  const layersOf = (host: string): readonly Layer[] =>
    kept(layersByHost, host, () => {
      const [all, ...groups] = groupsOf(host).map((name) => ({
        vars: data.groups.get(name)?.vars ?? {},
        files: data.groupFiles.get(name) ?? noFiles,
      }));
      const own = data.hostFiles.get(host) ?? noFiles;
      const implicit: Layer =
        LOCAL_NAMES.has(host) && !data.hosts.has(host) ? { ansible_connection: 'local' } : {};
      // Ansible's order: of everything in the sources, files beside the inventory, files beside the playbook, the later wins;
      // but files of all other groups win over both kinds of files of `all`.
      const layers = [
        ...(all ? [all.vars] : []),
        ...groups.map((group) => group.vars),
        ...(all ? [...all.files.inventory, ...all.files.playbook] : []),
        ...groups.flatMap((group) => group.files.inventory),
        ...groups.flatMap((group) => group.files.playbook),
        implicit,
        data.hosts.get(host) ?? {},
        ...own.inventory,
        ...own.playbook,
      ];
      return layers.filter((layer) => Object.keys(layer).length > 0);
    });

  const groups: Readonly<Record<string, readonly string[]>> = Object.fromEntries(members);
  const hosts = [...data.hosts.keys()];
  const inventory: Inventory = {
    sources: data.sources,
    hosts,
    groups,
    groupsOf,
    layersOf,
    select: (pattern) => selectHosts(pattern, { hosts, groups: members, localNames: LOCAL_NAMES }),
  };
  dataOf.set(inventory, data);
  return inventory;
}

function kept<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

/** Hosts of each group with those of its children, in the order of the inventory. */
function membersOf(data: InventoryData): ReadonlyMap<string, readonly string[]> {
  const order = new Map([...data.hosts.keys()].map((host, index) => [host, index]));
  const sets = new Map<string, ReadonlySet<string>>();
  const collect = (name: string): ReadonlySet<string> =>
    kept(sets, name, () => {
      const group = data.groups.get(name);
      return new Set([
        ...(group?.hosts ?? []),
        ...(group?.children ?? []).flatMap((child) => [...collect(child)]),
      ]);
    });
  const sorted = (hosts: Iterable<string>) =>
    [...hosts].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const grouped = new Set(
    [...data.groups.keys()].filter((name) => !isGeneral(name)).flatMap((name) => [...collect(name)]),
  );
  return new Map(
    [...data.groups.keys()].map((name) => {
      if (name === 'all') return [name, [...data.hosts.keys()]];
      if (name === 'ungrouped') return [name, [...data.hosts.keys()].filter((host) => !grouped.has(host))];
      return [name, sorted(collect(name))];
    }),
  );
}

const isGeneral = (group: string) => group === 'all' || group === 'ungrouped';

function parentsOf(data: InventoryData): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, string[]>();
  for (const [name, group] of data.groups)
    for (const child of group.children) parents.set(child, [...(parents.get(child) ?? []), name]);
  return parents;
}

type Rank = readonly [depth: number, priority: number, name: string];

/** Depth below `all`, then priority, then name: the order in which variables of groups override each other. */
function createRank(
  data: InventoryData,
  parents: ReadonlyMap<string, readonly string[]>,
): (group: string) => Rank {
  const depths = new Map<string, number>([['all', 0]]);
  const depthOf = (name: string): number =>
    kept(depths, name, () => Math.max(0, ...(parents.get(name) ?? []).map(depthOf)) + 1);
  return (name) => [depthOf(name), data.groups.get(name)?.priority ?? 1, name];
}

function compareRanks(a: Rank, b: Rank): number {
  return a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1);
}
