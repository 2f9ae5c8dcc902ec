import { Command, CommanderError } from 'commander';
import type { ExitCode } from '../core/result.ts';
import { KEEPER } from '../transports/keeper/place.ts';
import type { CommandContext } from './command.ts';
import { commands } from './commands/index.ts';
import { unknownCommand, unknownOption, usage } from './problems.ts';
import type { Terminal } from './terminal.ts';
import { useVaultKeys } from './vault-keys.ts';
import { version } from './version.ts';

const EXAMPLES = `
Examples:
  $ hostwright run site.yaml -i inventory --check --diff   see what would change
  $ hostwright run site.yaml -i inventory                  change it
  $ hostwright exec all -i inventory -m command -a uptime  one task, no playbook
  $ hostwright doc copy                                    what a module can do
  $ hostwright practice                                    hosts to try it on

Exit codes: 0 fine, 1 wrong use or own error, 2 hosts failed, 4 unreachable.
`;

/** Parses the arguments and runs the command they name. Gives the exit code; throws HostwrightErrors for wrong use. */
export async function runProgram(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  if (words[0] === KEEPER && words[1] !== undefined) {
    const { keepConnections } = await import('../transports/keeper/keeper.ts');
    await keepConnections(words[1], () => process.stdout.write('ready\n'));
    return 0;
  }
  let exitCode: ExitCode = 0;
  const context: CommandContext = {
    terminal,
    write: terminal.output.write,
    finish: (code) => {
      exitCode = code;
    },
  };
  const program = createProgram(context);
  const name = words.find((word) => !word.startsWith('-'));
  if (name !== undefined && name !== 'help') {
    if (!Object.hasOwn(commands, name)) throw unknownCommand(name, Object.keys(commands));
    await defineCommands(program, context, [name]);
  } else if (name === 'help') {
    const asked = words.find((word) => word !== 'help' && !word.startsWith('-'));
    if (asked !== undefined && !Object.hasOwn(commands, asked))
      throw unknownCommand(asked, Object.keys(commands));
    await defineCommands(program, context, asked === undefined ? [] : [asked]);
  }
  try {
    const help = await helpWithOperands(program, words, name, terminal.color);
    if (help !== undefined) {
      context.write(help);
      return 0;
    }
    await program.parseAsync(words.length === 0 ? ['--help'] : [...words], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return 0;
    throw explain(thrown, program, name);
  }
  return exitCode;
}

/** `run PLAYBOOK --help` is about the playbook; without one, and for other commands, the help is that of the command. */
async function helpWithOperands(
  program: Command,
  words: readonly string[],
  name: string | undefined,
  color: boolean,
): Promise<string | undefined> {
  const helpWith = name === undefined ? undefined : commands[name]?.helpWith;
  const command = program.commands.find((candidate) => candidate.name() === name);
  const others = words.filter((word) => word !== '--help' && word !== '-h');
  if (!helpWith || !command || others.length === words.length) return undefined;
  const { operands } = command.parseOptions(others.slice(others.indexOf(command.name()) + 1));
  return operands.length === 0 ? undefined : helpWith(operands, color);
}

/** The program with all commands by name and summary; their code comes with `defineCommands`. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('hostwright')
    .description('Runs playbooks on hosts over SSH: no agent, no Python, only a shell on the far side.')
    .version(version, '-V, --version', 'print the version')
    .usage('COMMAND [OPTIONS]')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [COMMAND]', 'Print the help of a command')
    .addHelpText('after', EXAMPLES)
    .configureHelp({ helpWidth: 80 })
    .configureOutput({ writeOut: context.write, writeErr: () => {} })
    .hook('preAction', (_, command) => useVaultKeys(command.opts(), context.terminal))
    .exitOverride();
  for (const [name, { summary }] of Object.entries(commands)) program.command(name).description(summary);
  return program;
}

/** Loads commands and gives them their options. */
export async function defineCommands(
  program: Command,
  context: CommandContext,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const command = program.commands.find((candidate) => candidate.name() === name);
    const entry = commands[name];
    if (!command || !entry) continue;
    command.copyInheritedSettings(program).helpOption('-h, --help', 'print this help');
    (await entry.load())(command, context);
  }
}

function explain(error: CommanderError, program: Command, name: string | undefined) {
  const command = program.commands.find((candidate) => candidate.name() === name);
  const title = command ? `hostwright ${name}` : 'hostwright';
  const message = error.message.replace(/^error: /, '').split('\n')[0] ?? '';
  const option = /^unknown option '(.*)'$/.exec(message)?.[1];
  if (option !== undefined) {
    const known = [...(command?.options ?? []), ...program.options].flatMap(({ long, short }) => [
      long,
      short,
    ]);
    return unknownOption(
      option,
      title,
      known.filter((flag): flag is string => flag !== undefined && flag !== null),
    );
  }
  return usage(message, title);
}
