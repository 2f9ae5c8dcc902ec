import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { Template } from '../../src/core/template.ts';
import { createSealer, encode, opened } from '../../src/journal/seal.ts';

const sealer = createSealer('/nonexistent/key');
const back = (data: unknown) => opened({ open: JSON.parse(encode(data).json) as unknown }, sealer);

describe('data that the journal keeps', () => {
  test('comes back as it was', () => {
    const data = { text: 'a', list: [1, null, { b: true }], bytes: new Uint8Array([0, 255]), big: 5n };
    expect(back(data)).toEqual({ ...data, big: 5 });
    expect((back({ s: new Secret('x') }) as { s: Secret }).s.reveal()).toBe('x');
    expect((back([new Template('{{ a }}')]) as Template[])[0]?.source).toBe('{{ a }}');
  });

  test('what a host sent never becomes a template or a secret', () => {
    for (const name of ['$template', '$secret', '$bytes', '$plain']) {
      const sent = { [name]: '{{ lookup }}' };
      expect(back(sent)).toEqual(sent);
      expect(back({ deep: [sent, { [name]: { [name]: 'x' } }] })).toEqual({
        deep: [sent, { [name]: { [name]: 'x' } }],
      });
    }
  });

  test('what cannot be looked at yet is left out, and what holds itself ends', () => {
    const data: Record<string, unknown> = { known: 1 };
    Object.defineProperty(data, 'later', {
      enumerable: true,
      get: () => {
        throw new Error('not known');
      },
    });
    data.self = data;
    expect(back(data)).toEqual({ known: 1, self: '[circular]' });
  });
});
