import { afterEach, describe, expect, test, vi } from 'vitest';
import { openSession } from '../../src/shell/open-session.ts';
import { local } from '../../src/transports/local.ts';
import { recording } from './recording.ts';
import { openLocalSession, summary, text } from './shells.ts';

afterEach(() => void vi.unstubAllEnvs());

describe('what goes over the wire', () => {
  test('jobs of one turn go out in one write, whatever their number', async () => {
    const writes: string[] = [];
    const { session, close } = await openLocalSession((connection) => recording(connection, writes));
    const before = writes.length;
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => session.run({ script: { text: `echo ${index}` } })),
    );
    expect(writes.length - before).toBe(1);
    await close();
  });

  test('nothing is sent before the hello', async () => {
    const writes: string[] = [];
    const connection = recording(await local.open({} as never), writes);
    const opening = openSession(connection);
    await opening.then((session) => session.close());
    expect(writes).toEqual([expect.stringMatching(/^[0-9a-f]{32}\n$/)]);
    await connection.close();
  });

  test('a job cannot find the word that ends jobs', async () => {
    const writes: string[] = [];
    const { run, close } = await openLocalSession((connection) => recording(connection, writes));
    const nonce = (writes[0] as string).trim();
    expect(nonce).toMatch(/^[0-9a-f]{32}$/);
    const everything = await run(
      'set; env; cat /proc/$$/environ /proc/$$/cmdline /proc/$PPID/environ /proc/$PPID/cmdline; cat; cat <&0; ls -l /proc/$$/fd',
    );
    expect(everything.rc).toBe(0);
    expect(text(everything.stdout.bytes)).not.toContain(nonce);
    await close();
  });

  test('output that looks like the end of a job is output', async () => {
    const writes: string[] = [];
    const commands: string[] = [];
    const { run, close } = await openLocalSession((connection) => recording(connection, writes, commands));
    const hello = /sh ([0-9a-f]+) ([0-9a-f]+)\n/
      .exec(commands[0]?.replaceAll('\\0012', '\n') as string)
      ?.slice(1)
      .join('-');
    const forged = `${hello}\n${'0'.repeat(32)} 1 0 -\n${(writes[0] as string).slice(0, 31)}x 1 0 -\n`;
    const job = await run(`printf '%s' '${forged}'; printf '%s' '${forged}' >&2; exit 9`);
    expect(summary(job)).toEqual({ rc: 9, stdout: forged, stderr: forged });
    await close();
  });

  test('scripts are not shown to other users of the host', async () => {
    const { run, close } = await openLocalSession();
    const { stdout } = await run(': do-not-look; cat /proc/$$/cmdline');
    expect(text(stdout.bytes)).not.toContain('do-not-look');
    await close();
  });
});

describe("the host's environment", () => {
  test('jobs can open their own streams by name', async () => {
    const { run, close } = await openLocalSession();
    const job = await run('echo out >/dev/stdout; echo err >/dev/stderr; cat /dev/stdin', {
      input: Buffer.from('in'),
    });
    expect(summary(job)).toEqual({ rc: 0, stdout: 'out\nin', stderr: 'err\n' });
    await close();
  });

  test.each([['C.UTF-8'], [undefined]])('a locale of %s is left to the jobs', async (locale) => {
    vi.stubEnv('LC_ALL', locale);
    const { run, close } = await openLocalSession();
    expect(text((await run('env | grep ^LC_ALL= || echo unset')).stdout.bytes)).toBe(
      locale === undefined ? 'unset\n' : `LC_ALL=${locale}\n`,
    );
    await close();
  });

  test('exported names like our own do not carry anything to the jobs', async () => {
    for (const name of ['hw_n', 'hw_b', 'hw_i', 'HOSTWRIGHT_JOB']) vi.stubEnv(name, 'theirs');
    const { run, close } = await openLocalSession();
    expect(text((await run('env | grep -i -e "^hw_" -e "^HOSTWRIGHT_" || echo none')).stdout.bytes)).toBe(
      'none\n',
    );
    await close();
  });

  test('no HOME, no TMPDIR, no directory to write to', async () => {
    vi.stubEnv('HOME', undefined);
    vi.stubEnv('TMPDIR', '/nonexistent');
    const { run, close } = await openLocalSession();
    const script = `: '${'x'.repeat(300_000)}'\ncat`;
    expect(summary(await run(script, { input: Buffer.from('input') }))).toEqual({
      rc: 0,
      stdout: 'input',
      stderr: '',
    });
    await close();
  });
});

describe('an end', () => {
  test('of the session rejects what has not ended', async () => {
    const { session, close } = await openLocalSession();
    const pending = session.run({ script: { text: 'sleep 30' } });
    await Promise.all([expect(pending).rejects.toMatchObject({ code: 'session-closed' }), close()]);
    await expect(session.run({ script: { text: ':' } })).rejects.toMatchObject({ code: 'session-closed' });
  });

  test('of the shell on the host names what was running, without control characters', async () => {
    const { session, close } = await openLocalSession();
    const running = session.run({ script: { text: '\n\t kill -9 $PPID # \u001b[31mred' } });
    await expect(running).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(
        /^The shell on the host was lost while "kill -9 \$PPID # red" was running: it (was )?ended/,
      ),
    });
    await close();
  });

  test('of the link in the middle of a batch runs nothing of it', async () => {
    const connection = await local.open({} as never);
    let cut = false;
    const cutting = {
      ...connection,
      start: async (argv: readonly string[]) => {
        const stream = await connection.start(argv);
        const write = stream.stdin.write.bind(stream.stdin);
        stream.stdin.write = ((chunk: Uint8Array | string) => {
          if (!cut) return write(chunk);
          const bytes = Buffer.from(chunk as Uint8Array);
          write(bytes.subarray(0, bytes.length - 20));
          return stream.stdin.end();
        }) as unknown as typeof stream.stdin.write;
        return stream;
      },
    };
    const session = await openSession(cutting);
    cut = true;
    const marker = `/tmp/hostwright-cut-${process.pid}`;
    await expect(session.run({ script: { text: `: >${marker}` } })).rejects.toMatchObject({
      code: 'unreachable',
    });
    cut = false;
    const fresh = await openSession(connection);
    expect(await fresh.run({ script: { text: `test -e ${marker}` } })).toMatchObject({ rc: 1 });
    await connection.close();
  });

  test('a NUL in a script is refused', async () => {
    const { session, close } = await openLocalSession();
    await expect(session.run({ script: { text: 'echo \0' } })).rejects.toMatchObject({
      code: 'nul-in-script',
    });
    await close();
  });
});
