import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2, { type AuthContext } from 'ssh2';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ConnectionTarget } from '../../src/core/connection.ts';
import { formatError, type HostwrightError } from '../../src/core/error.ts';
import { Secret } from '../../src/core/secret.ts';
import { ssh } from '../../src/transports/ssh.ts';
import { generateKey } from '../contract/ssh-server.ts';
import { type Sshd, sshdMissing, startSshd } from '../contract/sshd.ts';
import { findProgram, scratchDirectory } from '../shell/shells.ts';

const scratch = scratchDirectory();
const file = (name: string) => join(scratch.path, name);
beforeAll(() => vi.stubEnv('HOME', scratch.path));
beforeEach(() => vi.stubEnv('SSH_AUTH_SOCK', undefined));
afterAll(() => {
  vi.unstubAllEnvs();
  scratch.remove();
});

/** `connected`, or the error as a person sees it. */
async function outcome(target: ConnectionTarget): Promise<string> {
  const connection = await ssh.open(target).catch((thrown: HostwrightError) => thrown);
  if ('code' in connection)
    return formatError(connection)
      .replaceAll(scratch.path, '~')
      .replace(/:\d{4,5}\b/g, ':PORT');
  await connection.close();
  return 'connected';
}

const missing = sshdMissing() ?? (findProgram('ssh-agent') ? undefined : 'ssh-agent is not installed');

describe.skipIf(missing !== undefined)('keys, with the server and the agent of OpenSSH', () => {
  let sshd: Sshd;
  let agent: { readonly socket: string; readonly stop: () => void };
  beforeAll(async () => {
    sshd = await startSshd(['MaxAuthTries 3', 'LogLevel VERBOSE']);
    const socket = file('agent');
    const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    agent = { socket, stop: () => child.kill() };
    // 1: it answers, and has no keys yet; 2: nobody is there.
    await vi.waitFor(
      () =>
        expect(spawnSync('ssh-add', ['-l'], { env: { ...process.env, SSH_AUTH_SOCK: socket } }).status).toBe(
          1,
        ),
      30_000,
    );
    for (const [name, passphrase] of [
      ['closed', 'words'],
      ['own', ''],
      ['x1', ''],
      ['x2', ''],
      ['x3', ''],
      ['x4', ''],
    ] as const)
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', file(name)]);
    for (const name of ['closed', 'own'])
      appendFileSync(join(sshd.directory, 'authorized_keys'), readFileSync(file(`${name}.pub`)));
  });
  afterAll(() => {
    agent?.stop();
    sshd?.close();
  });

  const target = (more: Partial<ConnectionTarget> = {}): ConnectionTarget => ({
    name: '127.0.0.1',
    transport: 'ssh',
    host: '127.0.0.1',
    port: sshd.port,
    user: sshd.user,
    hostKeys: { mode: 'yes', files: [sshd.knownHosts] },
    connectTimeoutSeconds: 10,
    sshOptions: {},
    ...more,
  });
  const load = (...names: readonly string[]) => {
    const env = {
      ...process.env,
      SSH_AUTH_SOCK: agent.socket,
      SSH_ASKPASS: file('askpass'),
      SSH_ASKPASS_REQUIRE: 'force',
    };
    writeFileSync(file('askpass'), '#!/bin/sh\necho words\n', { mode: 0o700 });
    execFileSync('ssh-add', ['-q', '-D'], { env, stdio: 'ignore' });
    for (const name of names) execFileSync('ssh-add', ['-q', file(name)], { env, stdio: 'ignore' });
    vi.stubEnv('SSH_AUTH_SOCK', agent.socket);
  };
  const config = (text: string) => {
    const path = file(`config-${text.length}`);
    writeFileSync(path, text);
    return { sshConfig: { file: path, defaulted: ['privateKeyFile'] as const } };
  };

  test('the keys of the agent', async () => {
    load('x1', 'own');
    expect(await outcome(target())).toBe('connected');
  });

  test('an agent that is gone, or none, is one way less', async () => {
    for (const socket of ['', file('nobody-listens')]) {
      vi.stubEnv('SSH_AUTH_SOCK', socket);
      expect(await outcome(target(config(`IdentityFile ${file('own')}\n`)))).toBe('connected');
    }
  });

  test('more keys than the host allows are named as the reason; the one that a file names goes first', async () => {
    load('x1', 'x2', 'x3', 'x4', 'own');
    expect(await outcome(target())).toContain('(MaxAuthTries): name the right one');
    expect(await outcome(target(config(`IdentityFile ${file('own.pub')}\n`)))).toBe('connected');
    expect(await outcome(target(config(`IdentityFile ${file('own.pub')}\nIdentitiesOnly yes\n`)))).toBe(
      'connected',
    );
    expect(await outcome(target({ privateKeyFile: file('own.pub') }))).toBe('connected');
    expect(
      await outcome(
        target(config(`IdentityFile ${file('absent')}\nIdentityFile ${file('x1')}\nIdentitiesOnly yes\n`)),
      ),
    ).toContain('tried the key ~/x1; the host accepts publickey');
    expect(
      await outcome(
        target({ sshOptions: { identityagent: 'none' }, ...config(`IdentityFile ${file('own')}\n `) }),
      ),
    ).toBe('connected');
  });

  test('an encrypted key is taken from the agent, else its passphrase is asked for once', async () => {
    load('closed');
    expect(await outcome(target({ privateKeyFile: file('closed') }))).toBe('connected');

    vi.stubEnv('SSH_AUTH_SOCK', undefined);
    expect(await outcome(target({ privateKeyFile: file('closed') }))).toBe(
      'The private key ~/closed is encrypted.\n  Load it into the agent (ssh-add), or give its passphrase.',
    );
    const questions: string[] = [];
    const answers = ['wrong', 'words'];
    const ask = async (question: string, echo: boolean) => {
      questions.push(`${question} ${echo}`.replaceAll(scratch.path, '~'));
      return answers.shift() ?? '';
    };
    const asking = target({ privateKeyFile: file('closed'), ask });
    await ssh.check?.(asking);
    expect(await Promise.all([outcome(asking), outcome(asking), outcome(asking)])).toEqual([
      'connected',
      'connected',
      'connected',
    ]);
    expect(questions).toEqual([
      'Passphrase for the key ~/closed false',
      'Passphrase for the key ~/closed false',
    ]);
    expect(
      await outcome(target({ privateKeyFile: file('closed'), privateKeyPassphrase: new Secret('words') })),
    ).toBe('connected');
  });

  test('PubkeyAuthentication no leaves nothing to try', async () => {
    load('own');
    expect(await outcome(target({ sshOptions: { pubkeyauthentication: 'no' } }))).toContain(
      'there was nothing to try',
    );
  });

  test('what only another transport can use is named where the login fails', async () => {
    expect(await outcome(target(config(`CertificateFile /c\nIdentityFile ${file('x1')}\n`)))).toContain(
      'CertificateFile in the configuration of ssh cannot be used by connection ssh; connection openssh can.',
    );
  });
});

