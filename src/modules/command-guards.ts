import { isPlainPath } from '../core/path-effect.ts';
import type { Foresight, HostRead } from '../core/read.ts';
import type { Script } from '../core/script.ts';
import { raw, sh } from '../shell/sh.ts';

/** `creates` and `removes`: whether a command need not run. */

export interface Guards {
  readonly creates?: string | undefined;
  readonly removes?: string | undefined;
  readonly chdir?: string | undefined;
}

/** Which of the two paths exist; undefined where it was not asked, or the directory is not there. */
export interface GuardState {
  readonly creates: boolean | undefined;
  readonly removes: boolean | undefined;
}

/** Whether `creates` and `removes` exist; no read at all where neither is given, so that a plain command costs one round trip. */
export function guardReads(params: Guards): Readonly<Record<string, HostRead<GuardState>>> {
  const { creates, removes, chdir } = params;
  if (creates === undefined && removes === undefined) return {};
  return {
    guards: {
      kind: 'host',
      name: `existence of ${[creates, removes].filter((name) => name !== undefined).join(' and ')}`,
      script: sh`
        ${changeDirectory(chdir)}
        ${creates === undefined ? raw(':') : sh`${look(creates)}; echo creates $found`}
        ${removes === undefined ? raw(':') : sh`${look(removes)}; echo removes $found`}
      `,
      // Tests of the shell itself are all it takes.
      ...(chdir === undefined ? { sharesShell: { path: null } } : {}),
      foresight: guardForesight(params),
      parse: ({ stdout }) => {
        const text = new TextDecoder().decode(stdout);
        const found = (name: string) => {
          const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
          return line === undefined ? undefined : line.endsWith(' yes');
        };
        return { creates: found('creates'), removes: found('removes') };
      },
    },
  };
}

/** Sets `$found`. Unquoted with an empty IFS: patterns are expanded, blanks do not split, and nothing is evaluated. */
function look(pattern: string): Script {
  return sh`
    pattern=${pattern}
    case $pattern in '~'|'~/'*) pattern=$HOME\${pattern#'~'};; esac
    found=no
    hw_ifs=$IFS; IFS=
    for path in $pattern; do
      if [ -e "$path" ] || [ -L "$path" ]; then found=yes; break; fi
    done
    IFS=$hw_ifs`;
}

function guardForesight({ creates, removes, chdir }: Guards): Foresight<GuardState> {
  const asked = [
    ['creates', creates],
    ['removes', removes],
  ] as const;
  return {
    foresee: (before) =>
      asked.every(([name, pattern]) => pattern === undefined || before[name] !== undefined)
        ? before
        : undefined,
    certain: (value) => value,
    holds: (value) => {
      const looks = asked.flatMap(([name, pattern]) =>
        pattern === undefined ? [] : [sh`${look(pattern)}; [ $found = ${value[name] ? 'yes' : 'no'} ]`.text],
      );
      const text = looks.map((one) => `${one} || exit 1`).join('\n');
      if (chdir !== undefined)
        return sh`
        (
        ${changeDirectory(chdir)}
        ${raw(text)}
        ) || exit 1
      `;
      const only = creates ?? removes ?? '';
      const isAbsent = looks.length === 1 && !value.creates && !value.removes;
      if (!isAbsent || !isPlainPath(only) || /[*?[]/.test(only)) return { text };
      const body = sh`[ ! -e ${only} ] && [ ! -L ${only} ]`.text;
      return { text, guard: { path: only, expects: null, body, accounts: ':' } };
    },
  };
}

/** Why the guards say that the command need not run; undefined where it must. */
export function skipReason(params: Guards, guards: GuardState | undefined): string | undefined {
  if (guards?.creates) return `'${params.creates}' exists`;
  if (guards?.removes === false) return `'${params.removes}' does not exist`;
  return undefined;
}

/** `cd`, in a way that neither CDPATH nor a leading dash can bend; ends the script where the directory is not there. */
export function changeDirectory(directory: string | undefined): Script {
  if (directory === undefined) return sh``;
  return sh`
    directory=${directory}
    case $directory in '~'|'~/'*) directory=$HOME\${directory#'~'};; esac
    CDPATH= cd -- "$directory" || exit 1`;
}
