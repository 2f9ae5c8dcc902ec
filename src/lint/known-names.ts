import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { errorsIn, type HostwrightError } from '../core/error.ts';
import { createScope } from '../core/scope.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { KnownNames } from '../playbook/check-names.ts';
import type { Expressions } from '../playbook/expressions.ts';
import { isMapping } from '../playbook/parse/values.ts';
import type { LoadedPlaybook, Play } from '../playbook/tree.ts';
import type { Sources } from './sources.ts';

/** What an inventory knows about the hosts of a play, or why that cannot be told. */
export function knownOfPlay(
  play: Play,
  playbook: LoadedPlaybook,
  inventory: Inventory,
  extraVars: readonly Readonly<Record<string, unknown>>[],
  expressions: Pick<Expressions, 'resolve'>,
): { readonly known: KnownNames; readonly errors: readonly HostwrightError[] } {
  const everywhere = extraVars.flatMap(Object.keys);
  const inputs = Object.entries({ ...playbook.inputs, ...play.inputs }).map(([name, { default: value }]) => [
    name,
    value,
  ]);
  try {
    const scope = createScope([
      ...extraVars,
      { inputs: Object.fromEntries(inputs), groups: inventory.groups },
    ]);
    const written = expressions.resolve(play.hosts, scope);
    const hosts = inventory.select(Array.isArray(written) ? written.join(',') : String(written));
    const namesOf = (host: string) => new Set(inventory.layersOf(host).flatMap(Object.keys));
    return {
      known: { ofHost: new Map(hosts.map((host) => [host, namesOf(host)])), everywhere },
      errors: [],
    };
  } catch (thrown) {
    const errors = errorsIn(thrown);
    // Hosts that only an input, or an earlier play, names: nothing can be told about their variables.
    const isOpen = errors.some(({ code }) => code === 'undefined-variable' || code === 'undefined-field');
    return { known: { ofHost: new Map(), everywhere }, errors: isOpen ? [] : errors };
  }
}

/** Names that group_vars/ and host_vars/ beside the playbook, or beside its inventory/, give to some host. */
export function namesBeside(file: string, sources: Sources): Promise<ReadonlySet<string>> {
  const home = path.dirname(path.resolve(file));
  const known = sources.beside.get(home) ?? namesAround(home, sources);
  sources.beside.set(home, known);
  return known;
}

async function namesAround(home: string, sources: Sources): Promise<ReadonlySet<string>> {
  const homes = [
    home,
    path.join(home, 'inventory'),
    path.dirname(home),
    path.join(path.dirname(home), 'inventory'),
  ];
  const names = new Set<string>();
  const visit = async (directory: string): Promise<void> => {
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const inner = path.join(directory, entry.name);
      if (entry.isDirectory()) await visit(inner);
      else if (/\.(ya?ml|json)$/.test(entry.name) || !entry.name.includes('.')) {
        const value = await sources.read(inner).catch(() => undefined);
        if (isMapping(value)) for (const name of Object.keys(value)) names.add(name);
      }
    }
  };
  for (const one of homes) for (const kind of ['group_vars', 'host_vars']) await visit(path.join(one, kind));
  return names;
}
