import type { ConnectionTarget, SshConfigValue, Transport } from '../core/connection.ts';
import { quoteWords } from '../shell/sh.ts';

import { type Shared, shareLogin } from './openssh-master.ts';
import { connectionLost, opensshFailed, passwordUnsupported } from './problems.ts';
import { outcomeOf, processConnection, startProcess } from './process.ts';

/**
 * SSH by the `ssh` of this machine: whatever its configuration knows (certificates, hardware keys, jump hosts) works. One login
 * serves all sessions (ControlMaster); it never asks anything.
 */
export const openssh: Transport = {
  name: 'openssh',
  check: async (target) => {
    if (target.password) throw passwordUnsupported(target);
    return [];
  },
  open: async (target) => {
    if (target.password) throw passwordUnsupported(target);
    const shared = await shareLogin(target);
    const start = async (argv: readonly string[]) => {
      const process = await startProcess(opensshCommand(target, argv, shared.options));
      // Status 255 is ssh's own, not the program's.
      const ended = process.ended.then((end) =>
        end.code === 255 ? { ...end, error: connectionLost(target) } : end,
      );
      return { ...process, ended };
    };
    const { end, said } = await outcomeOf(await start(['true']));
    if (end.code === 255) {
      await shared.remove();
      throw opensshFailed(target, said);
    }
    const connection = processConnection(start, async () => {
      if (shared.exit) await outcomeOf(await startProcess(shared.exit));
      await shared.remove();
    });
    const { pinned } = target.hostKeys;
    return pinned === undefined ? connection : { ...connection, hostKey: pinned };
  },
};

/** The command line of `ssh` for a program on the host; `first` are options that overrule all others. */
export function opensshCommand(
  target: ConnectionTarget,
  argv: readonly string[],
  first: Shared['options'] = [],
): string[] {
  const { mode, files } = target.hostKeys;
  const option = (name: string, value: string) => ['-o', `${name}=${value}`];
  // The first value of an option counts, so that those given by the user go first.
  const given = Object.entries(target.sshOptions).flatMap(([name, value]) => option(name, value));
  // What nobody has said is for the configuration of ssh to say.
  const said = (value: SshConfigValue) => !target.sshConfig?.defaulted.includes(value);
  const configFile = target.sshConfig?.file;
  return [
    'ssh',
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...first.flatMap(([name, value]) => option(name, value)),
    ...given,
    ...option('BatchMode', 'yes'),
    ...(said('hostKeyMode') ? option('StrictHostKeyChecking', mode === 'ask' ? 'yes' : mode) : []),
    ...(files.length > 0 && said('knownHosts')
      ? option('UserKnownHostsFile', files.map((file) => `"${file}"`).join(' '))
      : []),
    ...option('ConnectTimeout', String(target.connectTimeoutSeconds)),
    ...option('ServerAliveInterval', '10'),
    ...option('ForwardAgent', 'no'),
    ...(target.privateKeyFile ? ['-i', target.privateKeyFile, ...option('IdentitiesOnly', 'yes')] : []),
    '-T',
    ...(said('port') ? ['-p', String(target.port)] : []),
    ...(said('user') ? ['-l', target.user] : []),
    '--',
    target.host,
    quoteWords(argv),
  ];
}
