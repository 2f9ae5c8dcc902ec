import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { differenceOf, residueOf, stateOf } from '../drill/state.ts';
import { type Event, events, hostwright, recapOf, resultsOf, root } from '../integration/command.ts';
import { type Backend, type Host, lab } from './lab.ts';

/** Each test has a host of its own, so that they need not wait for each other's deadlines. */
const hostOf = (backend: Backend, name: string) => lab.host({ backend, name });
afterAll(() => lab.down());

/** A directory of one test: its playbook, its inventory, its journal. */
async function place(name: string, host: Host, playbook: string) {
  const cwd = join(lab.directory, name);
  await mkdir(cwd, { recursive: true });
  await writeFile(join(cwd, 'site.yaml'), playbook);
  await writeFile(join(cwd, 'hosts.yaml'), inventoryOf(host));
  const environment = { HOSTWRIGHT_RUNS: join(cwd, 'runs') };
  return {
    cwd,
    run: (more: Record<string, string> = {}) =>
      events(['run', 'site.yaml', '-i', 'hosts.yaml'], { cwd, environment: { ...environment, ...more } }),
    resume: () => events(['resume', 'latest', '--in-flight', 'redo'], { cwd, environment }),
    again: () => hostwright(['resume', 'latest'], { cwd, environment }),
    status: (action = 'status') => hostwright(['guard', action, host.name, '-i', 'hosts.yaml'], { cwd }),
  };
}

/** A loss is noticed soon, as whoever changes networks would have it. */
function inventoryOf(host: Host): string {
  const soon = '-o ServerAliveInterval=1 -o ServerAliveCountMax=3';
  return lab
    .inventory([host])
    .replaceAll('connection:', `ansible_ssh_common_args: ${soon}\n      connection:`);
}

const guardsOf = (ran: { readonly events: readonly Event[] }) =>
  resultsOf(ran).flatMap(({ module, result }) => (module === 'network_guard' ? [result.guard] : []));

/** How each backend says that its card has this address. */
const CONFIGURED: Readonly<Partial<Record<Backend, string>>> = {
  ifupdown: `sed -i 's,address .*,address NEW/24,' /etc/network/interfaces.d/eth0; ifdown eth0; ifup eth0`,
  networkd: `sed -i 's,^Address=.*,Address=NEW/24,' /etc/systemd/network/10-eth0.network; networkctl reload; networkctl reconfigure eth0`,
  nmcli: `nmcli connection modify eth0 ipv4.addresses NEW/24; nmcli connection up eth0`,
};

describe.concurrent('a block under the guard', () => {
  test.each<Backend>(['ifupdown', 'networkd', 'nmcli'])(
    'on %s moves the host to another address: kept where it answers there, taken back where a probe fails',
    async (backend) => {
      const host = await hostOf(backend, `moves-${backend}`);
      const moved = lab.lan.freeAddress();
      const before = await stateOf(host);
      const playbook = (probe: string) => `
- hosts: all
  gather_facts: false
  tasks:
    - name: Move
      network_guard: {timeout: 60, connect_to: ${moved}, probe: ['${probe}']}
      block:
        - {name: Address, shell: ${JSON.stringify(CONFIGURED[backend]?.replaceAll('NEW', moved))}}
    - {name: Afterwards, shell: 'ip -o -4 addr show dev eth0'}
`;
      const back = await (
        await place(`back-${backend}`, host, playbook(`ip addr show dev eth0 | grep -q ${host.address}/`))
      ).run();
      expect(guardsOf(back)).toMatchObject([
        { outcome: 'ROLLED_BACK', reason: expect.stringContaining('fails'), timeout: 60 },
      ]);
      expect(back.code).toBe(2);
      expect(differenceOf(before, await stateOf(host))).toEqual([]);

      const there = await place(`moves-${backend}`, host, playbook('true'));
      const ran = await there.run();
      expect(guardsOf(ran)).toMatchObject([{ outcome: 'CONFIRMED', address: moved }]);
      expect(ran.code).toBe(0);
      expect(resultsOf(ran, 'Afterwards')[0]?.result.stdout).toContain(`${moved}/24`);
      expect(await residueOf(host)).toEqual([]);
    },
  );
});

