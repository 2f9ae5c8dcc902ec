import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { HostRead } from '../../src/core/read.ts';
import type { JobOutput } from '../../src/core/script.ts';
import { printsTheSame } from '../../src/engine/pipeline/guard.ts';
import { SHELLS } from '../modules/real-shell.ts';

const read = (text: string, clock?: string): HostRead<unknown> => ({
  kind: 'host',
  name: 'test',
  script: { text },
  parse: () => undefined,
  ...(clock === undefined ? {} : { clock }),
});

const captured = (text: string) => ({ bytes: Buffer.from(text), omitted: 0, gapAt: 0 });
const output = (rc: number, stdout: string, stderr = ''): JobOutput => ({
  rc,
  stdout: captured(stdout),
  stderr: captured(stderr),
  durationMs: 0,
  timedOut: false,
});

describe.each(SHELLS.filter(({ present }) => present))(
  '$name: what was printed is printed again',
  ({ argv }) => {
    const holds = (one: HostRead<unknown>, before: JobOutput) =>
      spawnSync(argv[0] as string, [...argv.slice(1), '-c', printsTheSame(one, before).text]).status === 0;

    test.each([
      ['the same', read('echo a; echo b'), output(0, 'a\nb\n'), true],
      ['another text', read('echo a; echo c'), output(0, 'a\nb\n'), false],
      ['another status', read('echo a; exit 3'), output(0, 'a\n'), false],
      ['the same status', read('echo a; exit 3'), output(3, 'a\n'), true],
      ['another remark', read('echo a; echo no >&2'), output(0, 'a\n'), false],
      ['the same remark', read('echo a; echo no >&2'), output(0, 'a\n', 'no\n'), true],
      ['no newline at the end', read('printf a'), output(0, 'a'), true],
      ['another time', read('echo now=2; echo a', 'now='), output(0, 'now=1\na\n'), true],
      ['another time and another text', read('echo now=2; echo b', 'now='), output(0, 'now=1\na\n'), false],
      [
        'another time, and no newline at the end',
        read('echo now=2; printf a', 'now='),
        output(0, 'now=1\na'),
        true,
      ],
      ['nothing but a time', read('echo 2', ''), output(0, '1\n'), true],
    ])('%s', (_, one, before, expected) => {
      expect(holds(one, before)).toBe(expected);
    });
  },
);
