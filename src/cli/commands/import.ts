import { Argument } from 'commander';
import { cleanText } from '../../reporters/clean.ts';
import type { DefineCommand } from '../command.ts';
import { loadImporter, loadModules } from '../parts.ts';

const EXAMPLES = `
Translates a playbook of Ansible with its roles, one role, or an inventory into
a directory.
The original is left as it is. Lines that need a person are marked with
"# hostwright: reason" and listed at the end; everything else has been loaded
and linted. docs/from-ansible.md says what is translated.

Examples:
  $ hostwright import ansible site.yml -o site
  $ hostwright import ansible roles/ntp -o roles/ntp-new
`;

interface Flags {
  readonly output: string;
  readonly force?: true;
}

export const defineImport: DefineCommand = (command, { write }) => {
  command
    .usage('ansible PLAYBOOK|ROLE|INVENTORY -o DIRECTORY')
    .addArgument(new Argument('<from>', 'what it was written for').choices(['ansible']))
    .argument('<source>', 'a playbook, or the directory of a role or inventory')
    .requiredOption('-o, --output <directory>', 'where to write')
    .option('--force', 'write over files that are there')
    .addHelpText('after', EXAMPLES)
    .action(async (_from: string, source: string, { output, force }: Flags) => {
      const { importAnsible, formatImported, createExpressions } = await loadImporter();
      const options = {
        modules: await loadModules(),
        expressions: createExpressions(),
        force: force === true,
      };
      write(cleanText(formatImported(await importAnsible(source, output, options), output)));
    });
};
