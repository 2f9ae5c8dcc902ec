import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { startPracticeHosts } from '../../src/practice/hosts.ts';
import { connectTo } from '../practice/client.ts';

/** The built program, as a person runs it; not waited for in place, because the practice hosts are served by this very process. */
async function hostwright(...words: readonly string[]) {
  const child = spawn(process.execPath, ['bin/hostwright.js', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', CI: '1' },
  });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { status, stdout, stderr };
}

test('npm start: the second run of the quickstart changes nothing', async () => {
  const { status, stdout, stderr } = await hostwright('practice', '--quickstart');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('the second found nothing left to do');
});

test.each(['auto', 'directory'] as const)(
  'the quickstart on two hosts, mode %s',
  async (mode) => {
    const practice = await startPracticeHosts(2, { mode });
    try {
      const run = (...more: string[]) =>
        hostwright(
          'run',
          'playbooks/quickstart.yaml',
          '-i',
          practice.inventoryFile,
          '--reporter',
          'json',
          ...more,
        );
      const recapOf = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '').recap;

      const check = await run('--check');
      expect(check.status).toBe(0);
      const first = await run();
      expect(first.status).toBe(0);
      expect(recapOf(first.stdout)['practice-2'].changed).toBeGreaterThanOrEqual(10);
      const second = await run();
      expect(second.status).toBe(0);
      expect(recapOf(second.stdout)['practice-1']).toMatchObject({ changed: 0, failed: 0 });
      expect(recapOf(second.stdout)['practice-2']).toMatchObject({ changed: 0, failed: 0 });

      for (const host of practice.hosts) {
        const client = await connectTo(host);
        const { stdout } = await client.run(
          `cat ${host.root}/etc/motd; grep -c . ${host.root}/var/log/guests.log`,
        );
        expect(stdout.toString()).toContain(`${host.name}, a host for virtual machines`);
        expect(stdout.toString()).toMatch(/\n1\n$/);
        client.close();
      }
    } finally {
      await practice.close();
    }
  },
  60_000,
);
