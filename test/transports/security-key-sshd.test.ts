import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ConnectionTarget } from '../../src/core/connection.ts';
import { formatError, type HostwrightError } from '../../src/core/error.ts';
import { openSession } from '../../src/shell/open-session.ts';
import { openssh } from '../../src/transports/openssh.ts';
import { ssh } from '../../src/transports/ssh.ts';
import { type Sshd, sshdMissing, startSshd } from '../contract/sshd.ts';
import { ran, scratchDirectory, text } from '../shell/shells.ts';

// FIDO keys, with a provider of the tests' own in the place of the hardware.

const scratch = scratchDirectory();
const provider = join(scratch.path, 'provider.so');
const key = join(scratch.path, 'key');
const missing = sshdMissing() ?? makeKey();

/** Why there is no such key here, or undefined. */
function makeKey(): string | undefined {
  const source = join(import.meta.dirname, '../contract/security-key.c');
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-o', provider, source, '-lcrypto'], { stdio: 'pipe' });
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519-sk', '-N', '', '-w', provider, '-f', key], {
      stdio: 'pipe',
    });
    return undefined;
  } catch (thrown) {
    const said = String((thrown as { stderr?: Buffer }).stderr ?? thrown).trim();
    return `no security key can be made (cc, OpenSSL's headers and ssh-keygen of 8.9 or later are needed): ${said.split('\n')[0]}`;
  }
}

describe.skipIf(missing)(`a login with a security key${missing ? `: left out, ${missing}` : ''}`, () => {
  let sshd: Sshd;
  beforeAll(async () => {
    vi.stubEnv('SSH_AUTH_SOCK', undefined);
    sshd = await startSshd();
    writeFileSync(join(sshd.directory, 'authorized_keys'), readFileSync(`${key}.pub`));
  });
  afterAll(() => {
    sshd?.close();
    scratch.remove();
    vi.unstubAllEnvs();
  });
  const target = (transport: string): ConnectionTarget => ({
    name: 'h',
    transport,
    host: '127.0.0.1',
    port: sshd.port,
    user: sshd.user,
    privateKeyFile: key,
    hostKeys: { mode: 'yes', files: [sshd.knownHosts] },
    connectTimeoutSeconds: 10,
    sshOptions: { securitykeyprovider: provider },
    sshConfig: { file: 'none', defaulted: [] },
  });

  test('works by the ssh of this machine: one touch for all sessions', async () => {
    const connection = await openssh.open(target('openssh'));
    for (const word of ['one', 'two']) {
      const session = await openSession(connection);
      const outcome = ran(await session.run({ script: { text: `echo ${word}` } }));
      expect([outcome.rc, text(outcome.stdout.bytes)]).toEqual([0, `${word}\n`]);
    }
    await connection.close();
    const log = readFileSync(join(sshd.directory, 'log'), 'utf8');
    expect(log.match(/Accepted publickey .* ED25519-SK/g)).toHaveLength(1);
  });

  test('is refused by the other transport with what would help', async () => {
    const error = await ssh.open(target('ssh')).catch((thrown: HostwrightError) => thrown);
    expect(formatError(error as HostwrightError)).toBe(
      `The private key ${key} is that of a security key (FIDO).\n  Connect with ansible_connection: openssh, which knows such keys, or name a key of another type.`,
    );
  });
});