describe.concurrent('a run whose controller', () => {
  const RESCUED = `
- hosts: all
  gather_facts: false
  tasks:
    - {name: Before, copy: {dest: /srv/before, content: before}}
    - name: Guarded
      network_guard: {timeout: 40}
      block:
        - {name: File, copy: {dest: /etc/network/interfaces.d/other, content: "iface other inet manual\\n"}}
        - {name: Link, shell: 'ip link add other type bridge; ip addr add 10.99.0.1/24 dev other', register: link}
        - {name: Said, debug: {msg: 'ended with {{ link.rc }}'}}
      rescue:
        - {name: Rescue, copy: {dest: /srv/rescued, content: rescued}}
    - {name: After, copy: {dest: /srv/after, content: after}}
`;

  test('is killed in the window of a block goes on with the whole block, which is confirmed then', async () => {
    const host = await hostOf('ifupdown', 'killed');
    const there = await place('killed', host, RESCUED);
    const killed = await there.run({ HOSTWRIGHT_GUARD_DIE_AT: 'verified' });
    expect(killed.code).toBeUndefined();
    const pending = await there.status();
    expect(pending.stdout).toMatch(/^killed: ARMED\. A change of the network waits to be confirmed/);
    // Its own change is still pending: it is taken back, not refused.
    const resumed = await there.resume();
    expect({ code: resumed.code, stderr: resumed.stderr }).toEqual({ code: 0, stderr: '' });
    expect(guardsOf(resumed)).toMatchObject([{ outcome: 'CONFIRMED' }]);
    expect(resultsOf(resumed).map(({ task, status }) => `${task}: ${status}`)).toEqual([
      'File: changed',
      'Link: changed',
      'Said: ok',
      'Guarded: changed',
      'After: changed',
    ]);
    const left = await host.inside(
      'cat /srv/before /srv/after; ls /srv/rescued 2>&1; ls /etc/network/interfaces.d; ip -o -4 addr show dev other',
    );
    expect(left.stdout).toMatch(/^beforeafterls: .*No such file.*\neth0\nother\n.*10\.99\.0\.1\/24/);
    expect(await residueOf(host)).toEqual([]);
    // What is behind it is not done again, and arms nothing.
    expect((await there.again()).stdout).toContain('nothing is left to do');
  });

  test('a person stops with Ctrl-C in the window of a block gives everything back at once', async () => {
    const host = await hostOf('networkd', 'stopped');
    const there = await place(
      'stopped',
      host,
      RESCUED.replace("'ip link add", "'touch /run/goes; sleep 300; ip link add").replaceAll(
        '/etc/network/interfaces.d/other',
        '/etc/systemd/network/other.network',
      ),
    );
    const before = await stateOf(host);
    const child = spawn(
      process.execPath,
      [join(root, 'bin/hostwright.js'), 'run', 'site.yaml', '-i', 'hosts.yaml', '--reporter', 'plain'],
      { cwd: there.cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HOSTWRIGHT_RUNS: 'off' } },
    );
    const said = text(child.stdout);
    await host.inside('until [ -e /run/goes ]; do sleep 0.1; done');
    const stopped = Date.now();
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect(code).not.toBe(0);
    expect(Date.now() - stopped).toBeLessThan(30_000);
    const printed = await said;
    expect(printed).toMatch(/guard: \[stopped\] Armed: .* \(back in 40 s unless confirmed\)/);
    expect(printed).toMatch(/guard: \[stopped\] Takes the changes back: the run was stopped\.\n/);
    expect(printed).toContain(
      'The change was taken back: the run was stopped. stopped has its old network again',
    );
    expect(differenceOf(before, await stateOf(host))).toEqual([]);
    expect(await residueOf(host)).toEqual([]);
  });

  test('hears nothing of the host any more says so with exit code 4; the host goes back by itself', async () => {
    const host = await hostOf('nmcli', 'unknown');
    const cable = (state: string) => `ip link set ${cableOf(host)} ${state}`;
    const there = await place(
      'unknown',
      host,
      `
- hosts: all
  gather_facts: false
  tasks:
    - network_guard: {timeout: 16}
      block:
        - {name: File, copy: {dest: /etc/NetworkManager/other, content: other}}
        - {name: Cable, command: ${cable('down')}, delegate_to: localhost, vars: {ansible_connection: local}}
        - {name: Never, command: id -un}
`,
    );
    const before = await stateOf(host);
    const ran = await there.run({ HOSTWRIGHT_GUARD_ASK_SECONDS: '3' });
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 4, stderr: '' });
    const guard = resultsOf(ran).findLast(({ module }) => module === 'network_guard');
    expect(guard).toMatchObject({
      status: 'unreachable',
      result: {
        unreachable: true,
        changed: false,
        guard: { outcome: 'UNKNOWN', transaction: expect.stringMatching(/^\d{8}-\d{6}-[0-9a-f]{4}$/) },
        msg: expect.stringContaining('goes back to its old network by itself'),
      },
    });
    expect(recapOf(ran, 'unknown')).toMatchObject({ unreachable: expect.any(Number), failed: 0 });
    await host.plug();
    expect(await there.status()).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^unknown: ROLLED_BACK\..*\n.*\n {2}reason: nobody confirmed it in time\n/,
      ),
    });
    expect(differenceOf(before, await stateOf(host))).toEqual([]);
    expect(await residueOf(host)).toEqual([]);
  });

  test.each(['confirm', 'rollback'])(
    'is gone leaves it to another operator elsewhere to %s',
    async (action) => {
      const host = await hostOf('ifupdown', `gone-${action}`);
      const there = await place(`gone-${action}`, host, RESCUED);
      const before = await stateOf(host);
      await there.run({ HOSTWRIGHT_GUARD_DIE_AT: 'verified' });
      // Another machine: another directory, another home, nothing but the inventory.
      const home = join(lab.directory, `home-${action}`);
      await mkdir(home);
      await writeFile(join(home, 'inventory.yaml'), lab.inventory([host]));
      const elsewhere = (what: string) =>
        hostwright(['guard', what, host.name, '-i', join(home, 'inventory.yaml')], {
          cwd: '/',
          environment: { HOME: home, XDG_STATE_HOME: home, USER: 'somebody' },
        });
      expect((await elsewhere('status')).stdout).toMatch(
        /^gone-\w+: ARMED\..* the host takes it back in \d+ s\.\n {2}\S+, run \S+ by \S+, begun .*\n {2}keep it: hostwright guard confirm gone-\w+\n/,
      );
      const done = await elsewhere(action);
      expect({ code: done.code, stderr: done.stderr }).toEqual({ code: 0, stderr: '' });
      expect(done.stdout).toMatch(
        action === 'confirm' ? /^gone-confirm: CONFIRMED\./ : /^gone-rollback: ROLLED_BACK\./,
      );
      expect(await residueOf(host)).toEqual([]);
      if (action === 'confirm') {
        expect((await host.inside('ip -o -4 addr show dev other')).stdout).toContain('10.99.0.1/24');
        await host.inside('ip link del other; rm -f /etc/network/interfaces.d/other');
      }
      expect(differenceOf(before, await stateOf(host))).toEqual([]);
      // Twice is once.
      expect((await elsewhere(action)).code).toBe(0);
    },
  );
});

/** The end outside of the host's first card: what is pulled out. */
function cableOf({ address }: Host): string {
  const [, , run, last] = address.split('.');
  return `hwl${run}-${Number(last) - 10}-0`;
}
