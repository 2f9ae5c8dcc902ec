import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ConnectionTarget } from '../../src/core/connection.ts';
import { formatError, type HostwrightError } from '../../src/core/error.ts';
import { Secret } from '../../src/core/secret.ts';
import { openSession } from '../../src/shell/open-session.ts';
import { createHostKeyCheck } from '../../src/transports/host-key.ts';
import { ssh } from '../../src/transports/ssh.ts';
import { generateKey, type PracticeServer, type ServerOptions, startServer } from '../contract/ssh-server.ts';
import { freePort } from '../contract/sshd.ts';
import { scratchDirectory, summary } from '../shell/shells.ts';
import { targetOf } from './targets.ts';

let scratch: ReturnType<typeof scratchDirectory>;
const servers: PracticeServer[] = [];

beforeAll(() => {
  scratch = scratchDirectory();
  // Neither the keys nor the agent of whoever runs the tests.
  vi.stubEnv('HOME', scratch.path);
  vi.stubEnv('SSH_AUTH_SOCK', undefined);
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
afterAll(() => {
  vi.unstubAllEnvs();
  scratch.remove();
});

async function start(options: ServerOptions = {}): Promise<PracticeServer> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

/** The error of a connection that must fail, as a person sees it, with what differs from run to run replaced. */
async function refusal(target: ConnectionTarget): Promise<readonly [string, string]> {
  const error = await ssh.open(target).then(
    async (connection) => {
      await connection.close();
      throw new Error('it connected');
    },
    (thrown: HostwrightError) => thrown,
  );
  if (error.name !== 'HostwrightError') throw error;
  const shown = formatError(error)
    .replaceAll(scratch.path, '~')
    .replace(/SHA256:[A-Za-z0-9+/]{43}/g, 'SHA256:…')
    .replace(/:\d{4,5}\b/g, ':PORT')
    .replace(/-\d{4,5}\b/g, '-PORT');
  return [error.code, shown];
}

async function echo(target: ConnectionTarget): Promise<string> {
  const connection = await ssh.open(target);
  try {
    const session = await openSession(connection);
    const outcome = await session.run({ script: { text: 'echo works' } });
    return (summary(outcome) as { stdout: string }).stdout;
  } finally {
    await connection.close();
  }
}

describe('host keys', () => {
  test('an unknown key is refused before anything is told', async () => {
    const server = await start({ password: 'secret' });
    const target = targetOf(server, scratch.path, {
      hostKeys: { mode: 'yes', files: [join(scratch.path, 'nothing')] },
    });
    expect(await refusal(target)).toEqual([
      'host-key-unknown',
      'The host key of [127.0.0.1]:PORT is not known: it is ssh-ed25519 SHA256:…, and stands in none of ~/nothing.\n' +
        '  Compare the fingerprint on the host itself (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub), then add the key, or run with StrictHostKeyChecking=accept-new.',
    ]);
    expect(server.logins).toEqual([]);
  });

  test('a changed key is refused in every mode but no, with both fingerprints and the line', async () => {
    const server = await start();
    const file = join(scratch.path, 'changed');
    writeFileSync(file, `# mine\n[127.0.0.1]:${server.port} ${generateKey('ed25519').line}\n`);
    for (const mode of ['yes', 'accept-new', 'ask'] as const) {
      const [code, shown] = await refusal(
        targetOf(server, scratch.path, { hostKeys: { mode, files: [file] } }),
      );
      expect([code, shown.split('\n')[0]]).toEqual([
        'host-key-changed',
        'The host key of [127.0.0.1]:PORT has changed: it shows ssh-ed25519 SHA256:…, known is ssh-ed25519 SHA256:… in ~/changed:2.',
      ]);
    }
    expect(server.logins).toEqual([]);
    expect(await echo(targetOf(server, scratch.path, { hostKeys: { mode: 'no', files: [file] } }))).toBe(
      'works\n',
    );
  });

  test('a pinned key is the only one that will do, whatever else is known', async () => {
    const server = await start();
    const known = targetOf(server, scratch.path);
    const connection = await ssh.open(known);
    const pinned = connection.hostKey as string;
    expect(pinned).toBe(server.hostKeys[0]?.line);
    await connection.close();
    const nothing = { mode: 'yes' as const, files: [join(scratch.path, 'nothing')] };
    const again = targetOf(server, scratch.path, { hostKeys: { ...nothing, pinned } });
    expect(await echo(again)).toBe('works\n');
    const logins = server.logins.length;
    const other = generateKey('ed25519').line;
    for (const mode of ['yes', 'accept-new', 'no'] as const) {
      const hostKeys = { ...known.hostKeys, mode, pinned: other };
      expect(await refusal({ ...known, hostKeys })).toEqual([
        'host-key-changed',
        '[127.0.0.1]:PORT shows the key ssh-ed25519 SHA256:…, where only ssh-ed25519 SHA256:… is accepted: it is another host.\n' +
          '  Nothing was sent to it. Look at who answers to this address.',
      ]);
    }
    expect(server.logins.length).toBe(logins);
  });

  test('a pinned key that is revoked is refused', async () => {
    const server = await start();
    const file = join(scratch.path, 'pinned-revoked');
    writeFileSync(file, `@revoked * ${server.hostKeys[0]?.line}\n`);
    const pinned = server.hostKeys[0]?.line as string;
    const target = targetOf(server, scratch.path, { hostKeys: { mode: 'yes', files: [file], pinned } });
    expect((await refusal(target))[0]).toBe('host-key-revoked');
  });

  test('a revoked key is refused even where all are accepted', async () => {
    const server = await start();
    const file = join(scratch.path, 'revoked');
    writeFileSync(file, `@revoked * ${server.hostKeys[0]?.line}\n`);
    expect(
      (await refusal(targetOf(server, scratch.path, { hostKeys: { mode: 'no', files: [file] } })))[0],
    ).toBe('host-key-revoked');
  });

  test('an authority is no reason to accept a key unseen', async () => {
    const server = await start();
    const file = join(scratch.path, 'authority');
    writeFileSync(file, `@cert-authority * ${generateKey('ed25519').line}\n`);
    const target = targetOf(server, scratch.path, { hostKeys: { mode: 'accept-new', files: [file] } });
    expect((await refusal(target))[0]).toBe('host-key-unsupported');
  });

  test('a new key is stored once, and trusted from then on', async () => {
    const server = await start();
    const file = join(scratch.path, 'fresh', 'known_hosts');
    const target = targetOf(server, scratch.path, { hostKeys: { mode: 'accept-new', files: [file] } });
    await Promise.all([echo(target), echo(target), echo(target)]);
    expect(readFileSync(file, 'utf8')).toBe(`[127.0.0.1]:${server.port} ${server.hostKeys[0]?.line}\n`);
    expect(await echo({ ...target, hostKeys: { mode: 'yes', files: [file] } })).toBe('works\n');
  });

  test('a server that prefers a key we do not know is asked for the one that we do', async () => {
    const server = await start({ hostKeys: ['ed25519', 'rsa', 'ecdsa'] });
    for (const { line } of server.hostKeys) {
      const file = join(scratch.path, 'one-type');
      writeFileSync(file, `[127.0.0.1]:${server.port} ${line}\n`);
      expect(await echo(targetOf(server, scratch.path, { hostKeys: { mode: 'yes', files: [file] } }))).toBe(
        'works\n',
      );
    }
  });

  test('the verifier says exactly true or false, whatever happens in it', () => {
    const broken = {
      get mode(): never {
        throw new Error('broken');
      },
      files: [],
    };
    const check = createHostKeyCheck(broken, [], 'host', 22);
    expect(check.verify(Buffer.from('no key'))).toBe(false);
    expect(check.refusal()).toMatchObject({ code: 'host-key-unknown' });
  });
});

describe('logging in', () => {
  const bare = (server: PracticeServer, more: Partial<ConnectionTarget> = {}) => {
    const { privateKeyFile: _, ...target } = targetOf(server, scratch.path);
    return { ...target, ...more };
  };

  test('by password, by either method, once', async () => {
    for (const method of ['password', 'keyboard-interactive'] as const) {
      const server = await start({ password: 'opensesame', passwordMethods: [method] });
      expect(await echo(bare(server, { password: new Secret('opensesame') }))).toBe('works\n');
    }
    const both = await start({
      password: 'opensesame',
      passwordMethods: ['password', 'keyboard-interactive'],
    });
    expect(await refusal(bare(both, { password: new Secret('wrong') }))).toEqual([
      'authentication-failed',
      'operator cannot log in to 127.0.0.1:PORT: tried the password; the host accepts publickey, password, keyboard-interactive.\n' +
        '  Check ansible_user, ansible_ssh_private_key_file and ansible_password, or load a key into the agent (ssh-add).',
    ]);
    expect(both.logins).toEqual(['password']);
  });

  test('an agent that is not there does not keep the password from being tried', async () => {
    vi.stubEnv('SSH_AUTH_SOCK', join(scratch.path, 'no-agent'));
    const server = await start({ password: 'opensesame' });
    expect(await echo(bare(server, { password: new Secret('opensesame') }))).toBe('works\n');
    vi.stubEnv('SSH_AUTH_SOCK', undefined);
  });

  test('with nothing to log in with', async () => {
    const [code, shown] = await refusal(bare(await start()));
    expect([code, shown.split('\n')[0]]).toEqual([
      'authentication-failed',
      'operator cannot log in to 127.0.0.1:PORT: there was nothing to try.',
    ]);
  });

  test('a key file that cannot be used is said before the host is contacted', async () => {
    const file = (name: string, content: string | Buffer, mode = 0o600) => {
      writeFileSync(join(scratch.path, name), content);
      chmodSync(join(scratch.path, name), mode);
      return join(scratch.path, name);
    };
    const key = generateKey('ed25519');
    const encrypted = ssh2.utils.generateKeyPairSync('ed25519', {
      passphrase: 'words',
      cipher: 'aes256-ctr',
      rounds: 2,
    });
    const cases: readonly (readonly [string, string])[] = [
      [join(scratch.path, 'absent'), 'The private key ~/absent does not exist.'],
      [file('open', key.privateKey, 0o644), 'The private key ~/open can be read by others (mode 644).'],
      [file('encrypted', encrypted.private), 'The private key ~/encrypted is encrypted.'],
      [file('public', key.line), 'The private key ~/public holds a public key only.'],
      [file('noise', 'noise'), 'The private key ~/noise is in no format that is known.'],
    ];
    const server = await start();
    for (const [privateKeyFile, expected] of cases) {
      const [code, shown] = await refusal(bare(server, { privateKeyFile }));
      expect([code, shown.split('\n')[0]]).toEqual(['private-key', expected]);
    }
    const wrong = bare(server, {
      privateKeyFile: join(scratch.path, 'encrypted'),
      privateKeyPassphrase: new Secret('other'),
    });
    expect((await refusal(wrong))[1]).toContain('cannot be decrypted with the passphrase given');
    expect(server.logins).toEqual([]);
  });
});

describe('a way that is none', () => {
  const target = (port: number, more: Partial<ConnectionTarget> = {}): ConnectionTarget => ({
    name: 'web1',
    transport: 'ssh',
    host: '127.0.0.1',
    port,
    user: 'operator',
    hostKeys: { mode: 'yes', files: [] },
    connectTimeoutSeconds: 5,
    sshOptions: {},
    ...more,
  });
  const listen = (onConnection: Parameters<typeof createServer>[1]): Promise<Server & { port: number }> =>
    new Promise((resolve) => {
      const server = createServer(onConnection).listen(0, '127.0.0.1', () =>
        resolve(Object.assign(server, { port: (server.address() as { port: number }).port })),
      );
    });

  test('nobody listens', async () => {
    expect(await refusal(target(await freePort()))).toEqual([
      'unreachable',
      'web1 (127.0.0.1:PORT) refused the connection.\n  Is sshd running there, and is this its port (ansible_port)?',
    ]);
  });

  test('a name that does not exist', async () => {
    const [code, shown] = await refusal(target(22, { host: 'no-such-host.invalid' }));
    expect(code).toBe('unreachable');
    expect(shown).toMatch(/^web1 \(no-such-host\.invalid:22\) cannot be found: the name/);
  });

  test('a server that says nothing, one that hangs up, one that speaks something else, one that never stops', async () => {
    const cases: readonly (readonly [Parameters<typeof createServer>[1], RegExp])[] = [
      [
        () => {},
        /^web1 \(127\.0\.0\.1:PORT\) answered, but the login was not complete within 0\.3 seconds\./,
      ],
      [
        (socket) => socket?.destroy(),
        /^web1 \(127\.0\.0\.1:PORT\) (closed the connection before the login|cannot be reached)/,
      ],
      [(socket) => socket?.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /^web1 \(127\.0\.0\.1:PORT\) /],
      [
        (socket) => {
          const timer = setInterval(() => socket?.write('noise\r\n'.repeat(10_000)), 1);
          socket?.on('close', () => clearInterval(timer)).on('error', () => {});
        },
        /^web1 \(127\.0\.0\.1:PORT\) /,
      ],
    ];
    for (const [onConnection, expected] of cases) {
      const server = await listen((socket) => {
        socket.on('error', () => {});
        onConnection?.(socket);
      });
      const [code, shown] = await refusal(target(server.port, { connectTimeoutSeconds: 0.3 }));
      server.close();
      expect(code).toBe('unreachable');
      expect(shown).toMatch(expected);
      expect(shown).not.toContain('undefined');
    }
  });

  test('an ssh option that cannot be honoured is named', async () => {
    const cases: Readonly<Record<string, string>> = {
      localforward: '8080',
      connecttimeout: 'soon',
      stricthostkeychecking: 'perhaps',
      forwardagent: 'yes',
    };
    for (const [name, value] of Object.entries(cases)) {
      const [code, shown] = await refusal(target(22, { sshOptions: { [name]: value } }));
      expect(code).toBe('ssh-option');
      expect(shown).toContain(`web1: the ssh option ${name}=${value} `);
    }
  });
});

describe('ssh options', () => {
  test('replace what the inventory says', async () => {
    const server = await start();
    const { privateKeyFile, hostKeys, ...target } = targetOf(server, scratch.path);
    const sshOptions = {
      Port: String(server.port),
      User: 'operator',
      IdentityFile: privateKeyFile as string,
      UserKnownHostsFile: hostKeys.files[0] as string,
      StrictHostKeyChecking: 'yes',
      ConnectTimeout: '3',
      ServerAliveInterval: '5',
    };
    const other = {
      ...target,
      port: 1,
      user: 'nobody',
      hostKeys: { mode: 'accept-new' as const, files: [] },
      sshOptions,
    };
    expect(await echo(other)).toBe('works\n');
  });

  test('ProxyJump leads there through two hosts, and checks the key of each', async () => {
    const [first, second, last] = [await start(), await start(), await start()];
    const target = targetOf(last, scratch.path);
    const both = (servers: readonly PracticeServer[]) => {
      const lines = servers.map((server) => `[127.0.0.1]:${server.port} ${server.hostKeys[0]?.line}\n`);
      writeFileSync(target.hostKeys.files[0] as string, lines.join(''));
      return {
        ...target,
        sshOptions: { proxyjump: `127.0.0.1:${first.port},jumper@127.0.0.1:${second.port}` },
      };
    };
    for (const server of [first, second]) server.admit(last.clientKey);
    expect(await echo(both([first, second, last]))).toBe('works\n');
    expect([first.logins, second.logins, last.logins].map((logins) => logins.length > 0)).toEqual([
      true,
      true,
      true,
    ]);
    const [code, shown] = await refusal(both([first, last]));
    expect([code, shown.split(' is not known')[0]]).toEqual([
      'host-key-unknown',
      'The host key of [127.0.0.1]:PORT',
    ]);
    const dead = { ...both([first, last]), sshOptions: { proxyjump: `127.0.0.1:${await freePort()}` } };
    expect((await refusal(dead))[1]).toContain(
      'the jump host 127.0.0.1 (127.0.0.1:PORT) refused the connection',
    );
  });

  test('ProxyCommand leads there', async () => {
    const server = await start();
    const program = `const s=require('net').connect(process.argv[2],process.argv[1]);process.stdin.pipe(s);s.pipe(process.stdout)`;
    const target = {
      ...targetOf(server, scratch.path),
      sshOptions: { proxycommand: `"${process.execPath}" -e "${program}" %h %p` },
    };
    expect(await echo(target)).toBe('works\n');
  });
});

describe('a connection', () => {
  test('that is cut ends what runs, with a reason', async () => {
    const server = await start();
    const connection = await ssh.open(targetOf(server, scratch.path, { name: 'web1' }));
    const session = await openSession(connection);
    const running = session.run({ script: { text: 'echo begun; sleep 30' }, onOutput: () => server.cut() });
    const behind = session.run({ script: { text: 'echo behind' } });
    const expected = {
      code: 'unreachable',
      message: expect.stringMatching(
        /^The shell on the host was lost while "echo begun; sleep 30" was running and one more job waited behind it: The connection to web1 \(127\.0\.0\.1:\d+\) was lost: /,
      ),
    };
    await expect(running).rejects.toMatchObject(expected);
    await expect(behind).rejects.toMatchObject(expected);
    await expect(session.run({ script: { text: ':' } })).rejects.toMatchObject({ code: 'unreachable' });
    expect(await connection.closed).toMatchObject({ code: 'unreachable' });
    await expect(connection.start(['true'])).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('waits for its turn where the host allows one session at a time', async () => {
    const server = await start({ maxSessions: 1 });
    const connection = await ssh.open(targetOf(server, scratch.path));
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, async (_, index) => {
        const session = await openSession(connection);
        const outcome = await session.run({ script: { text: `echo ${index}` } });
        await session.close();
        return summary(outcome);
      }),
    );
    expect(outcomes).toEqual(
      Array.from({ length: 5 }, (_, index) => ({ rc: 0, stdout: `${index}\n`, stderr: '' })),
    );
    expect(server.mostSessions()).toBe(1);
    await connection.close();
  });

  test('says what happens where the host allows none', async () => {
    const server = await start({ maxSessions: 0 });
    const connection = await ssh.open(targetOf(server, scratch.path));
    await expect(connection.start(['true'])).rejects.toMatchObject({ code: 'too-many-sessions' });
    await connection.close();
  });

  test('shows a banner to nobody', async () => {
    expect(await echo(targetOf(await start({ banner: 'Welcome!\n'.repeat(100) }), scratch.path))).toBe(
      'works\n',
    );
  });

  test('gives the login shell plain words: fish and csh read them as dash does', async () => {
    const commands: string[] = [];
    const server = await start({
      onExec: (command, channel) => {
        commands.push(command);
        channel.exit(1);
        channel.end();
      },
    });
    const connection = await ssh.open(targetOf(server, scratch.path));
    await openSession(connection, { privilege: [{ method: 'sudo', user: "it's" }] }).catch(() => {});
    await connection.close();
    const [command = '', bare] = commands;
    expect(command).toMatch(/^sh -c 'eval "\$\(printf %b "\$1"\)"' sh '([^\\'!\n]|\\0[0-7]{3})+'$/);
    expect(bare).toBe('sh');
  });

  test('lets no login shell without a shell pass for one', async () => {
    const server = await start({
      onExec: (_, channel) => {
        channel.write('This account is currently not available.\n');
        channel.exit(1);
        channel.end();
      },
    });
    const connection = await ssh.open(targetOf(server, scratch.path));
    const failure = await openSession(connection).catch((thrown: HostwrightError) => formatError(thrown));
    expect(failure).toBe(
      'The login ended before a shell was there: it ended with status 1. It said: "This account is currently not available.".\n' +
        "  The user's login shell (nologin, false, …) lets nobody in: connect as another user, or give this one a shell with `chsh`.",
    );
    await connection.close();
  });

  test('to a host that no longer answers is given up', async () => {
    const server = await start();
    const sockets: Socket[] = [];
    const proxy = createServer((near) => {
      const far = connect(server.port, '127.0.0.1');
      for (const socket of [near, far]) socket.on('error', () => {});
      near.pipe(far).pipe(near);
      sockets.push(near, far);
    });
    const port = await new Promise<number>((resolve) => {
      proxy.listen(0, '127.0.0.1', () => resolve((proxy.address() as AddressInfo).port));
    });
    const target = targetOf(server, scratch.path);
    const sshOptions = { hostkeyalias: 'web1', serveraliveinterval: '1', serveralivecountmax: '1' };
    writeFileSync(target.hostKeys.files[0] as string, `web1 ${server.hostKeys[0]?.line}\n`);
    const connection = await ssh.open({ ...target, port, sshOptions });
    const session = await openSession(connection);
    const running = session.run({ script: { text: 'sleep 30' } });
    // From here on neither side hears anything of the other, not even a reset.
    for (const socket of sockets) socket.unpipe().pause();
    await expect(running).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('the host no longer answers'),
    });
    expect(await connection.closed).toMatchObject({ code: 'unreachable' });
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
});
