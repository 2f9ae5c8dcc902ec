import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ConnectionTarget } from '../../src/core/connection.ts';
import type { HostwrightError } from '../../src/core/error.ts';
import { openSession } from '../../src/shell/open-session.ts';
import { openssh } from '../../src/transports/openssh.ts';
import { ssh } from '../../src/transports/ssh.ts';
import { type Sshd, sshdMissing, startSshd } from '../contract/sshd.ts';
import { scratchDirectory, summary } from '../shell/shells.ts';

const missing = sshdMissing();

describe.skipIf(missing !== undefined)('openssh, with certificates of both sides', () => {
  const scratch = scratchDirectory();
  let sshd: Sshd;
  beforeAll(async () => {
    vi.stubEnv('SSH_AUTH_SOCK', undefined);
    sshd = await startSshd((directory) => {
      const file = (name: string) => join(directory, name);
      const keygen = (...words: readonly string[]) =>
        execFileSync('ssh-keygen', ['-q', ...words], { stdio: 'ignore' });
      for (const name of ['authority', 'user', 'stranger'])
        keygen('-t', 'ed25519', '-N', '', '-f', file(name));
      keygen('-s', file('authority'), '-h', '-I', 'the host', '-n', '127.0.0.1', file('host.pub'));
      for (const name of ['user', 'stranger'])
        keygen(
          '-s',
          file(name === 'user' ? 'authority' : 'stranger'),
          '-I',
          name,
          '-n',
          execFileSync('id', ['-un'], { encoding: 'utf8' }).trim(),
          file(`${name}.pub`),
        );
      return [
        `HostCertificate ${file('host-cert.pub')}`,
        `TrustedUserCAKeys ${file('authority.pub')}`,
        'LogLevel VERBOSE',
      ];
    });
    vi.stubEnv('TMPDIR', scratch.path);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    sshd?.close();
    scratch.remove();
  });

  const target = (known: string, more: Partial<ConnectionTarget> = {}): ConnectionTarget => {
    const file = join(scratch.path, 'known_hosts');
    writeFileSync(file, known);
    return {
      name: 'web1',
      transport: 'openssh',
      host: '127.0.0.1',
      port: sshd.port,
      user: sshd.user,
      privateKeyFile: join(sshd.directory, 'user'),
      hostKeys: { mode: 'yes', files: [file] },
      connectTimeoutSeconds: 10,
      sshOptions: { globalknownhostsfile: '/dev/null' },
      sshConfig: { file: 'none', defaulted: [] },
      ...more,
    };
  };
  const authority = () => `@cert-authority * ${readFileSync(join(sshd.directory, 'authority.pub'), 'utf8')}`;

  test('the host and the user are known by their authority alone; one login serves all sessions', async () => {
    const before = logins();
    const connection = await openssh.open(target(authority()));
    const sessions = await Promise.all([1, 2, 3].map(() => openSession(connection)));
    for (const session of sessions) {
      const outcome = await session.run({ script: { text: 'echo in' } });
      expect(summary(outcome)).toEqual({ rc: 0, stdout: 'in\n', stderr: '' });
    }
    expect(logins() - before).toBe(1);
    await connection.close();
    expect(readdirSync(scratch.path).filter((name) => name.startsWith('hostwright-'))).toEqual([]);
  });

  test('a certificate of somebody else is refused, of the host and of the user', async () => {
    const stranger = readFileSync(join(sshd.directory, 'stranger.pub'), 'utf8');
    const code = (wanted: ConnectionTarget) =>
      openssh.open(wanted).then(
        () => 'connected',
        (thrown: HostwrightError) => thrown.code,
      );
    expect(await code(target(`@cert-authority * ${stranger}`))).toBe('host-key-unknown');
    expect(await code(target(authority(), { privateKeyFile: join(sshd.directory, 'stranger') }))).toBe(
      'authentication-failed',
    );
    expect(readdirSync(scratch.path).filter((name) => name.startsWith('hostwright-'))).toEqual([]);
  });

  test('the other transport says that it cannot judge such a host', async () => {
    const wanted = target(authority(), { privateKeyFile: sshd.keyFile, sshOptions: {} });
    await expect(ssh.open(wanted)).rejects.toMatchObject({ code: 'host-key-unsupported' });
  });

  test('who shares logins in an own way is left to it', async () => {
    const control = join(scratch.path, 'own');
    const sshOptions = { globalknownhostsfile: '/dev/null', controlmaster: 'no', controlpath: control };
    const connection = await openssh.open(target(authority(), { sshOptions }));
    const before = logins();
    await (await openSession(connection)).close();
    expect(logins() - before).toBe(1);
    await connection.close();
  });

  const logins = () =>
    (readFileSync(join(sshd.directory, 'log'), 'utf8').match(/Accepted publickey/g) ?? []).length;
});
