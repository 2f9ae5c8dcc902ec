import type { Script } from '../core/script.ts';
import { sh } from '../shell/sh.ts';
import type { Login } from './place.ts';

/** What `sshd` does between the login and the command: go home, and hand the command to the login shell. */
export function loginScript(login: Login): Script {
  const goHome = sh`cd "$HOME" 2>/dev/null || cd /`;
  if (login.command !== undefined) return sh`${goHome}; exec /bin/sh -c ${login.command}`;
  if (!login.terminal) return sh`${goHome}; exec /bin/sh -l`;
  // Node cannot open a pseudo-terminal; util-linux's `script` can, and it is nearly everywhere.
  const { rows, columns } = login.terminal;
  const shell = sh`stty rows ${rows} cols ${columns} 2>/dev/null; exec /bin/sh -l`;
  return sh`
    ${goHome}
    PS1=${`${login.user.name}@practice:$PWD# `}; export PS1
    command -v script >/dev/null 2>&1 && exec script -qefc ${shell.text} /dev/null
    exec /bin/sh -l -i`;
}

/** The environment that a login begins with: nothing of this process gets in but what is named here. */
export function loginEnvironment(
  login: Login,
  places: { readonly home: string; readonly path: string; readonly mark: readonly [string, string] },
): Record<string, string> {
  return {
    ...login.environment,
    HOME: places.home,
    USER: login.user.name,
    LOGNAME: login.user.name,
    SHELL: '/bin/sh',
    PATH: places.path,
    ...(login.terminal && { TERM: login.terminal.kind }),
    [places.mark[0]]: places.mark[1],
  };
}
