import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, recapOf, resultsOf } from '../integration/command.ts';
import { type Host, lab } from './lab.ts';

const nothing = { ok: 0, changed: 0, failed: 0, skipped: 0, unreachable: 0, rescued: 0, ignored: 0 };

describe('a host that is lost', () => {
  let kept: Host;
  let lost: Host;

  beforeAll(async () => {
    [kept, lost] = await Promise.all([lab.host({ name: 'kept' }), lab.host({ name: 'lost' })]);
  });
  afterAll(() => lab.down());

  const run = async (playbook: string, inventory = lab.inventory([kept, lost])) => {
    await writeFile(join(lab.directory, 'hosts.yaml'), inventory);
    await writeFile(join(lab.directory, 'site.yaml'), playbook);
    return events(['run', 'site.yaml', '-i', 'hosts.yaml'], { cwd: lab.directory });
  };

  test('has no route, no address, or nobody behind it', async () => {
    const inventory = lab.inventory([kept, lost]).replace(lost.address, lab.lan.freeAddress());
    const ran = await run('- {hosts: all, tasks: [{name: Touch, command: touch /tmp/touched}]}\n', inventory);
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 4, stderr: '' });
    expect(recapOf(ran, 'kept')).toEqual({ ...nothing, ok: 1, changed: 1 });
    expect(recapOf(ran, 'lost')).toEqual({ ...nothing, unreachable: 1 });
    const [result] = resultsOf(ran).filter(({ host }) => host === 'lost');
    expect(result?.result.msg).toMatch(
      /^lost \(10\.[\d.]+:22\) cannot be reached: there is no route, or nobody answers to the address\. Is the host up, and is it in the network that this machine looks for it in\?$/,
    );
  });

  test.each([
    ['sshd and its shells are killed', 'kill -9 $(pgrep -x sshd)'],
    ['it reboots by itself', 'systemctl reboot'],
  ])('in the middle of a run, because %s: the others go on, exit code 4', async (_why, script) => {
    const ran = await run(`
- hosts: all
  tasks:
    - name: Before
      command: id -un
    - name: Lose it
      shell: '${script}; sleep 60'
      when: inventory_hostname == 'lost'
    - name: After
      copy: {dest: /tmp/after, content: '{{ inventory_hostname }}'}
- hosts: all
  tasks:
    - name: In the next play
      command: id -un
`);
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 4, stderr: '' });
    expect(recapOf(ran, 'kept')).toMatchObject({ unreachable: 0, failed: 0, skipped: 1, ok: 3 });
    expect(recapOf(ran, 'lost')).toEqual({ ...nothing, ok: 1, changed: 1, unreachable: 1 });
    expect(resultsOf(ran).filter(({ host, task }) => host === 'lost' && task === 'Lose it')).toMatchObject([
      { status: 'unreachable', result: { unreachable: true, msg: expect.stringContaining('was lost') } },
    ]);
    // Whatever it is doing now, the next test begins with a host that is up.
    await lost.kill();
    await lost.start();
  });

  test('by a power cut, of which no packet tells', async () => {
    const running = run(
      `
- hosts: all
  tasks:
    - name: Wait
      shell: 'touch /run/waits; sleep 120'
      when: inventory_hostname == 'lost'
    - name: After
      command: id -un
`,
      lab
        .inventory([kept, lost])
        .replaceAll(
          'connection:',
          'ansible_ssh_common_args: -o ServerAliveInterval=2 -o ServerAliveCountMax=2\n      connection:',
        ),
    );
    for (let tries = 0; tries < 100; tries++) {
      if ((await lost.inside('test -e /run/waits')).rc === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const since = Date.now();
    await lost.kill();
    const ran = await running;
    expect(Date.now() - since).toBeLessThan(20_000);
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 4, stderr: '' });
    expect(recapOf(ran, 'kept')).toMatchObject({ ok: 1, skipped: 1 });
    expect(recapOf(ran, 'lost')).toEqual({ ...nothing, unreachable: 1 });
    await lost.start();
  });
});
