import path from 'node:path';
import { formatError } from '../../core/error.ts';
import type { ExitCode } from '../../core/result.ts';
import { createSealer, keyFile } from '../../journal/seal.ts';
import type { DefineCommand } from '../command.ts';
import { diffsOf, keepFor, writeArtifact } from '../plans/artifact.ts';
import { codeOf, digestFiles, digestInventory } from '../plans/digests.ts';
import { makePlan } from '../plans/make-plan.ts';
import { notPlanned } from '../problems.ts';
import { addTaskOptions } from '../run-options.ts';
import { type KeptOrigin, originOf } from '../run-origin.ts';
import { createReporter } from '../run-playbooks.ts';
import { addSelectionOptions, type RunFlags, runInputs } from '../run-selection.ts';
import type { Terminal } from '../terminal.ts';
import { version } from '../version.ts';

interface PlanFlags extends RunFlags {
  readonly out?: string;
}

const EXAMPLES = `
Examples:
  $ hostwright plan site.yaml -i inventory                what would change
  $ hostwright plan site.yaml -i inventory -o night.plan  the same, kept
  $ hostwright apply night.plan                           exactly that
`;

export const definePlan: DefineCommand = (command, { terminal, finish }) => {
  command
    .usage('PLAYBOOK… [OPTIONS]')
    .argument('<playbook...>', 'playbook files, run one after the other')
    .option('-o, --out <file>', 'keep the plan in a file, for apply');
  addSelectionOptions(addTaskOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: PlanFlags) => finish(await plan(files, flags, terminal)));
};

async function plan(files: readonly string[], flags: PlanFlags, terminal: Terminal): Promise<ExitCode> {
  const { playbooks, inventory, options, sources } = await runInputs(files, flags, terminal);
  const reporter = await createReporter(flags.reporter, options.verbosity, terminal);
  const origin = { command: 'run', files, inventory: sources } as const;
  const planned = await makePlan(playbooks, inventory, options, reporter, terminal, origin);
  const { outcome, results } = planned;
  if (flags.out === undefined) return outcome.exitCode;
  // A plan with holes would be carried out with holes.
  if (outcome.exitCode !== 0) {
    terminal.writeError(`${formatError(notPlanned(flags.out, outcome.exitCode === 4))}\n`);
    return outcome.exitCode;
  }
  const sealer = createSealer(keyFile(terminal.environment));
  const masker = planned.masker();
  const kept = originOf(origin, options) as unknown as KeptOrigin;
  writeArtifact(flags.out, {
    version,
    created: new Date().toISOString(),
    runId: outcome.runId,
    origin: keepFor(kept, masker, sealer),
    answers: keepFor(planned.answers(), masker, sealer),
    files: digestFiles(codeOf(playbooks, planned.files)),
    inventory: digestInventory(inventory),
    machines: Object.fromEntries(planned.machines),
    rows: masker ? masker.data(planned.rows()) : planned.rows(),
    diffs: diffsOf(results),
  });
  terminal.writeError(
    `The plan is in ${path.relative('.', flags.out) || flags.out}; "hostwright apply ${flags.out}" does exactly that.\n`,
  );
  return 0;
}
