import { type Command, Option } from 'commander';
import type { DefineCommand } from '../command.ts';
import { addVaultOptions, collect } from '../run-options.ts';
import {
  decryptFiles,
  editFile,
  encryptFiles,
  encryptValue,
  type OutputFlags,
  rekeyFiles,
  viewFiles,
} from '../vault/files.ts';
import { vaultUsage } from '../vault/problems.ts';
import type { SealFlags } from '../vault/sealing.ts';

const EXAMPLES = `
Examples:
  $ hostwright vault encrypt secrets.yaml --vault-password-file ~/.vault
  $ hostwright vault encrypt --name db_password    one value, for YAML files
  $ hostwright vault encrypt secrets.yaml -r age1abc… -r age1def…
  $ hostwright vault edit secrets.yaml --ask-vault-pass
  $ hostwright vault rekey secrets.yaml --new-vault-password-file ~/.vault.new

Files are encrypted with age; those of ansible-vault are read as well.
`;

export const defineVault: DefineCommand = (command, { terminal, write }) => {
  command
    .usage('encrypt|decrypt|edit|view|rekey FILE… [OPTIONS]')
    .argument('[what]')
    .allowExcessArguments()
    .addHelpText('after', EXAMPLES)
    .action((what: string | undefined) => {
      throw vaultUsage(what);
    });
  const part = (name: string, summary: string, argument: string): Command => {
    const made = command
      .command(name)
      .description(summary)
      .argument(argument, 'files; - is standard input')
      .helpOption('-h, --help', 'print this help');
    return made.copyInheritedSettings(command);
  };

  addSealOptions(addVaultOptions(part('encrypt', 'Encrypt files, or one value', '[file...]')))
    .option('-o, --output <file>', 'write there; - is standard output')
    .option(
      '-n, --name <name>',
      'encrypt one value, asked for or read from standard input, as YAML of this name',
    )
    .action(async (files: readonly string[], flags: SealFlags & OutputFlags & { readonly name?: string }) => {
      if (flags.name !== undefined) write(await encryptValue(flags.name, flags, terminal));
      else await encryptFiles(files, flags, terminal);
    });
  addVaultOptions(part('decrypt', 'Decrypt files', '[file...]'))
    .option('-o, --output <file>', 'write there; - is standard output')
    .action(async (files: readonly string[], flags: OutputFlags) => decryptFiles(files, flags, terminal));
  addVaultOptions(part('view', 'Show what is in encrypted files', '<file...>')).action(
    async (files: readonly string[]) => viewFiles(files, terminal),
  );
  addSealOptions(
    addVaultOptions(part('edit', 'Change an encrypted file in your editor (EDITOR)', '<file>')),
  ).action(async (file: string, flags: SealFlags) => editFile(file, flags, terminal));
  addSealOptions(addVaultOptions(part('rekey', 'Encrypt files with another password', '<file...>')))
    .option('--new-vault-password-file <file>', 'file, or program that prints it, with the new password')
    .option('--new-vault-id <id>', 'the same under a name: NAME@FILE, NAME@prompt')
    .action(async (files: readonly string[], flags: SealFlags) => rekeyFiles(files, flags, terminal));
};

function addSealOptions(command: Command): Command {
  return command
    .optionsGroup('For whom:')
    .option(
      '-r, --recipient <key>',
      'who holds this key of age (age1…), instead of a password; may be repeated',
      collect,
    )
    .addOption(new Option('--encrypt-vault-id <name>', 'which of several passwords'));
}
