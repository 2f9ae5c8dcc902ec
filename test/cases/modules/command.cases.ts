import { NOT_KNOWN } from '../../../src/core/not-known.ts';
import { command } from '../../../src/modules/builtin/command.ts';
import type { ModuleCases } from './module-case.ts';

export const cases: ModuleCases = {
  module: command,
  cases: [
    {
      title: 'quotes every word and expands none but variables and tildes',
      params: { cmd: `echo "a  b" 'it''s' ; $HOME/x '\${PATH}' ~/y \\$1 $` },
      expected: {
        differences: [{ label: 'command', before: null, after: `echo a  b its ; $HOME/x \${PATH} ~/y $1 $` }],
        apply: `\nexec echo 'a  b' its ';' "\${HOME-\\$HOME}"/x "\${PATH-\\\${PATH\\}}" ~/y '$1' '$'`,
        undo: null,
      },
    },
    {
      title: 'leaves words alone where told',
      params: { argv: ['printf', '%s', '$HOME', 5], expand_argument_vars: false },
      expected: {
        differences: [{ label: 'command', before: null, after: 'printf %s $HOME 5' }],
        apply: "\nexec printf %s '$HOME' 5",
      },
    },
    {
      title: 'changes directory first',
      params: { cmd: 'ls', chdir: '/srv/a b' },
      expected: {
        differences: [{ label: 'command', before: null, after: 'ls' }],
        apply: `directory='/srv/a b'\ncase $directory in '~'|'~/'*) directory=$HOME\${directory#'~'};; esac\nCDPATH= cd -- "$directory" || exit 1\nexec ls`,
      },
    },
    {
      title: 'is not run where creates exists',
      params: { cmd: 'make', creates: '/usr/bin/tool' },
      reads: { guards: { stdout: 'creates yes\n' } },
      expected: 'ok',
      result: {
        cmd: ['make'],
        rc: 0,
        msg: "Did not run command since '/usr/bin/tool' exists",
        stdout: 'skipped, since /usr/bin/tool exists',
        stdout_lines: ['skipped, since /usr/bin/tool exists'],
        stderr: '',
        stderr_lines: [],
      },
    },
    {
      title: 'is not run where removes is gone',
      params: { cmd: 'rm -r /old', removes: '/old' },
      reads: { guards: { stdout: 'removes no\n' } },
      expected: 'ok',
      result: {
        cmd: ['rm', '-r', '/old'],
        rc: 0,
        msg: "Did not run command since '/old' does not exist",
        stdout: 'skipped, since /old does not exist',
        stdout_lines: ['skipped, since /old does not exist'],
        stderr: '',
        stderr_lines: [],
      },
    },
    {
      title: 'is known to run in a check run where a guard says so',
      params: { cmd: 'make', creates: '/usr/bin/tool' },
      reads: { guards: { stdout: 'creates no\n' } },
      checkMode: true,
      expected: { differences: [{ label: 'command', before: null, after: 'make' }] },
      result: {
        cmd: ['make'],
        msg: 'Command would have run if not in check mode',
        changed: true,
        skipped: undefined,
        rc: NOT_KNOWN,
        stdout: NOT_KNOWN,
        stdout_lines: NOT_KNOWN,
        stderr: NOT_KNOWN,
        stderr_lines: NOT_KNOWN,
      },
    },
    {
      title: 'names an open quote',
      params: { cmd: "echo 'it" },
      expected: { error: 'The command "echo \'it" has an opening \' and no closing one.' },
    },
    {
      title: 'refuses a command that came out empty',
      params: { cmd: '  ' },
      expected: { error: 'The module command was given a command without any word.' },
    },
    {
      title: 'takes cmd or argv',
      params: { cmd: 'ls', argv: ['ls'] },
      expected: { invalid: 'cmd: needs cmd or argv, and not both' },
    },
  ],
};
