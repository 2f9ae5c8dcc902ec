import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  coversHost,
  fingerprint,
  judgeHostKey,
  knownKeyTypes,
  parseKnownHosts,
} from '../../src/transports/known-hosts.ts';
import { loadKnownHosts, storeHostKey } from '../../src/transports/known-hosts-file.ts';
import { generateKey } from '../contract/ssh-server.ts';
import { scratchDirectory } from '../shell/shells.ts';

const keys = {
  a: generateKey('ed25519'),
  b: generateKey('ed25519'),
  ecdsa: generateKey('ecdsa'),
  rsa: generateKey('rsa'),
};
const bytes = (key: { readonly line: string }) => Buffer.from(key.line.split(' ')[1] as string, 'base64');
const hashed = (name: string) => {
  const salt = Buffer.from('0123456789abcdefghij');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

describe('the field of host names', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['host', 'host', true],
    ['host', 'hos', false],
    ['HOST', 'host', true],
    ['other,host', 'host', true],
    ['*.example.org', 'a.example.org', true],
    ['*.example.org', 'example.org', false],
    ['*.example.org,!b.example.org', 'b.example.org', false],
    ['!b.example.org,*.example.org', 'b.example.org', false],
    ['!b.example.org', 'a.example.org', false],
    ['192.0.2.?', '192.0.2.7', true],
    ['192.0.2.?', '192.0.2.17', false],
    ['[host]:2222', '[host]:2222', true],
    ['[host]:2222', 'host', false],
    ['[*]:2222', '[host]:2222', true],
    ['host', '[host]:2222', false],
    ['h.st', 'host', false],
    ['*', 'anything', true],
    [hashed('host'), 'host', true],
    [hashed('host'), 'other', false],
    [hashed('[host]:2222'), '[host]:2222', true],
    ['|1|broken', 'host', false],
    ['|2|AAAA|AAAA', 'host', false],
  ];
  test.each(cases)('%s covers %s: %s', (hosts, name, expected) => {
    expect(coversHost(hosts, name)).toBe(expected);
  });

  test('patterns mean what they mean in a shell, and never take long', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 30 });
    fc.assert(
      fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 }), (pattern, name) => {
        const expression = pattern.replace(/\*+/g, '*').replaceAll('*', '.*').replaceAll('?', '.');
        expect(coversHost(pattern, name)).toBe(new RegExp(`^${expression}$`).test(name));
      }),
      { numRuns: 500 },
    );
    const started = performance.now();
    coversHost(`${'*a'.repeat(500)}b`, 'a'.repeat(5000));
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('a judgement', () => {
  const judge = (text: string, key: { readonly line: string }, host = 'Host', port = 22) =>
    judgeHostKey(parseKnownHosts(text, 'kh'), host, port, bytes(key));

  const cases: readonly (readonly [string, string, keyof typeof keys, number, string])[] = [
    ['a known key', `host ${keys.a.line} comment here\n`, 'a', 22, 'known'],
    ['a key in the second of two lines', `host ${keys.b.line}\nhost ${keys.a.line}`, 'a', 22, 'known'],
    ['a hashed name', `${hashed('host')} ${keys.a.line}\n`, 'a', 22, 'known'],
    ['an empty file', '', 'a', 22, 'unknown'],
    ['another host', `other ${keys.a.line}\n`, 'a', 22, 'unknown'],
    ['a changed key', `host ${keys.b.line}\n`, 'a', 22, 'changed'],
    ['a key of a type that is not known', `host ${keys.ecdsa.line}\n`, 'a', 22, 'changed'],
    [
      'a revoked key that is also listed',
      `host ${keys.a.line}\n@revoked * ${keys.a.line}\n`,
      'a',
      22,
      'revoked',
    ],
    [
      'another key than the revoked one',
      `host ${keys.a.line}\n@revoked * ${keys.b.line}\n`,
      'a',
      22,
      'known',
    ],
    ['an authority only', `@cert-authority *ost ${keys.b.line}\n`, 'a', 22, 'certified'],
    ['an authority and the key', `@cert-authority * ${keys.b.line}\nhost ${keys.a.line}\n`, 'a', 22, 'known'],
    ['an unknown marker', `@maybe host ${keys.a.line}\n`, 'a', 22, 'unknown'],
    ['the key under another port', `[host]:2222 ${keys.a.line}\n`, 'a', 2222, 'known'],
    ['the key under the name without a port', `host ${keys.a.line}\n`, 'a', 2222, 'known'],
    ['another key under the name without a port', `host ${keys.b.line}\n`, 'a', 2222, 'unknown'],
    [
      'a changed key under the port, the right one without',
      `[host]:2222 ${keys.b.line}\nhost ${keys.a.line}`,
      'a',
      2222,
      'changed',
    ],
    [
      'lines that make no sense',
      `host\nhost ssh-ed25519\nhost ssh-ed25519 !!!\nhost ssh-rsa ${keys.a.line.split(' ')[1]}\n# host ${keys.b.line}\n\n\thost ${keys.a.line}\r\n`,
      'a',
      22,
      'known',
    ],
    ['an old protocol 1 line', 'host 1024 35 123456789\n', 'a', 22, 'unknown'],
  ];
  test.each(cases)('of %s', (_, text, key, port, verdict) => {
    expect(judge(text, keys[key], 'Host', port).is).toBe(verdict);
  });

  test('asks first for the types that are known', () => {
    const entries = parseKnownHosts(
      `host ${keys.ecdsa.line}\n[host]:99 ${keys.rsa.line}\n@revoked host ${keys.a.line}\n`,
      'kh',
    );
    expect([knownKeyTypes(entries, 'host', 22), knownKeyTypes(entries, 'host', 99)]).toEqual([
      ['ecdsa-sha2-nistp256'],
      ['ecdsa-sha2-nistp256', 'ssh-rsa'],
    ]);
  });

  test('a parser of any text throws never', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (noise) => {
        for (const { hosts } of parseKnownHosts(`host ${noise}\n${noise} ${keys.a.line}\n`, 'kh'))
          coversHost(hosts, 'host');
      }),
    );
  });

  test('shows the fingerprint that ssh-keygen shows', () => {
    const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
    expect(fingerprint(Buffer.from(key, 'base64'))).toBe(
      'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
    );
  });
});

