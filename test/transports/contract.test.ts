import { describe, test } from 'vitest';
import { local } from '../../src/transports/local.ts';
import { openssh } from '../../src/transports/openssh.ts';
import { ssh } from '../../src/transports/ssh.ts';
import { startServer } from '../contract/ssh-server.ts';
import { sshdMissing, startSshd } from '../contract/sshd.ts';
import { type Subject, transportContract } from '../contract/transport.ts';
import { scratchDirectory } from '../shell/shells.ts';
import { targetOf } from './targets.ts';

describe('local', () => {
  transportContract(async () => ({ transport: local, target: {} as never, close: () => {} }));
});

describe('ssh, against a server of ssh2', () => {
  transportContract(async () => {
    const scratch = scratchDirectory();
    const server = await startServer();
    return {
      transport: ssh,
      target: targetOf(server, scratch.path),
      close: async () => {
        await server.close();
        scratch.remove();
      },
    };
  });
});

for (const transport of [ssh, openssh]) {
  const name = `${transport.name}, against OpenSSH's sshd`;
  const missing = sshdMissing();
  if (missing) {
    test.skip(`${name}: left out, ${missing}`, () => {});
    continue;
  }
  describe(name, () => {
    transportContract(async (): Promise<Subject> => {
      const sshd = await startSshd();
      return {
        transport,
        target: {
          name: 'sshd',
          transport: transport.name,
          host: '127.0.0.1',
          port: sshd.port,
          user: sshd.user,
          privateKeyFile: sshd.keyFile,
          hostKeys: { mode: 'yes', files: [sshd.knownHosts] },
          connectTimeoutSeconds: 10,
          sshOptions: {},
        },
        close: sshd.close,
      };
    });
  });
}
