import type { Command } from 'commander';
import { type HostwrightError, HostwrightErrors } from '../../core/error.ts';
import type { ExitCode } from '../../core/result.ts';
import type { RunOptions } from '../../engine/options.ts';
import { driftOf, enforcePlan } from '../../engine/planner.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { createSealer, keyFile } from '../../journal/seal.ts';
import type { DefineCommand } from '../command.ts';
import type { TaskFlags } from '../flags.ts';
import { loadInventoryFrom, loadPlaybooks } from '../parts.ts';
import { type Artifact, openArtifact, readArtifact } from '../plans/artifact.ts';
import { digestFiles, digestInventory } from '../plans/digests.ts';
import { makePlan, type Planned } from '../plans/make-plan.ts';
import { stalePlan } from '../problems.ts';
import { addConnectionOptions, addOutputOptions, runOptionsOf } from '../run-options.ts';
import { createReporter, runPlaybooks } from '../run-playbooks.ts';
import { definedOf } from '../runs/recorded.ts';
import type { Terminal } from '../terminal.ts';
import { version } from '../version.ts';

const EXAMPLES = `
Examples:
  $ hostwright plan site.yaml -i inventory -o night.plan
  $ hostwright apply night.plan

It is refused where the playbook, a role, a template, a file, the inventory, the
version or a host is no longer as it was when the plan was made.
`;

export const defineApply: DefineCommand = (command, { terminal, finish }) => {
  command.usage('FILE [OPTIONS]').argument('<file>', 'the plan');
  addOutputOptions(command);
  addConnectionOptions(command as Command)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: TaskFlags) => finish(await apply(file, flags, terminal)));
};

async function apply(file: string, flags: TaskFlags, terminal: Terminal): Promise<ExitCode> {
  const artifact = readArtifact(file);
  const { origin, answers } = openArtifact(artifact, createSealer(keyFile(terminal.environment)));
  process.chdir(origin.directory);
  // What can be seen without contacting a host comes first, all of it together.
  refuse(codeDrift(artifact));
  const [playbooks, inventory] = await Promise.all([
    loadPlaybooks(origin.files),
    loadInventoryFrom(origin.inventory, origin.files),
  ]);
  refuse(inventoryDrift(artifact, inventory));
  const given = await runOptionsOf({ ...flags, forks: origin.options.forks }, terminal);
  const options: RunOptions = {
    ...given,
    ...origin.options,
    extraVars: [answers, ...origin.options.extraVars],
    prompt: undefined,
    diff: true,
    connection: { ...given.connection, ...origin.options.connection, ...definedOf(given.connection) },
  };
  // Nobody watches the second look: it either says nothing, or why not.
  const silent = { handle: () => {} };
  const now = await makePlan(playbooks, inventory, options, silent, terminal, undefined);
  refuse(hostDrift(artifact, now));
  const reporter = await createReporter(flags.reporter, options.verbosity, terminal);
  const again = { command: 'apply', files: origin.files, inventory: origin.inventory } as const;
  const planner = enforcePlan(artifact.rows);
  return (await runPlaybooks(playbooks, inventory, options, reporter, terminal, again, { planner })).exitCode;
}

function codeDrift({ version: was, files }: Artifact): readonly string[] {
  const reasons = was === version ? [] : [`The plan was made by version ${was}, and this is ${version}.`];
  const now = digestFiles(Object.keys(files));
  const moved = Object.entries(files).filter(([file, digest]) => now[file] !== digest);
  return [
    ...reasons,
    ...moved.map(([file]) => (now[file] === 'gone' ? `${file} is gone.` : `${file} was changed.`)),
  ];
}

function inventoryDrift(artifact: Artifact, inventory: Inventory): readonly string[] {
  return digestInventory(inventory) === artifact.inventory
    ? []
    : ['The inventory has other hosts, groups or variables than it had.'];
}

function hostDrift({ rows, machines }: Artifact, now: Planned): readonly string[] {
  const others = Object.entries(machines).filter(([host, id]) => now.machines.get(host) !== id);
  const found = now.masker()?.data(now.rows()) ?? now.rows();
  const failed = now.results.filter(({ status }) => status === 'unreachable');
  return [
    ...failed.map(({ host }) => `${host} does not answer.`),
    ...others
      .filter(([host]) => now.machines.has(host))
      .map(([host]) => `${host} is another machine than when the plan was made.`),
    ...driftOf(rows, found),
  ];
}

/** Reasons that are named; more are counted. */
const NAMED = 20;

function refuse(reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  const more = reasons.length - NAMED;
  const named = more > 0 ? [...reasons.slice(0, NAMED), `… and ${more} more.`] : reasons;
  const last = named.length - 1;
  throw new HostwrightErrors(
    named.map((reason, index): HostwrightError => stalePlan(reason, index === last)),
  );
}
