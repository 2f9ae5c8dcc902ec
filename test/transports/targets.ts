import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionTarget } from '../../src/core/connection.ts';
import type { PracticeServer } from '../contract/ssh-server.ts';

/** How a practice server is reached; its host keys are known, and its key file is written to the directory. */
export function targetOf(
  server: PracticeServer,
  directory: string,
  more: Partial<ConnectionTarget> = {},
): ConnectionTarget {
  const keyFile = join(directory, `key-${server.port}`);
  const knownHosts = join(directory, `known_hosts-${server.port}`);
  writeFileSync(keyFile, server.clientKey, { mode: 0o600 });
  writeFileSync(
    knownHosts,
    server.hostKeys.map(({ line }) => `[127.0.0.1]:${server.port} ${line}\n`).join(''),
  );
  return {
    name: '127.0.0.1',
    transport: 'ssh',
    host: '127.0.0.1',
    port: server.port,
    user: 'operator',
    privateKeyFile: keyFile,
    hostKeys: { mode: 'yes', files: [knownHosts] },
    connectTimeoutSeconds: 5,
    sshOptions: {},
    ...more,
  };
}
