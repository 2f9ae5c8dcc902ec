import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostBridge } from '../../src/modules/network/host_bridge.ts';
import { events, recapOf, resultsOf, root } from '../integration/command.ts';
import { type Backend, type Host, type HostOptions, lab } from './lab.ts';
import { moduleBench } from './module-bench.ts';

/** Addresses and routes, files and ports of a host, without what changes by itself. */
const STATE = `
cd /etc; for f in network/interfaces network/interfaces.d/* netplan/*.yaml systemd/network/*.net* sysconfig/network-scripts/ifcfg-*; do
  [ ! -f "$f" ] || { echo "== $f"; cat "$f"; }
done
ip -o -4 addr show scope global | sed 's/valid_lft.*//; s/^[0-9]*: //; s/ *\\\\//'; ip route | sed 's/ $//' | sort; ls /sys/class/net`;

const BACKENDS: readonly Backend[] = ['ifupdown', 'nmcli', 'netplan', 'networkd', 'ifcfg'];
const hosts = new Map<string, Host>();
const hostOf = (name: string) => hosts.get(name) as Host;

/** As many as the machine's watches of files allow at a time; the first batch goes before the second comes. */
function boot(options: readonly HostOptions[]): void {
  beforeAll(async () => {
    for (const host of await Promise.all(options.map((one) => lab.host(one)))) hosts.set(host.name, host);
  });
  afterAll(async () => {
    await Promise.all([...hosts.values()].map((host) => host.down()));
    hosts.clear();
  });
}
afterAll(() => lab.down());

/** Runs a playbook on one host, reached at the given address. */
async function play(
  host: Host,
  file: string,
  inputs: Readonly<Record<string, string>> = {},
  address = host.address,
) {
  const inventory = join(lab.directory, `${host.name}.yaml`);
  await writeFile(inventory, host.inventory().replaceAll(host.address, address));
  const more = Object.entries(inputs).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const ran = await events(['run', file, '-i', inventory, ...more], { cwd: lab.directory });
  const [first] = resultsOf(ran);
  return { ran, code: ran.code, result: first?.result ?? {}, recap: recapOf(ran, host.name) };
}

const create = (host: Host, inputs: Readonly<Record<string, string>> = {}, address?: string) =>
  play(host, join(root, 'playbooks/create-bridge.yaml'), { guard_timeout: '180', ...inputs }, address);

async function task(host: Host, params: Readonly<Record<string, unknown>>, address?: string) {
  const file = join(lab.directory, `${host.name}-task.yaml`);
  await writeFile(
    file,
    JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: [{ host_bridge: params }] }]),
  );
  return play(host, file, {}, address);
}

const inside = async (host: Host, script: string) => (await host.inside(script)).stdout;
const where = (host: Host, address: string) =>
  inside(host, `ip -o -4 addr show to ${address} | awk '{ print $2 }'`);