describe('passwords and questions', () => {
  let answered: string[][] = [];
  const servers: ssh2.Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });

  /** A server whose keyboard-interactive login asks in rounds; each round's answers are right or not. */
  async function asking(
    rounds: readonly (readonly { prompt: string; echo: boolean }[])[],
    right: (answers: readonly string[], round: number) => boolean,
    onOther?: (context: AuthContext) => boolean,
  ): Promise<ConnectionTarget> {
    const key = generateKey('ed25519');
    answered = [];
    const server = new ssh2.Server({ hostKeys: [key.privateKey] }, (connection) => {
      connection.on('error', () => {});
      connection.on('authentication', (context) => {
        if (onOther?.(context)) return;
        if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
        const next = (round: number) => {
          const prompts = rounds[round];
          if (!prompts) return context.accept();
          context.prompt(prompts as never, (answers) => {
            answered.push(answers);
            if (right(answers, round)) next(round + 1);
            else context.reject(['keyboard-interactive']);
          });
        };
        next(0);
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const known = file(`known-${port}`);
    writeFileSync(known, `[127.0.0.1]:${port} ${key.line}\n`);
    return {
      name: '127.0.0.1',
      transport: 'ssh',
      host: '127.0.0.1',
      port,
      user: 'operator',
      password: new Secret('open sesame'),
      hostKeys: { mode: 'yes', files: [known] },
      connectTimeoutSeconds: 5,
      sshOptions: {},
    };
  }
  const hidden = (prompt: string) => ({ prompt, echo: false });

  test('the password answers the question for it, and no other', async () => {
    const target = await asking([[hidden('Password: ')]], ([answer]) => answer === 'open sesame');
    expect(await outcome(target)).toBe('connected');
    expect(await outcome({ ...target, password: new Secret('wrong') })).toContain(
      'tried the password, the password (keyboard-interactive); the host accepts keyboard-interactive',
    );
    // Once: a second failure could lock the account.
    expect(answered).toEqual([['open sesame'], ['wrong']]);
  });

  test('a code after the password is asked of a person, and named where nobody is there', async () => {
    const code = 'Verification\u001b[31m code: ';
    const target = await asking(
      [[hidden('Password: ')], [hidden(code)]],
      ([answer], round) => answer === ['open sesame', '123456'][round],
    );
    expect(await outcome(target)).toBe(
      'operator cannot log in to 127.0.0.1:PORT: tried the password, the password (keyboard-interactive); the host accepts keyboard-interactive; it asked "Verification [31m code".\n' +
        '  Run it on a terminal to answer, or let this user in without a second factor.',
    );
    expect(answered).toEqual([['open sesame'], ['']]);
    const slow = async (question: string) => {
      expect(question).toMatch(/^127\.0\.0\.1:\d+ asks: Verification \[31m code$/);
      // Longer than a host would be waited for.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return '123456';
    };
    expect(await outcome({ ...target, ask: slow, connectTimeoutSeconds: 1 })).toBe('connected');
  });

  test('an expired password is said to be one, and never sent as its own successor', async () => {
    const target = await asking(
      [
        [hidden('Password: ')],
        [hidden('Current password: ')],
        [hidden('New password: '), hidden('Retype new password: ')],
      ],
      ([answer], round) => round === 0 && answer === 'open sesame',
    );
    const shown = await outcome(target);
    expect(shown).toContain('it asked "Current password"');
    expect(shown).toContain('The password has expired: log in by hand once and change it.');
    expect(answered).toEqual([['open sesame'], ['']]);
  });

  test('so is one that the other method finds expired', async () => {
    const target = await asking(
      [],
      () => false,
      (context) => {
        if (context.method === 'none') context.reject(['password']);
        else if (context.method === 'password') context.requestChange('Change it', () => context.reject());
        return true;
      },
    );
    expect(await outcome(target)).toContain('the password has expired, and the host wants a new one');
  });

  test('without a password nobody is asked, unless a first factor was right', async () => {
    const target = await asking([[hidden('Password: ')]], () => true);
    const { password: _, ...without } = target;
    const ask = vi.fn(async () => 'open sesame');
    expect(await outcome({ ...without, ask })).toContain('there was nothing to try');
    expect(ask).not.toHaveBeenCalled();
  });
});
