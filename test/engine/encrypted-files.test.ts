import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sealAge } from '../../src/source/vault/age-format.ts';
import { setVaultKeys, vaultKey } from '../../src/source/vault/keyring.ts';
import { scratchDirectory } from '../shell/shells.ts';
import { playText } from './play.ts';

// Written by ansible-vault of ansible-core 2.14, with the password "the password".
const ANSIBLE = readFileSync(join(import.meta.dirname, '../source/vault/fixtures/vault-1.1.yaml'));
const CLEAR = `db_password: hunter22-fixture\nport: 5432\nurl: "postgres://app:hunter22-fixture@{{ db_host }}/app"\n`;

let scratch: ReturnType<typeof scratchDirectory>;
const at = (name: string) => join(scratch.path, name);
const read = (name: string) => readFileSync(at(name), 'utf8');
let recipient: string;
const seal = (content: string | Buffer) => sealAge(Buffer.from(content), { recipients: [recipient] });
beforeEach(async () => {
  scratch = scratchDirectory();
  const identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  setVaultKeys(async () => [vaultKey(identity), vaultKey('another'), vaultKey('the password')]);
});
afterEach(() => {
  setVaultKeys(async () => []);
  scratch.remove();
});

const tasks = (text: string) => `- hosts: all\n  tasks:\n${text}`;

test('a file that lies here encrypted arrives in clear, and is shown nowhere: neither it nor what it replaces', async () => {
  writeFileSync(at('secrets.yaml'), ANSIBLE);
  writeFileSync(at('pin'), await seal('7391\nab\n'));
  writeFileSync(at('there-pin'), '1937\n');
  const playbook = tasks(`
    - {name: yaml, copy: {src: ${at('secrets.yaml')}, dest: ${at('there.yaml')}, mode: '0600'}, register: r}
    - {name: pin, copy: {src: ${at('pin')}, dest: ${at('there-pin')}}}
    - {name: said, debug: {var: r}}
    - {name: as it is, copy: {src: ${at('pin')}, dest: ${at('sealed')}, decrypt: false}}
`);
  const first = await playText(playbook, { options: { diff: true, verbosity: 3 } });
  expect(first.lines).toEqual([
    'yaml alpha changed',
    'pin alpha changed',
    'said alpha ok',
    'as it is alpha changed',
  ]);
  expect(read('there.yaml')).toBe(CLEAR);
  expect(read('there-pin')).toBe('7391\nab\n');
  expect(read('sealed')).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
  expect(first.results('pin')[0]?.diff).toBe(`--- before: ${at('there-pin')}
+++ after: ${at('there-pin')}
@@ -1,1 +1,1 @@
-content: old, not shown: the source is encrypted
+content: new, not shown: the source is encrypted
`);
  for (const secret of ['hunter22', '7391', '1937', 'the password'])
    expect(JSON.stringify(first.events)).not.toContain(secret);
  expect((await playText(playbook)).lines.filter((line) => line.endsWith('changed'))).toEqual([]);
});

test('trees, parts and archives are decrypted too; a large file is never written here', async () => {
  const large = Buffer.alloc(2_500_000, 'a line of a large file\n');
  mkdirSync(at('tree/below'), { recursive: true });
  mkdirSync(at('out'));
  writeFileSync(at('tree/a'), 'clear\n');
  writeFileSync(at('tree/below/b'), await seal('token-of-b\n'));
  writeFileSync(at('tree/large'), await seal(large));
  mkdirSync(at('parts'));
  writeFileSync(at('parts/1'), 'one\n');
  writeFileSync(at('parts/2'), await seal('token-of-two\n'));
  execFileSync('tar', ['-C', at('parts'), '-cf', at('clear.tar'), '1']);
  writeFileSync(at('sealed.tar'), await seal(readFileSync(at('clear.tar'))));
  const playbook = tasks(`
    - {name: tree, copy: {src: ${at('tree')}/, dest: ${at('out/tree')}}}
    - {name: parts, assemble: {src: ${at('parts')}, dest: ${at('out/parts')}, remote_src: false}}
    - {name: archive, unarchive: {src: ${at('sealed.tar')}, dest: ${at('out')}}}
`);
  const first = await playText(playbook, { options: { diff: true } });
  expect(first.lines).toEqual(['tree alpha changed', 'parts alpha changed', 'archive alpha changed']);
  expect(read('out/tree/a')).toBe('clear\n');
  expect(read('out/tree/below/b')).toBe('token-of-b\n');
  expect(readFileSync(at('out/tree/large')).equals(large)).toBe(true);
  expect(read('out/parts')).toBe('one\ntoken-of-two\n');
  expect(read('out/1')).toBe('one\n');
  expect(JSON.stringify(first.events)).not.toContain('token-of');
  expect((await playText(playbook)).lines.filter((line) => line.endsWith('changed'))).toEqual([]);
});

test('without its password a file is not copied, and it is said before any host is touched', async () => {
  setVaultKeys(async () => []);
  writeFileSync(at('secrets.yaml'), ANSIBLE);
  const played = playText(
    tasks(`    - {name: yaml, copy: {src: ${at('secrets.yaml')}, dest: ${at('there.yaml')}}}\n`),
  );
  await expect(played).rejects.toThrow(/secrets.yaml is encrypted, and no password was given/);
  expect(existsSync(at('there.yaml'))).toBe(false);
});
