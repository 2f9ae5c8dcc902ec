import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Concern,
  enterShell,
  findProgram,
  isRunning,
  type OpenSession,
  openLocalSession,
  ran,
  scratchDirectory,
  shellKinds,
  summary,
  text,
} from './shells.ts';

for (const kind of shellKinds) {
  if (findProgram(kind.shell) === undefined) {
    describe(`a session on ${kind.name}`, () =>
      test.skip(`left out: ${kind.shell} is not installed`, () => {}));
    continue;
  }
  describe(`a session on ${kind.name}`, () => {
    const scratch = scratchDirectory();
    const file = (name: string) => join(scratch.path, name);
    let leave: () => void;
    let open: OpenSession;
    const hasSetsid = !kind.without?.includes('setsid');

    /** Tests of what can differ on a host of this kind. */
    const about = (concern: Concern, tests: () => void) => {
      if (kind.concerns?.includes(concern) ?? true) describe(concern, tests);
    };

    beforeAll(async () => {
      leave = enterShell(kind);
      open = await openLocalSession();
    });
    afterAll(async () => {
      await open.close();
      leave();
      scratch.remove();
    });

    about('jobs', () => {
      const cases: readonly (readonly [string, string, { rc: number; stdout: string; stderr: string }])[] = [
        [
          'both streams and the status',
          'echo out; echo err >&2; exit 3',
          { rc: 3, stdout: 'out\n', stderr: 'err\n' },
        ],
        [
          'output without a newline at its end',
          'printf out; printf err >&2',
          { rc: 0, stdout: 'out', stderr: 'err' },
        ],
        ['nothing at all', ':', { rc: 0, stdout: '', stderr: '' }],
        [
          'NULs and bytes that are no text',
          String.raw`printf 'a\000b\377\201\210\n\000'`,
          { rc: 0, stdout: 'a\0b\xff\x81\x88\n\0', stderr: '' },
        ],
        ['death by SIGKILL', 'kill -9 $$', { rc: 137, stdout: '', stderr: '' }],
        ['death by SIGINT', 'kill -2 $$', { rc: 130, stdout: '', stderr: '' }],
        ['death by SIGTERM', 'echo x; kill -15 $$', { rc: 143, stdout: 'x\n', stderr: '' }],
        ['nothing on standard input', 'cat; echo end', { rc: 0, stdout: 'end\n', stderr: '' }],
        [
          'no parameters and only the standard descriptors',
          'echo $#; for n in 3 4 5; do (eval ": >&$n") 2>/dev/null || echo no $n; done',
          { rc: 0, stdout: '0\nno 3\nno 4\nno 5\n', stderr: '' },
        ],
        [
          'quotes of every kind',
          `printf '%s ' "it's" 'a "word"' \\$HOME \\\\ '\\n'`,
          { rc: 0, stdout: 'it\'s a "word" $HOME \\ \\n ', stderr: '' },
        ],
        ['a comment on the last line', 'echo x # end', { rc: 0, stdout: 'x\n', stderr: '' }],
        ['a here-document', "cat <<'END'\n$HOME it's\nEND", { rc: 0, stdout: "$HOME it's\n", stderr: '' }],
      ];
      test.each(cases)('gives %s', async (_, script, expected) => {
        expect(summary(await open.run(script))).toEqual(expected);
      });

      test.each(cases.filter(([, script]) => !script.includes('$$')))(
        'gives %s in a fork of the loop',
        async (_, script, expected) => {
          expect(summary(await open.run(script, { inline: true }))).toEqual(expected);
        },
      );

      test('what a fork of the loop does to itself is forgotten, and it does not know the nonce', async () => {
        const odd = 'cd /; mine=1; export mine; set -f; trap : EXIT; umask 000; hw_o=f; j() { :; }; exit 3';
        expect((await open.run(odd, { inline: true })).rc).toBe(3);
        const { stdout } = await open.run('echo "[$mine$hw_n] $(umask)"; echo /pro[c]', { inline: true });
        expect(text(stdout.bytes)).toMatch(/^\[\] 0?022\n\/proc\n$/);
        expect(text((await open.run('if then (', { inline: true })).stderr.bytes)).toMatch(/syntax error/i);
        expect((await open.run('sleep 9', { inline: true, timeoutSeconds: 0.2 })).timedOut).toBe(true);
        expect(summary(await open.run('echo on'))).toMatchObject({ stdout: 'on\n' });
      });

      test('jobs do not see each other', async () => {
        await open.run(
          'cd /; mine=1; export mine; set -f; trap "echo trapped" EXIT; umask 000; hw_o=f; hw_n=x',
        );
        await open.run('set -eu; false');
        const { stdout } = await open.run('echo "[$mine] $(umask)"; echo /pro[c]');
        expect(text(stdout.bytes)).toMatch(/^\[\] 0?022\n\/proc\n$/);
      });

      test('a job that ends its process group or its parent does not end the session', async () => {
        if (!hasSetsid) return;
        expect((await open.run('kill -TERM 0; sleep 5')).rc).toBe(143);
        expect(summary(await open.run('echo on'))).toMatchObject({ stdout: 'on\n' });
      });

      test("a syntax error is the job's own", async () => {
        const broken = await open.run('if then (');
        expect(broken.rc).toBeGreaterThan(0);
        expect(text(broken.stderr.bytes)).toMatch(/syntax error/i);
        expect(summary(await open.run('echo on'))).toMatchObject({ stdout: 'on\n' });
      });
    });

    about('input', () => {
      test('input reaches its job, byte for byte', async () => {
        const input = Buffer.from(
          Array.from({ length: 200_000 }, (_, index) => (index * 7 + (index >> 8)) % 256),
        );
        const { stdout } = await open.run('cat', { input });
        expect(Buffer.compare(Buffer.from(stdout.bytes), input)).toBe(0);
      });

      test('input that a job does not read is drained, and the next job reads its own only', async () => {
        const [first, second, third] = await Promise.all([
          open.run('head -c 3', { input: Buffer.alloc(300_000, 'a') }),
          open.run('cat', { input: Buffer.from('mine\n') }),
          open.run('cat; echo none'),
        ]);
        expect([first, second, third].map((output) => text(output.stdout.bytes))).toEqual([
          'aaa',
          'mine\n',
          'none\n',
        ]);
      });

      test('a file is streamed from the disk', async () => {
        writeFileSync(file('large'), Buffer.alloc(3_000_001, 'x'));
        const input = { path: file('large'), size: 3_000_001, sha256: '', mode: 0o644 };
        expect(text((await open.run('wc -c', { input })).stdout.bytes).trim()).toBe('3000001');
      });

      test('a job whose file shrinks under way never sees its end; what is behind it runs', async () => {
        writeFileSync(file('shrinking'), Buffer.alloc(10_000, 'x'));
        truncateSync(file('shrinking'), 5_000);
        const input = { path: file('shrinking'), size: 10_000, sha256: '', mode: 0o644 };
        const before = open.run('echo before');
        const broken = open.run(`cat >${file('partial')}; mv ${file('partial')} ${file('whole')}`, { input });
        const dependent = open.session.run({ script: { text: 'echo never' }, onlyAfterSuccess: true });
        const after = open.run('echo after');
        await expect(broken).rejects.toMatchObject({ code: 'local-file-changed' });
        expect(text((await before).stdout.bytes)).toBe('before\n');
        expect(await dependent).toBe('skipped');
        expect(text((await after).stdout.bytes)).toBe('after\n');
        expect(existsSync(file('whole'))).toBe(false);
      });

      test('a file that is written again under way does not arrive either, whatever its size', async () => {
        writeFileSync(file('rewritten'), Buffer.alloc(10_000, 'x'));
        const input = { path: file('rewritten'), size: 10_000, sha256: '', mode: 0o644, changedMs: 1 };
        const broken = open.run(`cat >${file('partial')}; mv ${file('partial')} ${file('whole')}`, { input });
        await expect(broken).rejects.toMatchObject({ code: 'local-file-changed' });
        expect(existsSync(file('whole'))).toBe(false);
      });

      test('environment variables are for one job', async () => {
        const value = 'it\'s "$HOME" `id`\nsecond line';
        const first = await open.run('printf %s "$GREETING"', { environment: { GREETING: value } });
        expect(text(first.stdout.bytes)).toBe(value);
        expect(text((await open.run('echo "[$GREETING]"')).stdout.bytes)).toBe('[]\n');
        await expect(open.run(':', { environment: { 'A B': 'x' } })).rejects.toMatchObject({
          code: 'bad-environment-name',
        });
      });

      test('jobs that depend on the one before run only after success', async () => {
        const run = (script: string, onlyAfterSuccess: boolean) =>
          open.session.run({
            script: { text: script, ...(script === 'cat' ? { input: Buffer.from('x') } : {}) },
            onlyAfterSuccess,
          });
        const outcomes = await Promise.all([
          run('echo 1', true),
          run('exit 4', false),
          run('echo 3', true),
          run('cat', true),
          run('echo 5', false),
          run('echo 6', true),
        ]);
        expect(outcomes.map((outcome) => (outcome === 'skipped' ? outcome : outcome.rc))).toEqual([
          0,
          4,
          'skipped',
          'skipped',
          0,
          0,
        ]);
        expect(await run('exit 1', false)).toMatchObject({ rc: 1 });
        expect(await run('echo', true)).toBe('skipped');
      });
    });

    about('processes', () => {
      test('time that is up ends the whole process group, and nothing else', async () => {
        const started = performance.now();
        const [output, next] = await Promise.all([
          open.run(`sleep 61 & echo $! >${file('child')}; echo out; sleep 62`, { timeoutSeconds: 0.6 }),
          open.run('echo next'),
        ]);
        expect(performance.now() - started).toBeLessThan(30_000);
        expect({ ...(summary(output) as object), timedOut: output.timedOut }).toEqual({
          rc: 143,
          stdout: 'out\n',
          stderr: '',
          timedOut: true,
        });
        expect(text(next.stdout.bytes)).toBe('next\n');
        await sleep(100);
        expect(isRunning(Number(readFileSync(file('child'), 'utf8')))).toBe(false);
      });

      test('a job that ignores SIGTERM is ended by SIGKILL', async () => {
        const output = await open.run('trap "" TERM; sleep 61; sleep 62; sleep 63', { timeoutSeconds: 0.2 });
        expect(output).toMatchObject({ rc: 137, timedOut: true });
      });

      test('a job within its time is left alone, its `wait` does not see the watchdog', async () => {
        const started = performance.now();
        const output = await open.run('sleep 0.1 & wait; echo done; exit 5', { timeoutSeconds: 30 });
        expect(output).toMatchObject({ rc: 5, timedOut: false });
        expect(performance.now() - started).toBeLessThan(20_000);
      });

      test('a child left behind does not hold its job, nor speak in the next one', async () => {
        const counter = file('counter');
        const late = '(sleep 2; echo late; echo late >&2) &';
        const [first, second, third] = await Promise.all([
          open.run(`echo first; ${late} echo x >>${counter}`),
          open.run(`echo x >>${counter}; sleep 2.4; echo second`),
          open.session.run({ script: { text: 'echo third' }, onlyAfterSuccess: true }),
        ]);
        expect(first.durationMs).toBeLessThan(1900);
        expect([first, second, ran(third)].map(summary)).toEqual([
          { rc: 0, stdout: 'first\n', stderr: '' },
          { rc: 0, stdout: 'second\n', stderr: '' },
          { rc: 0, stdout: 'third\n', stderr: '' },
        ]);
        expect(readFileSync(counter, 'utf8')).toBe('x\nx\n');
      });

      test('a daemon that lets go of the streams costs nothing; one that keeps only one of them is noticed', async () => {
        const daemon = await open.run(`sleep 3 >/dev/null 2>&1 & echo $PPID`);
        expect(text((await open.run('echo $PPID')).stdout.bytes)).toBe(text(daemon.stdout.bytes));
        const [talker, next] = await Promise.all([
          open.run('(sleep 0.6; echo late >&2) >/dev/null & echo $PPID'),
          open.run('sleep 0.8; echo $PPID'),
        ]);
        expect(text(next.stderr.bytes)).toBe('');
        expect(text(next.stdout.bytes)).not.toBe(text(talker.stdout.bytes));
      });

      test('what a child says right after its job still belongs to it', async () => {
        expect(summary(await open.run('(sleep 0.05; echo late) & echo early'))).toMatchObject({
          stdout: 'early\nlate\n',
        });
      });
    });

    about('size', () => {
      test('a script of megabytes, with input and a time limit', async () => {
        const script = `: '${'x'.repeat(2_000_000)}'\nread -r line; echo "got $line $#"; exit 6`;
        const output = await open.run(script, { input: Buffer.from('the line\n'), timeoutSeconds: 30 });
        expect(summary(output)).toEqual({ rc: 6, stdout: 'got the line 0\n', stderr: '' });
      });

      test('one line of 10 MB, in bounded memory', async () => {
        const script = 'head -c 10000000 /dev/zero | tr "\\0" x; printf "the end"';
        const { rc, stdout } = await open.run(script, { outputLimit: 1000 });
        expect({ rc, omitted: stdout.omitted, gapAt: stdout.gapAt }).toEqual({
          rc: 0,
          omitted: 9_999_007,
          gapAt: 500,
        });
        expect(text(stdout.bytes)).toBe(`${'x'.repeat(993)}the end`);
      });

      test('output is seen while the job runs', async () => {
        const seen: string[] = [];
        let ended = false;
        const job = open.run('echo one; sleep 0.3; echo two >&2', {
          onOutput: (stream, chunk) => seen.push(`${stream} ${text(chunk).trim()} ${ended}`),
        });
        await sleep(200);
        expect(seen).toEqual(['stdout one false']);
        await job;
        ended = true;
        expect(seen).toEqual(['stdout one false', 'stderr two false']);
      });
    });
  });
}
