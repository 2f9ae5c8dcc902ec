import { stat } from 'node:fs/promises';
import { noInventory } from './problems.ts';
import type { Terminal } from './terminal.ts';

/** Where the inventory comes from: -i, else HOSTWRIGHT_INVENTORY or ANSIBLE_INVENTORY, else ./inventory where it exists. */
export async function inventorySources(
  given: readonly string[] | undefined,
  { environment }: Terminal,
): Promise<readonly string[]> {
  if (given && given.length > 0) return given;
  const named = environment.HOSTWRIGHT_INVENTORY || environment.ANSIBLE_INVENTORY;
  if (named) return sourcesIn(named);
  const exists = await stat('inventory').catch(() => undefined);
  if (exists) return ['inventory'];
  throw noInventory();
}

// A comma ends a list of hosts; between paths it separates them, as in Ansible.
function sourcesIn(text: string): readonly string[] {
  return text.endsWith(',') ? [text] : text.split(',').map((part) => part.trim());
}
