import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Connection } from '../../src/core/connection.ts';
import { openSession } from '../../src/shell/open-session.ts';
import type { Job, Session } from '../../src/shell/session.ts';
import { ssh } from '../../src/transports/ssh.ts';
import { type CuttingProxy, startCuttingProxy } from '../contract/cutting-proxy.ts';
import { type Sshd, sshdMissing, startSshd } from '../contract/sshd.ts';
import { ran, scratchDirectory, text } from '../shell/shells.ts';

// What commands do to a session, over the server of OpenSSH.

const missing = sshdMissing();
const MB = 1024 * 1024;

describe.skipIf(missing)(`a command over sshd${missing ? `: left out, ${missing}` : ''}`, () => {
  const scratch = scratchDirectory();
  let sshd: Sshd;
  let proxy: CuttingProxy;
  let connection: Connection;
  let session: Session;
  beforeAll(async () => {
    vi.stubEnv('SSH_AUTH_SOCK', undefined);
    sshd = await startSshd();
    proxy = await startCuttingProxy(sshd.port, [{}, { up: 40_000 }]);
    ({ connection, session } = await open());
  });
  afterAll(async () => {
    await connection.close();
    await proxy.close();
    sshd.close();
    scratch.remove();
    vi.unstubAllEnvs();
  });

  const open = async () => {
    const opened = await ssh.open({
      name: 'h',
      transport: 'ssh',
      host: '127.0.0.1',
      port: proxy.port,
      user: sshd.user,
      privateKeyFile: sshd.keyFile,
      hostKeys: { mode: 'no', files: [] },
      connectTimeoutSeconds: 10,
      sshOptions: {},
    });
    return { connection: opened, session: await openSession(opened) };
  };
  const run = async (script: string, job: Omit<Job, 'script'> = {}) =>
    ran(await session.run({ script: { text: script }, ...job }));

  test('that prints 500 MB costs no memory: both ends are kept, and it is said how much is not', async () => {
    const before = process.memoryUsage.rss();
    let highest = before;
    const watch = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage.rss());
    }, 20);
    const { rc, stdout } = await run("printf begin; head -c 524288000 /dev/zero; printf 'end\\377'; exit 5", {
      outputLimit: MB,
    });
    clearInterval(watch);
    expect(rc).toBe(5);
    expect(stdout.omitted).toBe(500 * MB + 5 + 4 - MB);
    expect(text(stdout.bytes).slice(0, 6)).toBe('begin\0');
    expect(text(stdout.bytes).slice(-5)).toBe('\0end\xff');
    expect(highest - before).toBeLessThan(150 * MB);
  });

  test('that prints NULs, any bytes and one line of 10 MB is told as it is', async () => {
    const bytes = randomBytes(64 * 1024);
    const { rc, stdout } = ran(
      await session.run({
        script: { text: "cat; head -c 10485760 /dev/zero | tr '\\0' x", input: bytes },
        outputLimit: 11 * MB,
      }),
    );
    expect([rc, stdout.omitted, stdout.bytes.length]).toEqual([0, 0, bytes.length + 10 * MB]);
    expect(Buffer.compare(stdout.bytes.subarray(0, bytes.length), bytes)).toBe(0);
  });

  test('that hangs is ended with all that it started', async () => {
    const mark = join(scratch.path, 'still');
    const hung = `(trap '' TERM HUP; sleep 4; touch ${mark}) & sleep 30`;
    const output = await run(hung, { timeoutSeconds: 0.5 });
    expect([output.timedOut, output.durationMs < 4000]).toEqual([true, true]);
    await sleep(Math.max(0, 4600 - output.durationMs));
    expect(existsSync(mark)).toBe(false);
  });

  test('that leaves a child behind which holds the output does not hold the next', async () => {
    const output = await run('sleep 20 & echo over; exit 3');
    expect([output.rc, text(output.stdout.bytes)]).toEqual([3, 'over\n']);
    expect(output.durationMs).toBeLessThan(5000);
    expect(text((await run('echo next')).stdout.bytes)).toBe('next\n');
  });

  test('that dies by a signal says so', async () => {
    expect((await run('kill -9 $$')).rc).toBe(137);
  });

  test('under which the link is lost has no status, and is never a success', async () => {
    const other = await open();
    const lost = other.session.run({ script: { text: 'cat >/dev/null; echo all', input: randomBytes(MB) } });
    await expect(lost).rejects.toMatchObject({ code: 'unreachable' });
    await expect(other.session.run({ script: { text: 'true' } })).rejects.toMatchObject({
      code: 'unreachable',
    });
  });
});
