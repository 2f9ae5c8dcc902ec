import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Computed } from '../../../src/core/computed.ts';
import { formatError, type HostwrightError } from '../../../src/core/error.ts';
import { createMasker } from '../../../src/core/secret.ts';
import { sealAge } from '../../../src/source/vault/age-format.ts';
import { setVaultKeys, vaultKey } from '../../../src/source/vault/keyring.ts';
import { isSealed, openSealed } from '../../../src/source/vault/open.ts';
import { loadYamlFile, parseYaml } from '../../../src/source/yaml.ts';
import { scratchDirectory } from '../../shell/shells.ts';

// Written by ansible-vault of ansible-core 2.14, with the password "the password".
const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);
const CLEAR = `db_password: hunter22-fixture\nport: 5432\nurl: "postgres://app:hunter22-fixture@{{ db_host }}/app"\n`;
const PASSWORD = vaultKey('the password', 'prod');
const OTHER = vaultKey('another password');

const open = async (content: string | Buffer, keys = [PASSWORD]) =>
  (await openSealed(Buffer.from(content), 'It', undefined, keys)).toString('utf8');
const problem = (content: string | Buffer, keys = [PASSWORD]) =>
  open(content, keys).then(
    () => 'it was opened',
    (thrown: HostwrightError) => formatError(thrown).split('\n')[0],
  );

describe('what ansible-vault has written', () => {
  test.each(['vault-1.1.yaml', 'vault-1.2.yaml'])('%s', async (name) => {
    const text = readFileSync(fixture(name), 'utf8');
    expect(isSealed(text)).toBe(true);
    expect(await open(text)).toBe(CLEAR);
    expect(await open(text.replaceAll('\n', '\r\n'), [OTHER, PASSWORD])).toBe(CLEAR);
    expect(await problem(text, [])).toBe('It is encrypted, and no password was given.');
    expect(await problem(text, [OTHER])).toMatch(
      /^It is encrypted.*, and none of the passwords given opens it\.$/,
    );
  });

  test('a changed byte is noticed, and what is cut off is told apart from a wrong password', async () => {
    const text = readFileSync(fixture('vault-1.1.yaml'), 'utf8');
    const changed = `${text.slice(0, -4)}${text.at(-4) === '0' ? '1' : '0'}${text.slice(-3)}`;
    expect(await problem(changed)).toContain('none of the passwords');
    expect(await problem(text.slice(0, 100))).toBe('It is encrypted, but is cut off or damaged.');
    expect(await problem('$ANSIBLE_VAULT;1.0;AES\nabc')).toBe(
      'It is encrypted, but is of the unknown version 1.0.',
    );
    expect(await problem('$ANSIBLE_VAULT;1.1;AES256\nxyz')).toBe(
      'It is encrypted, but has a body that is cut off or damaged.',
    );
  });

  test('nothing that begins like one is a crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.constantFrom('1.1', '1.2', '9'), async (rest, version) => {
        expect(await problem(`$ANSIBLE_VAULT;${version};AES256${rest}`)).toMatch(/^It is encrypted/);
      }),
      { numRuns: 100 },
    );
  });
});

describe('what is encrypted with age', () => {
  test('opens for whom it was meant, and for nobody else', async () => {
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    const content = Buffer.from('clear: text\n');
    const key = vaultKey(`# created: today\n# public key: ${recipient}\n${identity}\n`);
    for (const [sealed, mine, others] of [
      [await sealAge(content, { passphrase: 'the password' }), PASSWORD, [OTHER, key]],
      [await sealAge(content, { recipients: [recipient] }), key, [PASSWORD]],
    ] as const) {
      expect(sealed).toMatch(
        /^-----BEGIN AGE ENCRYPTED FILE-----\n[\s\S]+-----END AGE ENCRYPTED FILE-----\n$/,
      );
      expect(isSealed(sealed)).toBe(true);
      expect(await open(sealed, [...others, mine])).toBe('clear: text\n');
      expect(await problem(sealed, [...others])).toContain('none of the passwords');
      expect(await problem(sealed.slice(0, 120), [mine])).toContain(
        'It is encrypted, but is cut off or damaged',
      );
    }
    await expect(sealAge(content, { recipients: ['age1nonsense'] })).rejects.toThrow(/is no recipient/);
  });
});

describe('a file of variables', () => {
  test('that is encrypted as a whole is read, and its texts are shown nowhere', async () => {
    setVaultKeys(async () => [PASSWORD]);
    const loaded = (await loadYamlFile(fixture('vault-1.2.yaml'))) as Readonly<Record<string, unknown>>;
    expect([loaded.db_password, loaded.port]).toEqual(['hunter22-fixture', 5432]);
    const masker = createMasker();
    expect(masker.text('user app, password hunter22-fixture')).toBe('user app, password ********');
    expect(masker.text(`base64 ${Buffer.from('hunter22-fixture').toString('base64')}`)).toBe(
      'base64 ********==',
    );
    expect(masker.text('the password')).toBe('********');
  });

  test('that holds encrypted values is read, and those that nobody can open fail when they are used', async () => {
    setVaultKeys(async () => [PASSWORD]);
    expect(await loadYamlFile(fixture('inline.yaml'))).toEqual({ token: 'inline-secret value' });
    expect(createMasker().text("-p 'inline-secret value'")).toBe("-p '********'");

    setVaultKeys(async () => []);
    const scratch = scratchDirectory();
    const sealed = await sealAge(Buffer.from('other'), { passphrase: 'x' });
    const file = join(scratch.path, 'vars.yaml');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(file, `a: 1\nb: !vault |\n${sealed.replace(/^/gm, '  ')}`);
    const { a, b } = (await loadYamlFile(file)) as { a: number; b: Computed };
    scratch.remove();
    expect(a).toBe(1);
    expect(b).toBeInstanceOf(Computed);
    expect(() => b.compute({})).toThrow('The value is encrypted, and no password was given.');
  });

  test('may not call clear text encrypted', () => {
    expect(() => parseYaml('a: !vault |\n  clear\n', 'f.yaml')).toThrow(
      'The value after !vault is no encrypted text.',
    );
  });
});
