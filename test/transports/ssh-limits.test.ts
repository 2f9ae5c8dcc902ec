import { connect as connectSocket, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ConnectionTarget } from '../../src/core/connection.ts';
import { openSession } from '../../src/shell/open-session.ts';
import { ssh } from '../../src/transports/ssh.ts';
import { type Sshd, sshdMissing, startSshd } from '../contract/sshd.ts';
import { scratchDirectory, summary } from '../shell/shells.ts';

describe.skipIf(sshdMissing() !== undefined)("the limits of OpenSSH's server", () => {
  const scratch = scratchDirectory();
  const servers: Sshd[] = [];
  beforeAll(() => {
    vi.stubEnv('HOME', scratch.path);
    vi.stubEnv('SSH_AUTH_SOCK', undefined);
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    scratch.remove();
  });

  async function start(...options: readonly string[]): Promise<ConnectionTarget> {
    const sshd = await startSshd(options);
    servers.push(sshd);
    return {
      name: '127.0.0.1',
      transport: 'ssh',
      host: '127.0.0.1',
      port: sshd.port,
      user: sshd.user,
      privateKeyFile: sshd.keyFile,
      hostKeys: { mode: 'yes', files: [sshd.knownHosts] },
      connectTimeoutSeconds: 10,
      sshOptions: {},
    };
  }

  test('MaxSessions 1: one session after the other', async () => {
    const connection = await ssh.open(await start('MaxSessions 1'));
    const outcomes = await Promise.all(
      [1, 2, 3].map(async (number) => {
        const session = await openSession(connection);
        const outcome = await session.run({ script: { text: `echo ${number}` } });
        await session.close();
        return summary(outcome);
      }),
    );
    expect(outcomes).toEqual([1, 2, 3].map((number) => ({ rc: 0, stdout: `${number}\n`, stderr: '' })));
    await connection.close();
  });

  test('MaxStartups: who is turned away comes back when others are done', async () => {
    const target = await start('MaxStartups 1:100:1', 'LoginGraceTime 30');
    const busy: Socket = connectSocket(target.port, '127.0.0.1');
    busy.on('error', () => {});
    await new Promise((resolve) => busy.once('data', resolve));
    const opening = ssh.open(target);
    opening.catch(() => {});
    await sleep(500);
    busy.destroy();
    await (await opening).close();
  });
});
