import { type CompletionCommand, type CompletionOption, type CompletionWords, single } from './words.ts';

/** A completion script for zsh; also works as a file _hostwright in a directory of $fpath. */
export function zshCompletion(words: CompletionWords): string {
  const { commands, modules, reporters } = words;
  return `#compdef hostwright
# Completion of hostwright for zsh:  source <(hostwright completion zsh)
_hostwright() {
  local -a commands modules reporters
  commands=(
${commands.map(({ name, summary }) => `    '${single(`${name}:${summary}`)}'\n`).join('')}  )
  modules=(${modules.join(' ')})
  reporters=(${reporters.join(' ')})
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join('')}  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _hostwright "$@"; else compdef _hostwright hostwright; fi
`;
}

function commandCase({ name, options, argument }: CompletionCommand): string {
  const own = {
    file: `'*:file:_files'`,
    directory: `'*:directory:_files -/'`,
    module: `'*:module:($modules)'`,
    none: '',
  };
  const specs = [
    ...options.flatMap(optionSpecs),
    ...(own[argument] ? [own[argument].replace('($modules)', `('"$modules"')`)] : []),
  ];
  return `    ${name})\n      _arguments ${specs.join(' \\\n        ')} ;;\n`;
}

function optionSpecs({ long, short, description, value }: CompletionOption): string[] {
  const values = {
    file: ':file:_files',
    module: `:module:('"$modules"')`,
    reporter: `:reporter:('"$reporters"')`,
    any: ':value: ',
  };
  const text = single(description.replaceAll(/[[\]:\\]/g, (character) => `\\${character}`));
  const after = value === undefined ? '' : values[value];
  return [long, ...(short === undefined ? [] : [short])].map((flag) => `'*${flag}[${text}]${after}'`);
}
