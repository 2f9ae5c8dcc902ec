import { type CompletionCommand, type CompletionOption, type CompletionWords, single } from './words.ts';

/** A completion script for fish. */
export function fishCompletion({ commands, modules, reporters }: CompletionWords): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# Completion of hostwright for fish:  hostwright completion fish | source
complete -c hostwright -f
complete -c hostwright -n 'not __fish_seen_subcommand_from ${names}' -l version -s V -d 'print the version'
${commands.map(({ name, summary }) => `complete -c hostwright -n 'not __fish_seen_subcommand_from ${names}' -a ${name} -d '${single(summary)}'\n`).join('')}${commands.map((command) => commandLines(command, modules, reporters)).join('')}`;
}

function commandLines(
  command: CompletionCommand,
  modules: readonly string[],
  reporters: readonly string[],
): string {
  const start = `complete -c hostwright -n '__fish_seen_subcommand_from ${command.name}'`;
  const own = {
    file: `${start} -F\n`,
    directory: `${start} -a '(__fish_complete_directories)'\n`,
    module: `${start} -a '${modules.join(' ')}'\n`,
    none: '',
  };
  return (
    own[command.argument] +
    command.options.map((option) => optionLine(start, option, modules, reporters)).join('')
  );
}

function optionLine(
  start: string,
  { long, short, description, value }: CompletionOption,
  modules: readonly string[],
  reporters: readonly string[],
): string {
  const values = {
    file: ' -r -F',
    module: ` -x -a '${modules.join(' ')}'`,
    reporter: ` -x -a '${reporters.join(' ')}'`,
    any: ' -x',
  };
  const flags = `-l ${long.slice(2)}${short === undefined ? '' : ` -s ${short.slice(1)}`}`;
  return `${start} ${flags}${value === undefined ? '' : values[value]} -d '${single(description)}'\n`;
}