describe('storing a key', () => {
  let scratch: ReturnType<typeof scratchDirectory>;
  beforeAll(() => {
    scratch = scratchDirectory();
  });
  afterAll(() => scratch.remove());

  test('makes the file and its directory for nobody else', async () => {
    const file = join(scratch.path, 'new', 'known_hosts');
    await storeHostKey(file, 'Host', 2222, bytes(keys.a));
    expect(readFileSync(file, 'utf8')).toBe(`[host]:2222 ${keys.a.line}\n`);
    expect([statSync(file).mode & 0o777, statSync(join(scratch.path, 'new')).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test('does not grow onto a last line without a newline', async () => {
    const file = join(scratch.path, 'unended');
    writeFileSync(file, `other ${keys.b.line}`);
    await storeHostKey(file, 'host', 22, bytes(keys.a));
    expect(readFileSync(file, 'utf8')).toBe(`other ${keys.b.line}\nhost ${keys.a.line}\n`);
  });

  test('of a hundred hosts at once loses none, and of one host stores one', async () => {
    const file = join(scratch.path, 'many');
    const names = Array.from({ length: 50 }, (_, index) => `host${index}`);
    await Promise.all([...names, ...names].map((name) => storeHostKey(file, name, 22, bytes(keys.a))));
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.sort()).toEqual(names.map((name) => `${name} ${keys.a.line}`).sort());
  });

  test('refuses where another run has stored another key meanwhile', async () => {
    const file = join(scratch.path, 'raced');
    await storeHostKey(file, 'host', 22, bytes(keys.b));
    await expect(storeHostKey(file, 'host', 22, bytes(keys.a))).rejects.toMatchObject({
      code: 'host-key-changed',
    });
  });

  test('says what cannot be written or read', async () => {
    const file = join(scratch.path, 'plain');
    writeFileSync(file, '');
    await expect(storeHostKey(join(file, 'below'), 'host', 22, bytes(keys.a))).rejects.toMatchObject({
      code: 'known-hosts',
    });
    await expect(loadKnownHosts([scratch.path])).rejects.toMatchObject({ code: 'known-hosts' });
    expect(await loadKnownHosts([join(scratch.path, 'absent')])).toEqual([]);
  });
});
