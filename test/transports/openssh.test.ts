import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionTarget } from '../../src/core/connection.ts';
import type { HostwrightError } from '../../src/core/error.ts';
import { Secret } from '../../src/core/secret.ts';
import { openssh, opensshCommand } from '../../src/transports/openssh.ts';
import { generateKey, type PracticeServer, startServer } from '../contract/ssh-server.ts';
import { freePort } from '../contract/sshd.ts';
import { findProgram, scratchDirectory } from '../shell/shells.ts';
import { targetOf } from './targets.ts';

const target: ConnectionTarget = {
  name: 'web1',
  transport: 'openssh',
  host: 'web1.example.org',
  port: 2222,
  user: 'operator',
  hostKeys: { mode: 'accept-new', files: ['/home/me/known hosts'] },
  connectTimeoutSeconds: 7,
  sshOptions: { proxyjump: 'bastion', serveraliveinterval: '3' },
};

describe('the command line of ssh', () => {
  test('asks nothing, passes options on, and quotes the program', () => {
    expect(opensshCommand({ ...target, privateKeyFile: '/k' }, ['echo', "it's"]).join(' ')).toBe(
      'ssh -o proxyjump=bastion -o serveraliveinterval=3 -o BatchMode=yes -o StrictHostKeyChecking=accept-new' +
        ' -o UserKnownHostsFile="/home/me/known hosts" -o ConnectTimeout=7 -o ServerAliveInterval=10 -o ForwardAgent=no' +
        " -i /k -o IdentitiesOnly=yes -T -p 2222 -l operator -- web1.example.org echo 'it'\\''s'",
    );
  });

  test('leaves to its configuration what nobody has said', () => {
    const defaulted = ['port', 'user', 'hostKeyMode', 'knownHosts'] as const;
    expect(opensshCommand({ ...target, sshConfig: { file: '/c', defaulted } }, ['true']).join(' ')).toBe(
      'ssh -F /c -o proxyjump=bastion -o serveraliveinterval=3 -o BatchMode=yes -o ConnectTimeout=7' +
        ' -o ServerAliveInterval=10 -o ForwardAgent=no -T -- web1.example.org true',
    );
  });

  test('a password is refused before anything is started', async () => {
    await expect(openssh.open({ ...target, password: new Secret('x') })).rejects.toMatchObject({
      code: 'authentication-failed',
      message: 'web1: connection openssh cannot log in with a password.',
    });
  });
});

if (findProgram('ssh') === undefined) {
  test.skip('what ssh reports: left out, ssh is not installed', () => {});
} else {
  describe('what ssh reports', () => {
    const scratch = scratchDirectory();
    let server: PracticeServer;
    beforeAll(async () => {
      server = await startServer();
    });
    afterAll(async () => {
      await server.close();
      scratch.remove();
    });

    const failure = async (more: Partial<ConnectionTarget>): Promise<readonly [string, string]> => {
      const connection = await openssh
        .open(targetOf(server, scratch.path, more))
        .catch((thrown: HostwrightError) => thrown);
      if (!('code' in connection)) throw new Error('it connected');
      return [connection.code, connection.message];
    };

    test('is nothing where the host has the pinned key', async () => {
      const pinned = server.hostKeys[0]?.line as string;
      const connection = await openssh.open(
        targetOf(server, scratch.path, { hostKeys: { mode: 'yes', files: [], pinned } }),
      );
      expect(connection.hostKey).toBe(pinned);
      await connection.close();
    });

    test('is one sentence with a stable code', async () => {
      const strange = join(scratch.path, 'strange');
      writeFileSync(strange, `[127.0.0.1]:${server.port} ${generateKey('ed25519').line}\n`);
      const key = join(scratch.path, 'other-key');
      writeFileSync(key, generateKey('ed25519').privateKey, { mode: 0o600 });
      const cases: readonly (readonly [Partial<ConnectionTarget>, string, RegExp])[] = [
        [
          { port: await freePort() },
          'unreachable',
          /^ssh cannot connect to 127\.0\.0\.1:\d+: .*Connection refused\.$/,
        ],
        [
          { hostKeys: { mode: 'yes', files: [join(scratch.path, 'none')] } },
          'host-key-unknown',
          /Host key verification failed\.$/,
        ],
        [
          { hostKeys: { mode: 'yes', files: [strange] } },
          'host-key-changed',
          /REMOTE HOST IDENTIFICATION HAS CHANGED/,
        ],
        [
          { hostKeys: { mode: 'no', files: [], pinned: generateKey('ed25519').line } },
          'host-key-changed',
          /REMOTE HOST IDENTIFICATION HAS CHANGED/,
        ],
        [{ privateKeyFile: key }, 'authentication-failed', /Permission denied \(publickey\)\.$/],
      ];
      for (const [more, code, message] of cases) {
        const [foundCode, foundMessage] = await failure(more);
        expect(foundCode).toBe(code);
        expect(foundMessage).toMatch(message);
      }
    });
  });
}
