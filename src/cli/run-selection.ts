import type { Command } from 'commander';
import type { RunOptions } from '../engine/options.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { LoadedPlaybook } from '../playbook/tree.ts';
import type { TaskFlags } from './flags.ts';
import { inventorySources } from './inventory-sources.ts';
import { loadInventoryFrom, loadPlaybooks } from './parts.ts';
import { collect, runOptionsOf } from './run-options.ts';
import type { Terminal } from './terminal.ts';

/** Options of commands that run playbooks. */
export interface RunFlags extends TaskFlags {
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly startAtTask?: string;
  readonly forceHandlers?: true;
}

/** Options that say which tasks of a playbook are meant. */
export function addSelectionOptions(command: Command): Command {
  return command
    .optionsGroup('Which tasks:')
    .option('-t, --tags <tags>', 'only tasks with one of these tags', collect)
    .option('--skip-tags <tags>', 'no tasks with one of these tags', collect)
    .option('--start-at-task <name>', 'leave out everything before this task')
    .option('--force-handlers', 'run notified handlers even on hosts that failed');
}

/** Everything that a run of playbooks needs, from the command line. */
export async function runInputs(
  files: readonly string[],
  flags: RunFlags,
  terminal: Terminal,
): Promise<{
  readonly playbooks: readonly LoadedPlaybook[];
  readonly inventory: Inventory;
  readonly options: RunOptions;
  readonly sources: readonly string[];
}> {
  const from = inventorySources(flags.inventory, terminal);
  const [playbooks, inventory] = await Promise.all([
    loadPlaybooks(files),
    from.then((sources) => loadInventoryFrom(sources, files)),
  ]);
  const options: RunOptions = {
    ...(await runOptionsOf(flags, terminal)),
    tags: splitTags(flags.tags),
    skipTags: splitTags(flags.skipTags),
    startAtTask: flags.startAtTask,
    forceHandlers: flags.forceHandlers === true,
  };
  return { playbooks, inventory, options, sources: await from };
}

/** Tags may be given several times and with commas. */
function splitTags(values: readonly string[] = []): readonly string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}
