import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DefineCommand } from '../command.ts';
import { loadInventoryFrom, loadPlaybooks } from '../parts.ts';
import { runOptionsOf } from '../run-options.ts';
import { createReporter, runPlaybooks } from '../run-playbooks.ts';
import { wholeNumber } from '../values.ts';

interface PracticeFlags {
  readonly hosts: number;
  readonly quickstart?: boolean;
  readonly keep?: boolean;
}

const EXAMPLES = `
The hosts listen on this machine only and forget everything when they end. Where
the system allows it each has its own network, so bridges can be tried too.

Examples:
  $ hostwright practice --quickstart   run a playbook on one, twice, and end
  $ hostwright practice --hosts 3      three hosts, until Ctrl-C
`;

export const definePractice: DefineCommand = (command, { terminal, write, finish }) => {
  command
    .usage('[OPTIONS]')
    .option('--hosts <number>', 'how many hosts', wholeNumber('--hosts', 1), 1)
    .option('--quickstart', 'run the quickstart playbook twice, then end')
    .option('--keep', 'stay after the quickstart')
    .addHelpText('after', EXAMPLES)
    .action(async ({ hosts, quickstart = false, keep = false }: PracticeFlags) => {
      const { practice } = await import('../../practice/command.ts');
      let stop: () => void = () => {};
      const stopped = new Promise<void>((resolve) => {
        stop = resolve;
      });
      const stopListening = terminal.onInterrupt(stop);
      const { columns } = terminal.output.size();
      try {
        const exitCode = await practice(
          { hosts, quickstart, keep },
          {
            playbook: shippedPlaybook('quickstart.yaml'),
            run: async (playbook, inventoryFile) => {
              const options = await runOptionsOf({ forks: 10 }, terminal);
              const reporter = await createReporter(undefined, 0, terminal);
              const inventory = await loadInventoryFrom([inventoryFile], [playbook]);
              return runPlaybooks(await loadPlaybooks([playbook]), inventory, options, reporter, terminal);
            },
            write,
            look: { color: terminal.color, unicode: terminal.unicode, columns },
            stopped,
          },
        );
        finish(exitCode);
      } finally {
        stopListening();
      }
    });
};

/** A playbook that comes with the program, as a person here would write its path. */
function shippedPlaybook(name: string): string {
  // The bundle is in dist/ or dist/chunks/, the source in src/cli/commands/.
  const candidates = ['../', '../../', '../../../'].map((up) =>
    fileURLToPath(new URL(`${up}playbooks/${name}`, import.meta.url)),
  );
  const path = candidates.find((candidate) => existsSync(candidate)) ?? candidates[0] ?? name;
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}
