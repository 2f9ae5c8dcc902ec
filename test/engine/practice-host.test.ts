import { afterAll, beforeAll, describe } from 'vitest';
import type { Transport } from '../../src/core/connection.ts';
import { type PracticeHost, startPracticeHost } from '../../src/practice/host.ts';
import { ssh } from '../../src/transports/ssh.ts';
import { playThrough } from './play.ts';

// What the language means, once more over SSH: the same tests, with the practice host in place of this machine's shell.

let host: PracticeHost;
beforeAll(async () => {
  // A directory, not a namespace: playbooks name files beside themselves, which the host must see.
  host = await startPracticeHost({ mode: 'directory' });
  playThrough(overSsh(host));
});
afterAll(async () => {
  playThrough(undefined);
  await host.close();
});

function overSsh({ address, port, user, privateKeyFile, knownHostsFile }: PracticeHost): Transport {
  const way = { transport: 'ssh', host: address, port, user, privateKeyFile, sshOptions: {} };
  const hostKeys = { mode: 'yes', files: [knownHostsFile] } as const;
  return { ...ssh, open: (target) => ssh.open({ ...target, ...way, hostKeys }) };
}

describe('over SSH', async () => {
  await import('./blocks.test.ts');
  await import('./check-mode.test.ts');
  await import('./conditions.test.ts');
  await import('./handlers.test.ts');
  await import('./includes.test.ts');
  await import('./inputs.test.ts');
  await import('./loops.test.ts');
  await import('./meta.test.ts');
  await import('./names.test.ts');
  await import('./no-log.test.ts');
  await import('./precedence.test.ts');
  await import('./results.test.ts');
  await import('./roles.test.ts');
  await import('./several-hosts.test.ts');
  await import('./start-at.test.ts');
  await import('./tags.test.ts');
  await import('./variables.test.ts');
});
