import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quote } from '../../src/shell/sh.ts';
import { enterShell, findProgram, type OpenSession, openLocalSession, shellKinds } from './shells.ts';

/** Bytes as octal escapes for `printf`. */
const octal = (bytes: Uint8Array) =>
  [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

interface Plan {
  readonly kind: 'print' | 'echo-input' | 'quote';
  readonly bytes: Uint8Array;
  readonly error: Uint8Array;
  readonly rc: number;
  readonly conditional: boolean;
  readonly word: string;
}

const plans = fc.array(
  fc.record({
    kind: fc.constantFrom('print' as const, 'echo-input' as const, 'quote' as const),
    bytes: fc.uint8Array({ maxLength: 300 }),
    error: fc.uint8Array({ maxLength: 50 }),
    rc: fc.constantFrom(0, 0, 0, 1, 7, 125, 200, 255),
    conditional: fc.boolean(),
    word: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\0', '')),
  }),
  { minLength: 1, maxLength: 12 },
);

for (const kind of shellKinds.slice(0, 3)) {
  if (findProgram(kind.shell) === undefined) {
    test.skip(`any jobs on ${kind.name}: left out, not installed`, () => {});
    continue;
  }
  describe(`any jobs on ${kind.name}`, () => {
    let leave: () => void;
    let open: OpenSession;
    beforeAll(async () => {
      leave = enterShell(kind);
      open = await openLocalSession();
    });
    afterAll(async () => {
      await open.close();
      leave();
    });

    const job = ({ kind: what, bytes, error, rc, conditional, word }: Plan) => {
      const out = {
        print: `printf '${octal(bytes)}'`,
        'echo-input': 'cat',
        quote: `printf %s ${quote(word)}`,
      }[what];
      return {
        script: {
          text: `${out}; printf '${octal(error)}' >&2; exit ${rc}`,
          ...(what === 'echo-input' || bytes.length % 3 === 0 ? { input: bytes } : {}),
        },
        onlyAfterSuccess: conditional,
      };
    };

    test('give what they print, in order, whole and unchanged', async () => {
      await fc.assert(
        fc.asyncProperty(plans, async (batch) => {
          // The first depends on nothing that an earlier run of this test left behind.
          const jobs = batch.map((plan, index) => (index === 0 ? { ...plan, conditional: false } : plan));
          const outcomes = await Promise.all(jobs.map((plan) => open.session.run(job(plan))));
          let succeeded = true;
          const expected = jobs.map((plan) => {
            if (plan.conditional && !succeeded) return 'skipped';
            succeeded = plan.rc === 0;
            const stdout = plan.kind === 'quote' ? Buffer.from(plan.word) : Buffer.from(plan.bytes);
            return {
              rc: plan.rc,
              stdout: stdout.toString('hex'),
              stderr: Buffer.from(plan.error).toString('hex'),
            };
          });
          expect(
            outcomes.map((outcome) =>
              outcome === 'skipped'
                ? outcome
                : {
                    rc: outcome.rc,
                    stdout: Buffer.from(outcome.stdout.bytes).toString('hex'),
                    stderr: Buffer.from(outcome.stderr.bytes).toString('hex'),
                  },
            ),
          ).toEqual(expected);
        }),
        { numRuns: 40 },
      );
    }, 60_000);
  });
}
