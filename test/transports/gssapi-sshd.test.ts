import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ConnectionTarget } from '../../src/core/connection.ts';
import { openSession } from '../../src/shell/open-session.ts';
import { openssh } from '../../src/transports/openssh.ts';
import { freePort, type Sshd, sshdMissing, startSshd } from '../contract/sshd.ts';
import { findProgram, ran, scratchDirectory, text } from '../shell/shells.ts';

// Kerberos for real: a KDC on the loopback interface, whose database, tickets and keys lie in a directory of the test's own.

const absent = ['krb5kdc', 'kdb5_util', 'kadmin.local', 'kinit'].filter((name) => !findProgram(name));
const missing =
  sshdMissing() ??
  (absent.length > 0 ? `${absent.join(', ')} not installed (krb5-kdc, krb5-user)` : undefined);

describe.skipIf(missing)(`a login by GSSAPI${missing ? `: left out, ${missing}` : ''}`, () => {
  const scratch = scratchDirectory();
  const at = (name: string) => join(scratch.path, name);
  let kdc: ChildProcess;
  let sshd: Sshd;
  const run = (program: string, ...words: readonly string[]) =>
    execFileSync(findProgram(program) as string, words, { stdio: 'pipe', encoding: 'utf8' });

  beforeAll(async () => {
    const port = await freePort();
    writeFileSync(
      at('krb5.conf'),
      `[libdefaults]
 default_realm = LAB
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
[realms]
 LAB = {
  kdc = 127.0.0.1:${port}
 }
`,
    );
    writeFileSync(
      at('kdc.conf'),
      `[kdcdefaults]
 kdc_listen = 127.0.0.1:${port}
 kdc_tcp_listen = 127.0.0.1:${port}
[realms]
 LAB = {
  database_name = ${at('database')}
  key_stash_file = ${at('stash')}
  acl_file = ${at('acl')}
 }
`,
    );
    vi.stubEnv('SSH_AUTH_SOCK', undefined);
    vi.stubEnv('KRB5_CONFIG', at('krb5.conf'));
    vi.stubEnv('KRB5_KDC_PROFILE', at('kdc.conf'));
    vi.stubEnv('KRB5CCNAME', `FILE:${at('tickets')}`);
    vi.stubEnv('KRB5_KTNAME', `FILE:${at('host.keytab')}`);
    run('kdb5_util', 'create', '-s', '-r', 'LAB', '-P', 'of the test');
    sshd = await startSshd([
      'GSSAPIAuthentication yes',
      'GSSAPIStrictAcceptorCheck no',
      'PubkeyAuthentication no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
    ]);
    for (const [principal, keytab] of [
      ['host/localhost', 'host.keytab'],
      [sshd.user, 'user.keytab'],
    ] as const) {
      run('kadmin.local', '-q', `addprinc -randkey ${principal}`);
      run('kadmin.local', '-q', `ktadd -k ${at(keytab)} ${principal}`);
    }
    kdc = spawn(findProgram('krb5kdc') as string, ['-n'], { stdio: 'ignore' });
    const [, key] = readFileSync(join(sshd.directory, 'host.pub'), 'utf8').split(' ');
    writeFileSync(at('known_hosts'), `[localhost]:${sshd.port} ssh-ed25519 ${key}\n`);
  });
  afterAll(() => {
    kdc?.kill();
    sshd?.close();
    scratch.remove();
    vi.unstubAllEnvs();
  });

  const target = (): ConnectionTarget => ({
    name: 'h',
    transport: 'openssh',
    host: 'localhost',
    port: sshd.port,
    user: sshd.user,
    hostKeys: { mode: 'yes', files: [at('known_hosts')] },
    connectTimeoutSeconds: 10,
    sshOptions: { gssapiauthentication: 'yes', globalknownhostsfile: '/dev/null' },
    sshConfig: { file: 'none', defaulted: [] },
  });

  test('with a ticket, and only with one', async () => {
    await expect(openssh.open(target())).rejects.toMatchObject({ code: 'authentication-failed' });
    await vi.waitFor(() => run('kinit', '-k', '-t', at('user.keytab'), sshd.user), {
      timeout: 5000,
      interval: 100,
    });
    const connection = await openssh.open(target());
    const session = await openSession(connection);
    const outcome = ran(await session.run({ script: { text: 'echo in' } }));
    expect([outcome.rc, text(outcome.stdout.bytes)]).toEqual([0, 'in\n']);
    await connection.close();
    expect(readFileSync(join(sshd.directory, 'log'), 'utf8')).toContain('Accepted gssapi-with-mic');
  });
});
