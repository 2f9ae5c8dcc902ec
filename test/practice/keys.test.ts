import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';
import { expect, test } from 'vitest';
import { generateKeyPair } from '../../src/practice/keys.ts';
import { leftOut } from './client.ts';

function parsed(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}

test('every key pair is well-formed and its halves belong together', () => {
  // Enough for keys that begin with zero bytes, which other generators get wrong.
  for (let round = 0; round < 1000; round += 1) {
    const { privateKey, publicKey } = generateKeyPair('a comment');
    const [secret, open] = [parsed(privateKey), parsed(publicKey)];
    expect(secret.comment).toBe('a comment');
    expect(secret.getPublicSSH().equals(open.getPublicSSH())).toBe(true);
    expect(open.verify('message', secret.sign('message'))).toBe(true);
  }
});

test('OpenSSH reads the private key', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'hostwright-keys-'));
  const file = join(directory, 'id_ed25519');
  const { privateKey, publicKey } = generateKeyPair('a comment');
  writeFileSync(file, privateKey, { mode: 0o600 });
  const result = spawnSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' });
  rmSync(directory, { recursive: true });
  if (result.error) leftOut('keys read by OpenSSH', 'there is no ssh-keygen');
  context.skip(result.error !== undefined, 'there is no ssh-keygen');
  expect(result.stdout.trim()).toBe(`${publicKey} a comment`);
});
