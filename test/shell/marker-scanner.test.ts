import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCapture } from '../../src/shell/capture.ts';
import { createMarkerScanner } from '../../src/shell/marker-scanner.ts';

const NONCE = 'abababac';

type Part = { readonly bytes: string } | { readonly words: readonly string[] };

/** Cuts text where the numbers say, and returns what a scanner makes of the pieces, neighbouring bytes joined. */
function scan(text: string, cuts: readonly number[]): Part[] {
  const parts: Part[] = [];
  const feed = createMarkerScanner(NONCE, {
    onBytes: (bytes) => {
      const last = parts.at(-1);
      const latin = Buffer.from(bytes).toString('latin1');
      if (last && 'bytes' in last) parts[parts.length - 1] = { bytes: last.bytes + latin };
      else parts.push({ bytes: latin });
    },
    onMarker: (words) => parts.push({ words }),
    onGarbage: (said) => parts.push({ words: ['garbage', said] }),
  });
  const at = [...cuts.map((cut) => cut % (text.length + 1)), 0, text.length].sort((a, b) => a - b);
  for (let index = 1; index < at.length; index += 1) {
    feed(Buffer.from(text.slice(at[index - 1], at[index]), 'latin1'));
  }
  return parts;
}

describe('a scanner', () => {
  test('finds every marker, however the stream is cut, and changes no byte between', () => {
    // Few letters, so that beginnings of the nonce abound.
    const noise = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n', '\0', '\xff'), maxLength: 40 });
    const clean = noise.filter((text) => !text.includes(NONCE));
    fc.assert(
      fc.property(
        fc.array(clean, { maxLength: 6 }),
        clean,
        fc.array(fc.nat(), { maxLength: 20 }),
        (outputs, last, cuts) => {
          // Output that runs into the nonce of its own marker could make another match; the real nonce is longer than any chance.
          const texts = outputs.filter((output) => !`${output}${NONCE}`.slice(0, -1).includes(NONCE));
          const stream = texts.map((output, index) => `${output}${NONCE} ${index} 0 -\n`).join('');
          const expected = texts.flatMap((output, index): Part[] => [
            ...(output === '' ? [] : [{ bytes: output }]),
            { words: [String(index), '0', '-'] },
          ]);
          // A rest that could begin a nonce is held back.
          const shown = scan(`${stream}${last}`, cuts);
          const rest = shown.length > expected.length ? (shown.at(-1) as { bytes: string }).bytes : '';
          expect(shown.slice(0, expected.length)).toEqual(expected);
          expect(last.startsWith(rest) && NONCE.startsWith(last.slice(rest.length))).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('waits no longer for the end of a marker than one can be long', () => {
    expect(scan(`${NONCE}${'x'.repeat(200)}`, [50])[0]).toEqual({ words: ['garbage', 'x'.repeat(64)] });
  });
});

describe('a capture', () => {
  test('holds the beginning and the end, and counts what is between', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 20 }),
        fc.nat({ max: 60 }),
        (chunks, limit) => {
          const capture = createCapture(limit);
          for (const chunk of chunks) capture.add(chunk);
          const all = Buffer.concat(chunks);
          const { bytes, omitted, gapAt } = capture.take();
          const head = Math.ceil(limit / 2);
          const expected =
            all.length <= limit
              ? { bytes: all, omitted: 0, gapAt: all.length }
              : {
                  bytes: Buffer.concat([all.subarray(0, head), all.subarray(all.length - (limit - head))]),
                  omitted: all.length - limit,
                  gapAt: head,
                };
          expect({ bytes: Buffer.from(bytes), omitted, gapAt }).toEqual(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('costs the same for single bytes as for large pieces', () => {
    const capture = createCapture(1000);
    const byte = Uint8Array.of(1);
    const started = performance.now();
    for (let index = 0; index < 1_000_000; index += 1) capture.add(byte);
    expect(capture.take()).toMatchObject({ omitted: 999_000, gapAt: 500 });
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
