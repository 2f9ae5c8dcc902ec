import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import type { ControllerRead, HostRead, LocalSource } from '../../core/read.ts';
import { localSource } from '../../facts/controller.ts';
import { raw, sh, withInput } from '../../shell/sh.ts';
import { changeDirectory, type GuardState, guardReads, skipReason } from '../command-guards.ts';
import { commandResult, guardParams } from '../command-run.ts';
import { splitWords } from '../command-words.ts';
import { flag } from '../params.ts';
import { emptyCommand, noScriptFile } from '../system-problems.ts';

const params = z.strictObject({
  cmd: z.string().min(1).describe('Path of the script beside the playbook, and its arguments.'),
  executable: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Interpreter, with arguments of its own. Default: what the script's first line names, else /bin/sh.",
    ),
  decrypt: flag
    .default(true)
    .describe('Run what is in an encrypted file (hostwright vault, age, ansible-vault).'),
  ...guardParams,
});

export const script = defineModule({
  name: 'script',
  summary: 'Run a script of the controller on the host; nothing of it stays there.',
  params,
  freeForm: 'cmd',
  examples: [
    { title: 'With arguments', params: { cmd: 'files/setup.sh --quiet', creates: '/etc/app.conf' } },
    { title: 'With an interpreter', params: { cmd: 'files/report.py', executable: 'python3' } },
  ],
  reads: (values): Readonly<Record<string, ControllerRead<LocalSource> | HostRead<GuardState>>> => {
    return { source: localSource(pathOf(values), values.decrypt), ...guardReads(values) };
  },
  check: (values, reads) => {
    const file = (reads.source as LocalSource).file;
    if (!file) throw noScriptFile(pathOf(values));
    if (skipReason(values, reads.guards as GuardState | undefined) !== undefined) return null;
    return { differences: [{ label: 'script', before: null, after: values.cmd }], data: file };
  },
  // A file, not a pipe into the interpreter: the script may read its standard input, and may ask for its own name. It is never
  // executed itself, because /tmp may be mounted noexec: its interpreter is, which its first line names.
  apply: ({ data }, values) => {
    const [path = '', ...words] = splitWords(values.cmd);
    const name = path.split('/').at(-1) ?? path;
    const interpreter = values.executable === undefined ? raw('$interpreter') : splitWords(values.executable);
    return withInput(
      sh`
        mask=$(umask)
        umask 077
        directory=$(mktemp -d "\${TMPDIR:-/tmp}/hostwright.XXXXXXXX") || exit 1
        trap 'rm -rf "$directory"' EXIT
        trap 'exit 129' HUP INT TERM
        script=$directory/${name}
        cat > "$script" && chmod 700 "$script" || exit 1
        umask "$mask"
        interpreter=/bin/sh
        IFS= read -r first < "$script"
        case $first in '#!'*) interpreter=\${first#'#!'};; esac
        (
          ${changeDirectory(values.chdir)}
          set -f
          exec ${interpreter} "$script" ${words} < /dev/null
        )
        exit $?`,
      data,
    );
  },
  noUndo: 'only the person who wrote the script knows what would take it back',
  converges: false,
  checkMode: 'skip',
  result: (values, { values: reads, output }) =>
    commandResult({ cmd: values.cmd, strip: true, guards: values, values: reads, output }),
});

function pathOf(values: z.output<typeof params>): string {
  const path = splitWords(values.cmd)[0];
  if (path === undefined) throw emptyCommand('script');
  return path;
}
