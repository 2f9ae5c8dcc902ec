import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMasker, Secret } from '../../src/core/secret.ts';

const SECRET = `pa ss'w"o&r<d>/\\+ü%1`;
const sh = (text: string, value: string, shell = 'sh') =>
  execFileSync(shell, ['-c', text], {
    env: { ...process.env, V: value, LC_ALL: 'C.UTF-8' },
    encoding: 'utf8',
  });

describe('a masker hides a secret', () => {
  const masker = createMasker();
  masker.add(new Secret(SECRET));
  const shown: readonly (readonly [string, string])[] = [
    ['as it is', SECRET],
    ['in JSON', JSON.stringify({ a: SECRET })],
    ['in JSON within ASCII', JSON.stringify(SECRET).replace('ü', '\\u00fc')],
    ['quoted as we quote', `'${SECRET.replaceAll("'", `'\\''`)}'`],
    ['as set -x of dash shows it', `'${SECRET.replaceAll("'", `'"'"'`)}'`],
    ['as printf %q of bash prints it', sh('printf %q "$V"', SECRET, 'bash')],
    ['in an address', `https://u:${encodeURIComponent(SECRET)}@host/`],
    ['in an address, in lower case', encodeURIComponent(SECRET).replace(/%../g, (one) => one.toLowerCase())],
    ['in a form', new URLSearchParams({ p: SECRET }).toString()],
    ['in XML', "<p>pa ss'w&quot;o&amp;r&lt;d&gt;/\\+ü%1</p>"],
    ['in base64', sh('printf %s "$V" | base64', SECRET)],
    ['in base64 with its newline', sh('echo "$V" | base64', SECRET)],
    ['in base64 behind a name', Buffer.from(`operator:${SECRET}`).toString('base64')],
    ['in base64 between others', Buffer.from(`ab${SECRET}cd`).toString('base64url')],
  ];
  test.each(shown)('%s', (_, text) => {
    const masked = masker.text(`before ${text} behind`);
    expect(masked).toContain('********');
    expect(masked).toMatch(/^before .* behind$/s);
    // At the edges of base64 up to three characters depend on what is around it, and stay.
    const rest = masked.replace('before ', '').replace(' behind', '').split('********').join(' ');
    for (const part of ["ss'w", 'o&r', '%1', 'ss%27', encodeURIComponent(SECRET).slice(0, 12)])
      expect(rest).not.toContain(part);
  });

  test('wherever it stands in base64, so that nobody can read it from there', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 6, maxLength: 200, unit: 'binary' }).filter((one) => one.trim().length >= 6),
        fc.uint8Array({ maxLength: 20 }),
        fc.uint8Array({ maxLength: 20 }),
        (value, before, behind) => {
          const secret = value.trim().replaceAll('\n', ' ');
          const one = createMasker();
          one.add(secret);
          const bytes = Buffer.concat([before, Buffer.from(secret), behind]);
          for (const encoding of ['base64', 'base64url'] as const) {
            const masked = one.text(bytes.toString(encoding));
            expect(masked).toContain('********');
            const middle = Buffer.from(secret).subarray(2, -2);
            for (const part of masked.split('********')) {
              const decoded = [0, 1, 2, 3].map((skip) => Buffer.from(part.slice(skip), encoding));
              expect(decoded.some((left) => middle.length >= 4 && left.includes(middle))).toBe(false);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('of several lines line by line, and a key in the lines of its base64', () => {
    const key = `-----BEGIN KEY-----\n${Array.from({ length: 9 }, (_, line) => `${line}`.repeat(64)).join('\n')}\n-----END KEY-----\n`;
    const one = createMasker();
    one.add(key);
    expect(one.text(`+${key.split('\n')[3]}\n`)).toBe('+********\n');
    expect(one.text(JSON.stringify(key.split('\n')[3]))).toBe('"********"');
    const wrapped = sh('printf %s "$V" | base64', key).split('\n');
    for (const line of wrapped.slice(0, -2)) expect(one.text(line)).toBe('********');
  });

  test('whatever its length, without taking long', () => {
    const one = createMasker();
    const long = Array.from({ length: 300_000 }, (_, index) => ((index * 7919) % 36).toString(36)).join('');
    one.add(long);
    expect(one.text(`x${long}y`).length).toBeLessThan(2000);
    const many = createMasker();
    for (let index = 0; index < 2000; index += 1) many.add(`secret number ${index} of many`);
    expect(many.text('this is secret number 1234 of many')).toBe('this is ********');
  });

  test('but not ordinary words that are too short to be told apart', () => {
    const one = createMasker();
    one.add('ab');
    one.add('key\nof\nlines of a key');
    expect(one.text('ab of key, lines of a key')).toBe('ab of key, ********');
  });
});
