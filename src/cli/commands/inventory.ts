import { toJson } from '../../core/fields.ts';
import { createMasker } from '../../core/secret.ts';
import { Template } from '../../core/template.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { DefineCommand } from '../command.ts';
import { inventorySources } from '../inventory-sources.ts';
import { loadInventoryFrom } from '../parts.ts';
import { noSuchHost } from '../problems.ts';
import { addInventoryOption, addVaultOptions } from '../run-options.ts';

interface InventoryFlags {
  readonly inventory?: readonly string[];
  readonly limit?: string;
  readonly list?: true;
  readonly graph?: true;
  readonly host?: string;
}

const EXAMPLES = `
Examples:
  $ hostwright inventory -i inventory --graph
  $ hostwright inventory -i inventory --host kvm1
  $ hostwright inventory -i inventory --list > hosts.json
`;

export const defineInventory: DefineCommand = (command, { terminal, write }) => {
  addVaultOptions(addInventoryOption(command.usage('[OPTIONS]')))
    .option('-l, --limit <pattern>', 'only these of the hosts')
    .option('--graph', 'groups and hosts as a tree (this is the default)')
    .option('--list', 'everything as JSON, in the form of a dynamic inventory')
    .option('--host <name>', 'the variables of one host as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: InventoryFlags) => {
      const inventory = await loadInventoryFrom(await inventorySources(flags.inventory, terminal));
      const hosts = flags.limit === undefined ? inventory.hosts : inventory.select(flags.limit);
      if (flags.host !== undefined) write(`${toJson(shown(variablesOf(inventory, flags.host)), 2)}\n`);
      else if (flags.list) write(`${toJson(shown(listOf(inventory, hosts)), 2)}\n`);
      else write(graphOf(inventory, hosts));
    });
};

/** Without what was encrypted. */
function shown<T>(data: T): T {
  return createMasker().data(data);
}

function variablesOf(inventory: Inventory, host: string): Record<string, unknown> {
  if (!inventory.hosts.includes(host)) throw noSuchHost(host, inventory.hosts);
  return asWritten(Object.assign({}, ...inventory.layersOf(host))) as Record<string, unknown>;
}

function listOf(inventory: Inventory, hosts: readonly string[]): Record<string, unknown> {
  const groups = Object.entries(inventory.groups).map(([group, members]) => [
    group,
    { hosts: members.filter((host) => hosts.includes(host)) },
  ]);
  const hostvars = Object.fromEntries(hosts.map((host) => [host, variablesOf(inventory, host)]));
  return { _meta: { hostvars }, ...Object.fromEntries(groups) };
}

// Templates are shown as they stand in the file: they are evaluated at use, in a run.
function asWritten(value: unknown): unknown {
  if (value instanceof Template) return value.source;
  if (Array.isArray(value)) return value.map(asWritten);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, asWritten(part)]));
}

/** Groups below the smallest group that holds all of theirs, hosts below their own groups. */
function graphOf(inventory: Inventory, hosts: readonly string[]): string {
  const parents = new Map<string, string>();
  for (const host of inventory.hosts) {
    const chain = inventory.groupsOf(host);
    for (const group of chain) {
      if (group !== 'all') parents.set(group, parentOf(group, inventory));
    }
  }
  const lines: string[] = [];
  const show = (group: string, indent: string) => {
    lines.push(`${indent}@${group}:`);
    const below = [...parents].filter(([, parent]) => parent === group).map(([name]) => name);
    for (const child of below) show(child, `${indent}  `);
    const covered = new Set(below.flatMap((name) => inventory.groups[name] ?? []));
    for (const host of inventory.groups[group] ?? []) {
      if (hosts.includes(host) && !covered.has(host)) lines.push(`${indent}  ${host}`);
    }
  };
  show('all', '');
  return `${lines.join('\n')}\n`;
}

function parentOf(group: string, { groups }: Inventory): string {
  const members = groups[group] ?? [];
  const larger = Object.entries(groups).filter(
    ([name, hosts]) =>
      name !== group &&
      name !== 'ungrouped' &&
      hosts.length > members.length &&
      members.every((host) => hosts.includes(host)),
  );
  return larger.toSorted(([, a], [, b]) => a.length - b.length)[0]?.[0] ?? 'all';
}