describe('cards with a static address', () => {
  boot(BACKENDS.map((backend) => ({ backend, name: backend })));

  test.concurrent.each(BACKENDS)(
    '%s: a bridge over the card that carries the connection, its address moved, and no bridge again',
    { timeout: 400_000 },
    async (backend) => {
      const host = () => hostOf(backend);
      const moved = () => host().address.replace(/\d+$/, (last) => String(Number(last) + 40));

      // A good change that a probe does not like: everything goes back, by the backend's own means.
      const before = await inside(host(), STATE);
      const probe = ['test ! -e /sys/class/net/br0'];
      const back = await task(host(), { name: 'br0', guard: { timeout: 180, probe } });
      expect({ code: back.code, guard: back.result.guard }).toMatchObject({
        code: 2,
        guard: { outcome: 'ROLLED_BACK' },
      });
      expect(back.result.guard).not.toHaveProperty('degraded');
      expect(await inside(host(), STATE)).toBe(before);

      const made = await create(host());
      expect({ code: made.code, msg: made.result.msg, guard: made.result.guard }).toMatchObject({
        msg: expect.stringContaining('The change holds'),
        code: 0,
        guard: { outcome: 'CONFIRMED' },
      });
      expect(made.result).toMatchObject({
        changed: true,
        backend,
        ports: ['eth0'],
        mac: host().nics[0]?.mac,
      });
      expect(await where(host(), host().address)).toBe('br0\n');
      expect(await inside(host(), 'cat /sys/class/net/br0/address')).toBe(`${host().nics[0]?.mac}\n`);

      const again = await create(host());
      expect(again.recap).toMatchObject({ changed: 0, failed: 0 });
      expect(again.result.guard).toBeUndefined();

      // What the files say is what a boot makes.
      await host().reboot();
      expect(await where(host(), host().address)).toBe('br0\n');
      expect((await create(host())).recap).toMatchObject({ changed: 0, failed: 0 });

      await inside(
        host(),
        'ip tuntap add vnet7 mode tap; ip link set vnet7 master br0; bridge link set dev vnet7 isolated on; ip link set vnet7 up',
      );
      const params = {
        name: 'br0',
        ipv4: { address: `${moved()}/24`, gateway: lab.lan.address },
        guard: { timeout: 180 },
      };
      const address = await task(host(), params);
      expect({ code: address.code, msg: address.result.msg, guard: address.result.guard }).toMatchObject({
        msg: expect.stringContaining('The change holds'),
        code: 0,
        guard: { outcome: 'CONFIRMED', address: moved() },
      });
      expect(await where(host(), moved())).toBe('br0\n');
      expect(await where(host(), host().address)).toBe('');
      expect(
        await inside(host(), 'cat /sys/class/net/vnet7/brport/isolated; ls /sys/class/net/br0/brif'),
      ).toBe('1\neth0\nvnet7\n');
      expect((await task(host(), params, moved())).recap).toMatchObject({ changed: 0, failed: 0 });

      const kept = await task(host(), { name: 'br0', state: 'absent' }, moved());
      expect(kept).toMatchObject({ code: 2, result: { guard: { outcome: 'REFUSED' } } });
      await inside(host(), 'ip link del vnet7');
      const gone = await task(
        host(),
        {
          name: 'br0',
          state: 'absent',
          ipv4: { address: `${host().address}/24`, gateway: lab.lan.address },
          guard: { timeout: 180 },
        },
        moved(),
      );
      expect({ code: gone.code, msg: gone.result.msg, guard: gone.result.guard }).toMatchObject({
        msg: expect.stringContaining('The change holds'),
        code: 0,
        guard: { outcome: 'CONFIRMED' },
      });
      expect(await where(host(), host().address)).toBe('eth0\n');
      expect(await inside(host(), 'ls /sys/class/net')).not.toContain('br0');
      expect((await task(host(), { name: 'br0', state: 'absent' })).recap).toMatchObject({
        changed: 0,
        failed: 0,
      });
    },
  );
});

const ON_DHCP = BACKENDS.slice(0, 4);

describe('cards with DHCP', () => {
  boot(ON_DHCP.map((backend) => ({ backend, name: `${backend}-dhcp`, address: 'dhcp' })));

  test.concurrent.each(ON_DHCP)(
    '%s: the bridge gets the same lease, keeps it over a reboot, and undo gives everything back',
    { timeout: 300_000 },
    async (backend) => {
      const host = () => hostOf(`${backend}-dhcp`);
      const made = await create(host());
      expect({ code: made.code, msg: made.result.msg, guard: made.result.guard }).toMatchObject({
        msg: expect.stringContaining('The change holds'),
        code: 0,
        guard: { outcome: 'CONFIRMED' },
      });
      expect(await where(host(), host().address)).toBe('br0\n');
      expect((await create(host())).recap).toMatchObject({ changed: 0, failed: 0 });
      await host().reboot();
      expect(await where(host(), host().address)).toBe('br0\n');

      const { look, runScript, view } = moduleBench(host);
      const state = () => inside(host(), STATE);
      const params = hostBridge.params.parse({ name: 'br0', state: 'absent' });
      const before = await state();
      const change = hostBridge.check(params, await look(hostBridge, params), view);
      if (!change) throw new Error('there was nothing to do');
      expect((await runScript(hostBridge.apply(change, params))).rc).toBe(0);
      expect(await where(host(), host().address)).toBe('eth0\n');
      expect((await runScript(hostBridge.undo?.(change, params) ?? { text: 'exit 9' })).rc).toBe(0);
      expect(await where(host(), host().address)).toBe('br0\n');
      expect(await state()).toBe(before);
    },
  );
});
