import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DefineCommand } from '../command.ts';
import { cannotWrite } from '../problems.ts';
import { PROJECT } from '../project.ts';

const EXAMPLES = `
Writes inventory/hosts.yaml, site.yaml and README.md. A file that is there
already is left as it is.

Example:
  $ hostwright init my-hosts
`;

export const defineInit: DefineCommand = (command, { write }) => {
  command
    .usage('[DIRECTORY]')
    .argument('[directory]', 'where to write', '.')
    .addHelpText('after', EXAMPLES)
    .action(async (directory: string) => {
      for (const [name, text] of Object.entries(PROJECT)) {
        const path = join(directory, name);
        write(`${(await writeNew(path, text)) ? 'written  ' : 'is there '} ${path}\n`);
      }
      const go = directory === '.' ? '' : `cd ${directory} && `;
      write(`\nNext: name your hosts in ${join(directory, 'inventory/hosts.yaml')}, then\n`);
      write(`  ${go}hostwright run site.yaml --check --diff\n`);
    });
};

/** Writes a file unless there is one; gives whether it did. */
async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cannotWrite(path, cause);
  }
}
