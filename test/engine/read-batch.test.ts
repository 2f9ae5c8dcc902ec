import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostRead } from '../../src/core/read.ts';
import type { JobOutput } from '../../src/core/script.ts';
import { batchReads } from '../../src/engine/pipeline/read-batch.ts';
import { pathState } from '../../src/facts/path-state.ts';
import { type Bench, openBench, runScript, SHELLS } from '../modules/real-shell.ts';

/** Names that make trouble, and what stands under them. */
const NAMES = [
  ...['file', 'empty', "it's a $HOME", '-n', '*', 'back\\slash', 'two\nlines', 'nul', 'large'],
  ...[
    'directory',
    'directory/file',
    'link',
    'dangling',
    'circle',
    'hard',
    'missing',
    'missing/deeper',
    'file/below',
  ],
];

function fill({ host }: Bench): void {
  const at = (name: string) => join(host, name);
  for (const name of ['file', "it's a $HOME", '-n', '*', 'back\\slash', 'two\nlines']) {
    writeFileSync(at(name), `${name} later=3\n`);
  }
  writeFileSync(at('empty'), '');
  writeFileSync(at('nul'), Buffer.from([0, 10, 0xff, 10, 10, 0]));
  writeFileSync(at('large'), '');
  truncateSync(at('large'), 1024 * 1024 + 1);
  mkdirSync(at('directory'));
  writeFileSync(at('directory/file'), 'below\n');
  symlinkSync('directory/file', at('link'));
  symlinkSync('nowhere', at('dangling'));
  symlinkSync('circle', at('circle'));
  linkSync(at('file'), at('hard'));
}

const reads = fc.record({
  name: fc.constantFrom(...NAMES),
  follow: fc.boolean(),
  sha256: fc.boolean(),
  content: fc.constantFrom(false, true, 4),
  owner: fc.constantFrom(undefined, 'root', 'nobody-knows-it'),
});

const echo: HostRead<string> = {
  kind: 'host',
  name: 'a script that does as it likes with its shell',
  script: { text: 'cd /; hw_stat0=x; set -- a b; LC_ALL=C; echo out; echo err >&2; exit 7' },
  parse: ({ rc, stdout, stderr }) =>
    [rc, ...[stdout, stderr].map((bytes) => Buffer.from(bytes).toString())].join(),
};

/** The value of a read, or why there is none. */
function parsed(read: HostRead<unknown>, { rc, stdout, stderr }: JobOutput): unknown {
  try {
    const value = read.parse({ rc, stdout: stdout.bytes, stderr: stderr.bytes });
    // To read it is what changes it.
    return typeof value === 'object' ? { ...value, accessed: 0 } : value;
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

for (const shell of SHELLS) {
  describe.skipIf(!shell.present)(`many reads in one job under ${shell.name}`, { timeout: 60_000 }, () => {
    test('give what each gives alone', () => {
      const bench = openBench(shell);
      fill(bench);
      try {
        fc.assert(
          fc.property(fc.array(reads, { minLength: 2, maxLength: 14 }), fc.nat(14), (chosen, place) => {
            const all: HostRead<unknown>[] = chosen.map(({ name, ...options }) =>
              pathState(join(bench.host, name), options),
            );
            all.splice(place, 0, echo);
            const batch = batchReads(all);
            const outputs = batch.split(runScript(bench, batch.job.script));
            const together = all.map((read, index) => parsed(read, outputs?.[index] as JobOutput));
            expect(together).toEqual(all.map((read) => parsed(read, runScript(bench, read.script))));
          }),
          { numRuns: 12 },
        );
      } finally {
        bench.remove();
      }
    });

    test('cost two processes, and none for what is not there', () => {
      const bench = openBench(shell);
      fill(bench);
      try {
        const some = ['file', 'empty', 'directory', 'missing', 'hard', '*'].map((name) =>
          pathState(join(bench.host, name), { content: true }),
        );
        const counted = ['stat', 'cat', 'head', 'sha256sum', 'readlink']
          .map((name) => `${name}() { echo ${name} >> ${join(bench.host, 'calls')}; command ${name} "$@"; }`)
          .join('\n');
        const { script } = batchReads(some).job;
        runScript(bench, { text: `${counted}\n${script.text}` });
        expect(runScript(bench, { text: 'cat calls' }).stdout.bytes.toString()).toBe('stat\ncat\n');
      } finally {
        bench.remove();
      }
    });

    test('say nothing where a file grew meanwhile', () => {
      const bench = openBench(shell);
      fill(bench);
      try {
        const batch = batchReads(
          ['file', 'hard'].map((name) => pathState(join(bench.host, name), { content: true })),
        );
        const grow = `cat() { echo more >> ${join(bench.host, 'file')}; command cat "$@"; }\n`;
        expect(batch.split(runScript(bench, { text: grow + batch.job.script.text }))).toBeUndefined();
      } finally {
        bench.remove();
      }
    });
  });
}
