import { execFileSync } from 'node:child_process';
import type { ConnectionTarget } from '../../src/core/connection.ts';
import { openSession } from '../../src/shell/open-session.ts';
import { sh } from '../../src/shell/sh.ts';
import { ssh } from '../../src/transports/ssh.ts';
import type { Bed } from './bed.ts';
import { median } from './measure.ts';

/** Milliseconds, medians. */
export interface Connects {
  /** Login, of a process that is running. */
  readonly login: number;
  /** From there until the first job can be sent. */
  readonly session: number;
  /** A job that does nothing, each sent when the one before has ended; and one of many that are sent at once. */
  readonly frame: number;
  readonly frameAhead: number;
  /** `ssh host true`, for comparison. */
  readonly plainSsh: number;
}

const FRAMES = 60;

/** What it takes to reach a host and to run something there, link and host included. */
export async function measureConnects(
  bed: Bed,
  reached: { readonly address: string; readonly port: number },
  runs: number,
): Promise<Connects> {
  const target: ConnectionTarget = {
    name: 'host',
    transport: 'ssh',
    host: reached.address,
    port: reached.port,
    user: 'root',
    privateKeyFile: bed.privateKey,
    hostKeys: { mode: 'yes', files: [bed.knownHosts] },
    connectTimeoutSeconds: 20,
    sshOptions: {},
  };
  const found = {
    login: [] as number[],
    session: [] as number[],
    frame: [] as number[],
    ahead: [] as number[],
  };
  const plain: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const begin = performance.now();
    const connection = await ssh.open(target);
    const loggedIn = performance.now();
    const session = await openSession(connection);
    const open = performance.now();
    for (let frame = 0; frame < FRAMES; frame += 1) await session.run({ script: sh`:` });
    const one = performance.now();
    await Promise.all(Array.from({ length: FRAMES }, () => session.run({ script: sh`:` })));
    const all = performance.now();
    await connection.close();
    const begun = performance.now();
    const words = ['-F', '/dev/null', '-i', bed.privateKey, '-o', `UserKnownHostsFile=${bed.knownHosts}`];
    const tuned = [
      '-o',
      'KexAlgorithms=curve25519-sha256',
      '-p',
      String(reached.port),
      `root@${reached.address}`,
    ];
    execFileSync('ssh', [...words, ...tuned, 'true']);
    if (run === 0) continue;
    plain.push(performance.now() - begun);
    found.login.push(loggedIn - begin);
    found.session.push(open - loggedIn);
    found.frame.push((one - open) / FRAMES);
    found.ahead.push((all - one) / FRAMES);
  }
  return {
    login: median(found.login),
    session: median(found.session),
    frame: median(found.frame),
    frameAhead: median(found.ahead),
    plainSsh: median(plain),
  };
}
