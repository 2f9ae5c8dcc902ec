import { copiedText, type Step, templateText, VARIABLES } from './tasks.ts';

const FUNCTIONS = `set -eu
umask 022
name=$1
set_mode() { [ "$(stat -c %a "$1")" = "$2" ] || chmod "$2" "$1"; }
directory() { [ -d "$1" ] || mkdir "$1"; set_mode "$1" "$2"; }
# The new text comes on standard input.
place() {
  cat > "$1.new"
  if cmp -s "$1.new" "$1"; then rm "$1.new"; set_mode "$1" "$2"; else chmod "$2" "$1.new"; mv "$1.new" "$1"; fi
}
line() {
  if ! grep -qxF "$2 = $3" "$1"; then sed "s|^$2 =.*|$2 = $3|" "$1" > "$1.new"; mv "$1.new" "$1"; fi
}
`;

/** The limit: what somebody who knows the shell writes by hand for these tasks, idempotent, in one piece. Its argument is the host's name. */
export function limitScript(steps: readonly Step[], root: string, facts: boolean): string {
  const variables = Object.entries(VARIABLES).map(([name, value]) => `${name}='${value}'\n`);
  const gathered = facts ? 'kernel=$(uname -r)\narchitecture=$(uname -m)\n' : '';
  return `${FUNCTIONS}${variables.join('')}${gathered}cd ${root}\n${steps.map(part).join('\n')}\n`;

  function part(step: Step): string {
    switch (step.kind) {
      case 'directory':
        return `directory ${step.path} ${mode(step.mode)}`;
      case 'template': {
        const text = templateText(step.name, facts)
          .replaceAll('{{ inventory_hostname }}', '$name')
          .replace(/\{\{ (?:FACT\()?(\w+)\)? \}\}/g, '$$$1');
        return `place ${step.path} ${mode(step.mode)} <<END\n${text}END`;
      }
      case 'line':
        return `line ${step.path} ${step.option} '${step.value}'`;
      case 'command':
        return `[ -e ${step.path} ] || sh -c 'echo "${step.text}" > ${step.path}'`;
      case 'copy':
        return `place ${step.path} ${mode(step.mode)} <<'END'\n${copiedText(step.name)}END`;
      case 'stat':
        return `seen=$(stat -c %a ${step.path})`;
      case 'assert':
        return `[ "$seen" = ${mode(step.mode)} ]`;
    }
  }
}

function mode(written: string): string {
  return written.replace(/^0/, '');
}
