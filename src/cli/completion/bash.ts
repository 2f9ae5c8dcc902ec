import { type CompletionCommand, type CompletionWords, flagsOf } from './words.ts';

/** A completion script for bash 4 and later; needs no bash-completion package. */
export function bashCompletion({ commands, modules, reporters }: CompletionWords): string {
  return `# Completion of hostwright for bash:  source <(hostwright completion bash)
_hostwright() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == -* ]] || { command=\${COMP_WORDS[i]}; break; }
  done
  COMPREPLY=()
  case $command in
    '') COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} --help --version' -- "$word")) ;;
${commands.map((command) => commandCase(command, modules, reporters)).join('')}  esac
}
complete -o filenames -F _hostwright hostwright
`;
}

function commandCase(
  command: CompletionCommand,
  modules: readonly string[],
  reporters: readonly string[],
): string {
  const flags = command.options.flatMap(flagsOf).join(' ');
  const valued = (kind: string) => command.options.filter(({ value }) => value === kind).flatMap(flagsOf);
  const cases = [
    [valued('file'), 'COMPREPLY=($(compgen -f -- "$word"))'],
    [valued('module'), `COMPREPLY=($(compgen -W '${modules.join(' ')}' -- "$word"))`],
    [valued('reporter'), `COMPREPLY=($(compgen -W '${reporters.join(' ')}' -- "$word"))`],
    [valued('any'), ':'],
  ] as const;
  const own = {
    file: 'COMPREPLY=($(compgen -f -- "$word"))',
    directory: 'COMPREPLY=($(compgen -d -- "$word"))',
    module: `COMPREPLY=($(compgen -W '${modules.join(' ')}' -- "$word"))`,
    none: ':',
  }[command.argument];
  const lines = cases
    .filter(([of]) => of.length > 0)
    .map(([of, reply]) => `        ${of.join('|')}) ${reply}; return ;;\n`);
  return `    ${command.name})
      case $before in
${lines.join('')}      esac
      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '${flags}' -- "$word")); else ${own}; fi ;;
`;
}
