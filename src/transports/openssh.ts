import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionTarget, RemoteStream, SshConfigValue, Transport } from '../core/connection.ts';
import { quoteWords } from '../shell/sh.ts';
import { startProcess } from './local.ts';
import { connectionLost, opensshFailed, passwordUnsupported } from './problems.ts';

/**
 * SSH by the `ssh` of this machine: whatever its configuration knows (certificates, hardware keys, jump hosts) works. A connection per
 * session; it never asks anything.
 */
export const openssh: Transport = {
  name: 'openssh',
  check: async (target) => {
    if (target.password) throw passwordUnsupported(target);
    return [];
  },
  open: async (target) => {
    if (target.password) throw passwordUnsupported(target);
    const pin = await writePin(target.hostKeys.pinned);
    const running = new Set<RemoteStream>();
    let report: (reason: undefined) => void = () => {};
    const closed = new Promise<undefined>((resolve) => {
      report = resolve;
    });
    const start = async (argv: readonly string[]) => {
      const process = await startProcess(opensshCommand(target, argv, pin?.file));
      // Status 255 is ssh's own, not the program's.
      const ended = process.ended.then((end) =>
        end.code === 255 ? { ...end, error: connectionLost(target) } : end,
      );
      const stream = { ...process, ended };
      running.add(stream);
      void ended.then(() => running.delete(stream));
      return stream;
    };
    try {
      await probe(target, await start(['true']));
    } catch (thrown) {
      await pin?.remove();
      throw thrown;
    }
    return {
      start,
      closed,
      ...(target.hostKeys.pinned !== undefined && { hostKey: target.hostKeys.pinned }),
      close: async () => {
        for (const stream of running) stream.destroy();
        await pin?.remove();
        report(undefined);
      },
    };
  },
};

interface Pin {
  readonly file: string;
  readonly remove: () => Promise<void>;
}

/** A file of known hosts with the one key that is accepted, under whatever name. */
async function writePin(pinned: string | undefined): Promise<Pin | undefined> {
  if (pinned === undefined) return undefined;
  const directory = await mkdtemp(join(tmpdir(), 'hostwright-'));
  const file = join(directory, 'known_hosts');
  await writeFile(file, `* ${pinned}\n`, { mode: 0o600 });
  return { file, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** The command line of `ssh` for a program on the host; `pinFile` holds the only host key that is accepted. */
export function opensshCommand(
  target: ConnectionTarget,
  argv: readonly string[],
  pinFile?: string,
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
    ...(pinFile === undefined ? [] : pinOptions(pinFile).flatMap(([name, value]) => option(name, value))),
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

/** Before all others, because the first value of an option counts. A revoked key of the user's own files is not seen here. */
function pinOptions(file: string): readonly (readonly [string, string])[] {
  return [
    ['StrictHostKeyChecking', 'yes'],
    ['UserKnownHostsFile', `"${file}"`],
    ['GlobalKnownHostsFile', '/dev/null'],
    // Of ssh 8.5 and later.
    ['IgnoreUnknown', 'KnownHostsCommand'],
    ['KnownHostsCommand', 'none'],
  ];
}

/** Status 255 is ssh's own: it could not connect, and says on standard error why. */
async function probe(target: ConnectionTarget, stream: RemoteStream): Promise<void> {
  let said = '';
  stream.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-4096);
  });
  stream.stdout.resume();
  stream.stdin.end();
  const end = await stream.ended;
  if (end.code === 255) throw opensshFailed(target, said);
}
