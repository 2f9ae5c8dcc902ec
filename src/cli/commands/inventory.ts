import { toJson } from '../../core/fields.ts';
import { createMasker } from '../../core/secret.ts';
import { Template } from '../../core/template.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { DefineCommand } from '../command.ts';
import { graphOf, groupsAsJson } from '../inventory-shape.ts';
import { inventorySources } from '../inventory-sources.ts';
import { loadInventoryFrom } from '../parts.ts';
import { limitMatchesNothing, noSuchHost } from '../problems.ts';
import { addInventoryOption, addVaultOptions } from '../run-options.ts';

interface InventoryFlags {
  readonly inventory?: readonly string[];
  readonly limit?: string;
  readonly list?: true;
  readonly graph?: true | string;
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
    .option('--graph [group]', 'groups and hosts as a tree, of all or of one group (this is the default)')
    .option('--list', 'everything as JSON, in the form of a dynamic inventory')
    .option('--host <name>', 'the variables of one host as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: InventoryFlags) => {
      const inventory = await loadInventoryFrom(await inventorySources(flags.inventory, terminal));
      const hosts = flags.limit === undefined ? inventory.hosts : limitedHosts(inventory, flags.limit);
      if (flags.host !== undefined) write(`${toJson(shown(variablesOf(inventory, flags.host)), 2)}\n`);
      else if (flags.list) write(`${toJson(shown(listOf(inventory, hosts)), 2)}\n`);
      else write(graphOf(inventory, hosts, typeof flags.graph === 'string' ? flags.graph : 'all'));
    });
};

function limitedHosts(inventory: Inventory, limit: string): readonly string[] {
  const hosts = inventory.select(limit);
  if (hosts.length === 0) throw limitMatchesNothing(limit);
  return hosts;
}

/** Without what was encrypted. */
function shown<T>(data: T): T {
  return createMasker().data(data);
}

function variablesOf(inventory: Inventory, host: string): Record<string, unknown> {
  if (!inventory.hosts.includes(host)) throw noSuchHost(host, inventory.hosts);
  return asWritten(Object.assign({}, ...inventory.layersOf(host))) as Record<string, unknown>;
}

function listOf(inventory: Inventory, hosts: readonly string[]): Record<string, unknown> {
  const hostvars = Object.fromEntries(hosts.map((host) => [host, variablesOf(inventory, host)]));
  return { _meta: { hostvars }, ...groupsAsJson(inventory, hosts) };
}

// Templates are shown as they stand in the file: they are evaluated at use, in a run.
function asWritten(value: unknown): unknown {
  if (value instanceof Template) return value.source;
  if (Array.isArray(value)) return value.map(asWritten);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, asWritten(part)]));
}
