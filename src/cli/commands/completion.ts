import type { Command, Option } from 'commander';
import { reporters } from '../../reporters/index.ts';
import type { CommandContext, DefineCommand } from '../command.ts';
import type { CompletionCommand, CompletionOption, CompletionWords } from '../completion/words.ts';
import { loadModules } from '../parts.ts';
import { usage } from '../problems.ts';

const SHELLS = {
  bash: async () => (await import('../completion/bash.ts')).bashCompletion,
  zsh: async () => (await import('../completion/zsh.ts')).zshCompletion,
  fish: async () => (await import('../completion/fish.ts')).fishCompletion,
} as const;

const EXAMPLES = `
Examples:
  $ source <(hostwright completion bash)
  $ hostwright completion zsh > ~/.zfunc/_hostwright
  $ hostwright completion fish > ~/.config/fish/completions/hostwright.fish
`;

const FILE_OPTIONS = new Set(['--inventory', '--private-key', '--known-hosts', '--become-password-file']);

export const defineCompletion: DefineCommand = (command, context) => {
  command
    .usage('SHELL')
    .argument('<shell>', Object.keys(SHELLS).join(', '))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: string) => {
      if (!Object.hasOwn(SHELLS, shell)) {
        throw usage(
          `There is no completion for "${shell}", only for ${Object.keys(SHELLS).join(', ')}`,
          'hostwright completion',
        );
      }
      const render = await SHELLS[shell as keyof typeof SHELLS]();
      context.write(render(await completionWords(context)));
    });
};

async function completionWords(context: CommandContext): Promise<CompletionWords> {
  const { createProgram, defineCommands } = await import('../program.ts');
  const program = createProgram(context);
  await defineCommands(
    program,
    context,
    program.commands.map((command) => command.name()),
  );
  return {
    commands: program.commands.map(describeCommand),
    modules: Object.keys(await loadModules()),
    reporters: Object.keys(reporters),
  };
}

function describeCommand(command: Command): CompletionCommand {
  const first = command.registeredArguments[0]?.name() ?? '';
  const kinds: Readonly<Record<string, CompletionCommand['argument']>> = {
    playbook: 'file',
    directory: 'directory',
    module: 'module',
  };
  return {
    name: command.name(),
    summary: command.description(),
    argument: kinds[first] ?? 'none',
    options: [
      ...command.options.map(describeOption),
      { long: '--help', short: '-h', description: 'print this help', value: undefined },
    ],
  };
}

function describeOption({ long, short, description, required }: Option): CompletionOption {
  const name = long ?? '';
  return {
    long: name,
    short: short ?? undefined,
    description,
    value: required ? valueKind(name) : undefined,
  };
}

function valueKind(name: string): CompletionOption['value'] {
  if (FILE_OPTIONS.has(name)) return 'file';
  if (name === '--module') return 'module';
  return name === '--reporter' ? 'reporter' : 'any';
}
