import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type PublicKeyAuthContext } from 'ssh2';
import { expect, it } from 'vitest';
import type { HostwrightError } from '../../src/core/error.ts';
import { ssh } from '../../src/transports/ssh.ts';
import { generateKey } from '../contract/ssh-server.ts';

it.each([
  ['ed25519', 'ssh-ed25519'],
  ['ecdsa', 'ecdsa-sha2-nistp256'],
  ['rsa', 'ssh-rsa'],
] as const)('logs in with an %s key by one request, which is signed', async (type, name) => {
  const directory = mkdtempSync(join(tmpdir(), 'hostwright-keys-'));
  const pair = generateKey(type);
  const key = ssh2.utils.parseKey(pair.privateKey) as ssh2.ParsedKey;
  const privateKeyFile = join(directory, 'key');
  writeFileSync(privateKeyFile, pair.privateKey);
  chmodSync(privateKeyFile, 0o600);
  const requests: string[] = [];
  const server = new ssh2.Server({ hostKeys: [generateKey('ed25519').privateKey] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (context) => {
      const { method, signature, blob, hashAlgo, key: shown } = context as PublicKeyAuthContext;
      const right = signature && blob && key.verify(blob, signature, hashAlgo) === true;
      requests.push(`${method} ${shown?.algo} ${right ? 'signed' : 'not signed'}`);
      if (right) context.accept();
      else context.reject(['publickey']);
    });
  });
  try {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const connection = await ssh.open({
      name: 'host',
      transport: 'ssh',
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      user: 'root',
      privateKeyFile,
      hostKeys: { mode: 'no', files: [] },
      connectTimeoutSeconds: 10,
      sshOptions: {},
    });
    await connection.close();
    expect(requests).toEqual([`publickey ${name} signed`]);
  } finally {
    server.close();
    rmSync(directory, { recursive: true });
  }
});

/**
 * Logs in with these keys at a host that thinks about each of them for a while, and refuses what comes meanwhile: whether anything did, and
 * what became of it.
 */
async function withSlowHost(ident: string, keys: number, right: boolean) {
  const directory = mkdtempSync(join(tmpdir(), 'hostwright-keys-'));
  const files = Array.from({ length: keys }, (_, index) => {
    const file = join(directory, `key${index}`);
    writeFileSync(file, generateKey('ed25519').privateKey, { mode: 0o600 });
    return file;
  });
  writeFileSync(join(directory, 'config'), files.map((file) => `IdentityFile ${file}\n`).join(''));
  const meanwhile: boolean[] = [];
  const hostKeys = [generateKey('ed25519').privateKey];
  const server = new ssh2.Server({ hostKeys, ident }, (client) => {
    const { _protocol: protocol } = client as unknown as { _protocol: { _decipher: { inSeqno: number } } };
    client.on('error', () => {});
    client.on('authentication', async (context) => {
      const before = protocol._decipher.inSeqno;
      await new Promise((resolve) => setTimeout(resolve, 200));
      meanwhile.push(protocol._decipher.inSeqno > before);
      if (right) context.accept();
      else context.reject(['publickey']);
    });
    client.on('session', (accept) => {
      accept().on('exec', (run, _reject, { command }) => {
        const channel = run();
        channel.end(`${command}\n`);
        channel.exit(0);
      });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const connection = await ssh.open({
      name: 'host',
      transport: 'ssh',
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      user: 'root',
      hostKeys: { mode: 'no', files: [] },
      connectTimeoutSeconds: 10,
      sshOptions: {},
      sshConfig: { file: join(directory, 'config'), defaulted: ['privateKeyFile'] },
    });
    const said = await Promise.all(
      ['one', 'two'].map(async (word) => {
        const { stdout } = await connection.start(['echo', word]);
        return Buffer.concat(await stdout.toArray()).toString();
      }),
    );
    await connection.close();
    return { meanwhile, said };
  } catch (thrown) {
    return { meanwhile, said: (thrown as HostwrightError).code };
  } finally {
    server.close();
    rmSync(directory, { recursive: true });
  }
}

const works = ['echo one\n', 'echo two\n'];

it.each([
  ['asks for a channel before the login is answered', 'OpenSSH_9.2p1', 1, true, [true], works],
  ['waits where another key may be needed', 'OpenSSH_9.2p1', 2, true, [false], works],
  ['waits where the host is not known to take it', 'Strange_1.0', 1, true, [false], works],
  ['says that the login failed', 'OpenSSH_9.2p1', 1, false, [true], 'authentication-failed'],
  [
    'tries the last key as if it was the only one',
    'OpenSSH_9.2p1',
    2,
    false,
    [false, true],
    'authentication-failed',
  ],
] as const)('%s', async (_, ident, keys, right, meanwhile, said) => {
  expect(await withSlowHost(ident, keys, right)).toEqual({ meanwhile, said });
});
