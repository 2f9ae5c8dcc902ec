import { dirname } from 'node:path';
import type { Transport } from '../core/connection.ts';
import type { RunParts } from '../engine/options.ts';
import type { Resume } from '../engine/replay.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { ModuleTable } from '../modules/table.ts';
import type { LoadedPlaybook } from '../playbook/tree.ts';

// The one place that ties the layers together. Everything is loaded when it is first needed.

/**
 * Hosts, groups and variables from these sources; group_vars/ and host_vars/ beside the playbooks count too. Throws HostwrightErrors.
 */
export async function loadInventoryFrom(
  sources: readonly string[],
  playbooks: readonly string[] = [],
): Promise<Inventory> {
  const { loadInventory } = await import('../inventory/load.ts');
  return loadInventory(sources, {
    playbookDirs: [...new Set(playbooks.map((file) => dirname(file)))],
    expressions: async () => (await import('../playbook/expressions/index.ts')).sharedExpressions(),
  });
}

/** Playbooks, read and checked as far as that goes without an inventory. Throws the errors of all of them. */
export async function loadPlaybooks(files: readonly string[]): Promise<readonly LoadedPlaybook[]> {
  const [{ loadPlaybook }, { sharedExpressions }, modules] = await Promise.all([
    import('../playbook/load.ts'),
    import('../playbook/expressions/index.ts'),
    loadModules(),
  ]);
  const { collectErrors } = await import('../core/error.ts');
  const errors = collectErrors();
  const loaded: LoadedPlaybook[] = [];
  for (const file of files) {
    try {
      loaded.push(await loadPlaybook(file, { modules, expressions: sharedExpressions() }));
    } catch (thrown) {
      errors.attempt(() => {
        throw thrown;
      });
    }
  }
  errors.throwIfAny();
  return loaded;
}

export async function loadModules(): Promise<ModuleTable> {
  return (await import('../modules/index.ts')).modules;
}

export async function loadTransports(): Promise<Readonly<Record<string, () => Promise<Transport>>>> {
  return (await import('../transports/index.ts')).transports;
}

export async function loadEngine() {
  return (await import('../engine/run.ts')).run;
}

/** What opens the journal of a run in this directory, with what is needed to begin the run again. */
export async function loadJournal() {
  const [{ runsDirectory }, { openJournal }, { warnings }] = await Promise.all([
    import('../journal/directory.ts'),
    import('../journal/open.ts'),
    import('../journal/problems.ts'),
  ]);
  return (
    environment: Readonly<Record<string, string | undefined>>,
    origin: Readonly<Record<string, unknown>>,
    resume?: Resume,
  ): RunParts['openJournal'] => {
    const runs = runsDirectory(environment);
    if (runs === undefined) return undefined;
    return (runId, masker, warn) => {
      try {
        return openJournal({ runs, environment, origin }, runId, masker, resume?.history.lastIntent);
      } catch (cause) {
        // Who continues a run counts on what it says.
        if (resume) throw cause;
        warn(warnings.notRecorded(runs, cause));
        return undefined;
      }
    };
  };
}

/** Linting, with what it needs. */
export async function loadLinter() {
  const [{ lint }, { fixAndWrite }, format, { levelsOf }, { createExpressions }] = await Promise.all([
    import('../lint/lint.ts'),
    import('../lint/fix.ts'),
    import('../lint/format.ts'),
    import('../lint/levels.ts'),
    import('../playbook/expressions/index.ts'),
  ]);
  return { lint, fixAndWrite, levelsOf, createExpressions, ...format };
}

/** The import from Ansible, with what it needs. */
export async function loadImporter() {
  const [{ importAnsible }, { formatImported }, { createExpressions }] = await Promise.all([
    import('../ansible/import.ts'),
    import('../ansible/summary.ts'),
    import('../playbook/expressions/index.ts'),
  ]);
  return { importAnsible, formatImported, createExpressions };
}

/** What operators do with changes of the network that wait to be confirmed. */
export async function loadGuard() {
  const [{ networkTransaction }, { describeStatus }] = await Promise.all([
    import('../engine/guard/operator.ts'),
    import('../engine/guard/status-text.ts'),
  ]);
  return { networkTransaction, describeStatus };
}
