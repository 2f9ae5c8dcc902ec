import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ConnectionTarget } from '../../src/core/connection.ts';
import { formatError, type HostwrightError } from '../../src/core/error.ts';
import { ssh } from '../../src/transports/ssh.ts';
import { algorithmList } from '../../src/transports/ssh-algorithms.ts';
import { type Sshd, sshdMissing, startSshd } from '../contract/sshd.ts';
import { scratchDirectory } from '../shell/shells.ts';

describe('a list of algorithms', () => {
  const usual = ['aes128-gcm@openssh.com', 'aes256-ctr'];
  test.each<readonly [string | undefined, readonly string[]]>([
    [undefined, usual],
    ['+aes128-cbc,nonsense', [...usual, 'aes128-cbc']],
    ['-*gcm*', ['aes256-ctr']],
    [
      '^aes256-*',
      ['aes256-gcm@openssh.com', 'aes256-ctr', 'aes256-cbc', 'aes256-gcm', 'aes128-gcm@openssh.com'],
    ],
    ['aes256-ctr,sntrup', ['aes256-ctr']],
  ])('%s', (value, expected) => {
    expect(algorithmList('cipher', value, usual)).toEqual(expected);
  });

  test('holds nothing with SHA-1, MD5, CBC or small groups unless it is named', () => {
    const all = (['kex', 'cipher', 'mac', 'hostKey'] as const).flatMap((kind) =>
      algorithmList(kind, undefined),
    );
    expect(all.filter((name) => /sha1|md5|cbc|arcfour|group1-|^ssh-(dss|rsa)$/.test(name))).toEqual([]);
    expect(() => algorithmList('mac', 'nonsense')).toThrow(RangeError);
  });
});

describe.skipIf(sshdMissing() !== undefined)('an old server', () => {
  const scratch = scratchDirectory();
  const servers: Sshd[] = [];
  beforeAll(() => {
    vi.stubEnv('HOME', scratch.path);
    vi.stubEnv('SSH_AUTH_SOCK', undefined);
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    scratch.remove();
  });

  async function outcome(only: string, sshOptions: Readonly<Record<string, string>>): Promise<string> {
    const sshd = servers[0] ?? (await startSshd([only]));
    if (servers.length === 0) servers.push(sshd);
    const target: ConnectionTarget = {
      name: '127.0.0.1',
      transport: 'ssh',
      host: '127.0.0.1',
      port: sshd.port,
      user: sshd.user,
      privateKeyFile: sshd.keyFile,
      hostKeys: { mode: 'yes', files: [sshd.knownHosts] },
      connectTimeoutSeconds: 10,
      sshOptions,
    };
    const connection = await ssh.open(target).catch((thrown: HostwrightError) => thrown);
    if ('code' in connection) return `${connection.code}: ${formatError(connection).split('\n')[1]}`;
    await connection.close();
    return 'connected';
  }

  test.each<readonly [string, string, string]>([
    ['KexAlgorithms diffie-hellman-group14-sha1', 'kexalgorithms', '+diffie-hellman-group14-sha1'],
    ['Ciphers aes128-cbc', 'ciphers', '+aes128-cbc'],
    ['MACs hmac-sha1\nCiphers aes128-ctr', 'macs', '+hmac-sha1'],
  ])('with %s is refused, and let in by name', async (only, name, value) => {
    expect(await outcome(only, {})).toBe(
      'unreachable:   The host offers only algorithms that are no longer safe (SHA-1, CBC); connection openssh uses what your own ssh is set up for.',
    );
    expect(await outcome(only, { [name]: value })).toBe('connected');
  });

  test('keys are exchanged again after little, and nothing is lost', async () => {
    const sshd = await startSshd(['RekeyLimit 100K']);
    servers.push(sshd);
    const connection = await ssh.open({
      name: '127.0.0.1',
      transport: 'ssh',
      host: '127.0.0.1',
      port: sshd.port,
      user: sshd.user,
      privateKeyFile: sshd.keyFile,
      hostKeys: { mode: 'yes', files: [sshd.knownHosts] },
      connectTimeoutSeconds: 10,
      sshOptions: {},
    });
    const stream = await connection.start(['sh', '-c', 'head -c 3000000 /dev/zero; wc -c >&2']);
    const sizes = { out: 0, told: '' };
    stream.stdout.on('data', (chunk: Buffer) => {
      sizes.out += chunk.length;
    });
    stream.stderr.on('data', (chunk: Buffer) => {
      sizes.told += chunk.toString();
    });
    stream.stdin.end(Buffer.alloc(3_000_000));
    expect(await stream.ended).toEqual({ code: 0 });
    // What is still under way when a program ends comes after its status.
    await vi.waitFor(() => expect([sizes.out, sizes.told.trim()]).toEqual([3_000_000, '3000000']), 30_000);
    await connection.close();
  });
});
