import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type PublicKeyAuthContext } from 'ssh2';
import { expect, it } from 'vitest';
import { ssh } from '../../src/transports/ssh.ts';

const { generateKeyPairSync, parseKey } = ssh2.utils;

it.each([
  ['ed25519', {}, 'ssh-ed25519'],
  ['ecdsa', { bits: 256 }, 'ecdsa-sha2-nistp256'],
  ['rsa', { bits: 2048 }, 'ssh-rsa'],
] as const)('logs in with an %s key by one request, which is signed', async (type, options, name) => {
  const directory = mkdtempSync(join(tmpdir(), 'hostwright-keys-'));
  const pair = generateKeyPairSync(type, options as never);
  const key = parseKey(pair.private) as ssh2.ParsedKey;
  const privateKeyFile = join(directory, 'key');
  writeFileSync(privateKeyFile, pair.private);
  chmodSync(privateKeyFile, 0o600);
  const requests: string[] = [];
  const server = new ssh2.Server({ hostKeys: [generateKeyPairSync('ed25519').private] }, (client) => {
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
