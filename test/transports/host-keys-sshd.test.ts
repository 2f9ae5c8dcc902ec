import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ConnectionTarget, HostKeyPolicy } from '../../src/core/connection.ts';
import { formatError, type HostwrightError } from '../../src/core/error.ts';
import { connectionOf } from '../../src/inventory/connection.ts';
import { ssh } from '../../src/transports/ssh.ts';
import { type Sshd, sshdMissing, startSshd } from '../contract/sshd.ts';
import { scratchDirectory } from '../shell/shells.ts';

// What OpenSSH's own programs write and expect, against its own server.

const missing = sshdMissing();

describe.skipIf(missing !== undefined)('known hosts, with files of OpenSSH and its server', () => {
  const scratch = scratchDirectory();
  let sshd: Sshd;
  let name: string;
  let key: string;
  let fingerprint: string;
  beforeAll(async () => {
    vi.stubEnv('HOME', scratch.path);
    vi.stubEnv('SSH_AUTH_SOCK', undefined);
    sshd = await startSshd((directory) => {
      execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', join(directory, 'second')]);
      return [`HostKey ${join(directory, 'second')}`];
    });
    name = `[127.0.0.1]:${sshd.port}`;
    key = publicKey('host');
    fingerprint = execFileSync('ssh-keygen', ['-lf', join(sshd.directory, 'host.pub')], {
      encoding: 'utf8',
    }).split(' ')[1] as string;
  });
  afterAll(() => {
    sshd?.close();
    vi.unstubAllEnvs();
    scratch.remove();
  });

  const publicKey = (file: string) =>
    readFileSync(join(sshd.directory, `${file}.pub`), 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ');
  let counter = 0;
  const write = (text: string) => {
    const file = join(scratch.path, `known-${counter++}`);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const strange = () => {
    const file = join(scratch.path, `strange-${counter++}`);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    return readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
  };
  const target = (
    files: readonly string[],
    mode: HostKeyPolicy['mode'] = 'yes',
    more: Partial<ConnectionTarget> = {},
  ): ConnectionTarget => ({
    name: '127.0.0.1',
    transport: 'ssh',
    host: '127.0.0.1',
    port: sshd.port,
    user: sshd.user,
    privateKeyFile: sshd.keyFile,
    hostKeys: { mode, files },
    connectTimeoutSeconds: 10,
    sshOptions: {},
    ...more,
  });
  const connect = async (wanted: ConnectionTarget): Promise<string> => {
    const connection = await ssh.open(wanted).catch((thrown: HostwrightError) => thrown);
    if ('code' in connection) return connection.code;
    await connection.close();
    return 'connected';
  };
  const byOpenssh = (file: string, ...more: readonly string[]) =>
    execFileSync(
      'ssh',
      [
        '-F',
        'none',
        '-o',
        `UserKnownHostsFile=${file}`,
        '-o',
        'GlobalKnownHostsFile=/dev/null',
        '-o',
        'BatchMode=yes',
      ].concat([
        '-i',
        sshd.keyFile,
        '-p',
        String(sshd.port),
        ...more,
        `${sshd.user}@127.0.0.1`,
        'echo reached',
      ]),
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );

  test.each<readonly [string, string, () => string]>([
    ['a plain line', 'connected', () => `${name} ${key}\n`],
    ['a line without its newline', 'connected', () => `${name} ${key}`],
    [
      'a comment behind the key, tabs, Windows line ends',
      'connected',
      () => `${name}\t${key}  root@host with words\r\n`,
    ],
    ['several names', 'connected', () => `other,${name},more ${key}\n`],
    ['several keys of one host', 'connected', () => `${name} ${strange()}\n${name} ${key}\n`],
    ['patterns', 'connected', () => `[127.0.*.?]:* ${key}\n`],
    ['a pattern that is negated', 'host-key-unknown', () => `[127.0.0.1]:*,!${name} ${key}\n`],
    ['a name of any port', 'connected', () => `127.0.0.1 ${key}\n`],
    [
      'bad lines before a good one',
      'connected',
      () =>
        `nonsense\n${name} ssh-ed25519 AAAA\n${name} ssh-foo ${key.split(' ')[1]}\n@other ${name} ${key}\n# c\n\n${name} ${key}\n`,
    ],
    ['another port', 'host-key-unknown', () => `[127.0.0.1]:9 ${key}\n`],
    ['another key', 'host-key-changed', () => `${name} ${strange()}\n`],
    ['another key, revoked', 'connected', () => `@revoked * ${strange()}\n${name} ${key}\n`],
    ['the key, revoked', 'host-key-revoked', () => `${name} ${key}\n@revoked * ${key}\n`],
    ['an authority', 'host-key-unsupported', () => `@cert-authority * ${strange()}\n`],
    ['an authority beside the key', 'connected', () => `@cert-authority * ${strange()}\n${name} ${key}\n`],
    // The server prefers its ed25519 key; only the other is known.
    ['a key of another type only', 'connected', () => `${name} ${publicKey('second')}\n`],
  ])('%s: %s', async (_, expected, text) => {
    expect(await connect(target([write(text())]))).toBe(expected);
  });

  test('what ssh-keygen -H has hashed', async () => {
    const file = write(`${name} ${key}\nother ${strange()}\n`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|.*\n\|1\|/);
    expect(await connect(target([file]))).toBe('connected');
    expect(await connect({ ...target([file]), host: 'localhost' })).toBe('host-key-unknown');
  });

  test('what ssh has stored, plain and hashed, and what it finds in ours', async () => {
    for (const hashed of ['no', 'yes']) {
      const theirs = join(scratch.path, `theirs-${hashed}`);
      byOpenssh(theirs, '-o', 'StrictHostKeyChecking=accept-new', '-o', `HashKnownHosts=${hashed}`);
      expect(readFileSync(theirs, 'utf8').startsWith('|1|')).toBe(hashed === 'yes');
      expect(await connect(target([theirs]))).toBe('connected');

      const ours = join(scratch.path, `ours-${hashed}`);
      writeFileSync(ours, `other ${key}`, { mode: 0o600 });
      const sshOptions = { hashknownhosts: hashed };
      expect(await connect(target([ours], 'accept-new', { sshOptions }))).toBe('connected');
      expect(await connect(target([ours]))).toBe('connected');
      const lines = readFileSync(ours, 'utf8').split('\n');
      expect([lines.length, lines[1]?.startsWith('|1|')]).toEqual([3, hashed === 'yes']);
      expect(execFileSync('ssh-keygen', ['-F', name, '-f', ours], { encoding: 'utf8' })).toContain(
        ' found: line 2',
      );
      expect(byOpenssh(ours, '-o', 'StrictHostKeyChecking=yes')).toBe('reached\n');
    }
  });

  test('the machine’s file counts beside the user’s, and a revocation in either', async () => {
    const none = join(scratch.path, 'none');
    expect(await connect(target([none, write(`${name} ${key}\n`)]))).toBe('connected');
    expect(await connect(target([write(`${name} ${key}\n`), write(`@revoked * ${key}\n`)], 'no'))).toBe(
      'host-key-revoked',
    );
  });

  test('known_hosts2 counts where known_hosts does: all files of ssh are read unless one is named', async () => {
    const home = join(scratch.path, 'home');
    mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
    vi.stubEnv('HOME', home);
    const { target: wanted } = connectionOf('h', () => undefined, {});
    expect(wanted.hostKeys.files).toEqual([
      join(home, '.ssh/known_hosts'),
      join(home, '.ssh/known_hosts2'),
      '/etc/ssh/ssh_known_hosts',
      '/etc/ssh/ssh_known_hosts2',
    ]);
    writeFileSync(join(home, '.ssh/known_hosts2'), `${name} ${key}\n`);
    const usual = { ...target([], 'yes', { sshOptions: {} }), hostKeys: wanted.hostKeys };
    expect(await connect(usual)).toBe('connected');
    writeFileSync(join(home, '.ssh/known_hosts'), `${name} ${strange()}\n`);
    expect(await connect(usual)).toBe('connected');
    writeFileSync(join(home, '.ssh/known_hosts2'), `@revoked ${name} ${key}\n`);
    expect(await connect(usual)).toBe('host-key-revoked');
    vi.stubEnv('HOME', scratch.path);
  });

  test('HostKeyAlias is looked up instead of the address, without its port', async () => {
    const sshOptions = { hostkeyalias: 'the-alias' };
    expect(await connect(target([write(`the-alias ${key}\n`)], 'yes', { sshOptions }))).toBe('connected');
    expect(await connect(target([write(`${name} ${key}\n`)], 'yes', { sshOptions }))).toBe(
      'host-key-unknown',
    );
  });

  test('a changed key shows both fingerprints and the line, and is refused in every mode but no', async () => {
    const file = write(`# first\n${name} ${strange()}\n`);
    const known = execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' }).split(' ')[1];
    for (const mode of ['yes', 'accept-new', 'ask'] as const) {
      const error = await ssh
        .open(target([file], mode, { ask: async () => 'yes' }))
        .catch((thrown) => thrown);
      expect(formatError(error).split('\n')[0]).toBe(
        `The host key of ${name} has changed: it shows ssh-ed25519 ${fingerprint}, known is ssh-ed25519 ${known} in ${file}:2.`,
      );
    }
    expect(await ssh.check?.(target([file], 'no'))).toEqual([
      `127.0.0.1:${sshd.port}: its host key is not checked (StrictHostKeyChecking=no), so that whoever answers there gets the login and every command.`,
    ]);
    expect(await connect(target([file], 'no'))).toBe('connected');
  });

  test('ask asks a person once, by fingerprint, and stores what was trusted', async () => {
    const file = join(scratch.path, 'asked');
    const questions: string[] = [];
    const answering = (answer: string) => ({
      ask: async (question: string) => {
        questions.push(question);
        return answer;
      },
    });
    expect(await connect(target([file], 'ask'))).toBe('host-key-unknown');
    for (const answer of ['no', '', 'y', 'SHA256:abc'])
      expect(await connect(target([file], 'ask', answering(answer)))).toBe('host-key-unknown');
    expect(await connect(target([file], 'ask', answering(fingerprint)))).toBe('connected');
    expect(questions[0]).toBe(
      `127.0.0.1:${sshd.port} is not known. Its key is ssh-ed25519 ${fingerprint}. Trust it from now on? (yes, no, or the fingerprint)`,
    );
    expect(await connect(target([file], 'ask', answering('no')))).toBe('connected');
    expect(questions).toHaveLength(5);
    expect(await connect(target([join(scratch.path, 'second')], 'ask', answering('yes')))).toBe('connected');
  });

  test('a file that cannot be trusted or read stops everything', async () => {
    const open = write(`${name} ${key}\n`);
    chmodSync(open, 0o666);
    expect(await connect(target([open]))).toBe('known-hosts');
    expect(await connect(target([scratch.path], 'no'))).toBe('known-hosts');
    const readable = join(scratch.path, 'readable');
    copyFileSync(open, readable);
    chmodSync(readable, 0o644);
    expect(await connect(target([readable]))).toBe('connected');
  });
});
