import { kept } from '../core/kept.ts';
import type { ModuleOrAction, ModuleTable } from '../modules/table.ts';

/** Loads modules by name, each once. Names were checked when the playbook was loaded. */
export function createModuleLoader(table: ModuleTable): (name: string) => Promise<ModuleOrAction> {
  const loaded = new Map<string, Promise<ModuleOrAction>>();
  return (name) =>
    kept(loaded, name, async () => {
      const load = table[name];
      if (!load) throw new Error(`module ${name} is not in the table although the loader let it pass`);
      return load();
    });
}
