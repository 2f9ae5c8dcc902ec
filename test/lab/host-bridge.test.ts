import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, recapOf, resultsOf, root } from '../integration/command.ts';
import { type Backend, type Host, type HostOptions, lab } from './lab.ts';

/** Addresses and routes, files and ports of a host, without what changes by itself (metrics that NetworkManager counts up). */
const STATE = `
cd /etc; for f in network/interfaces network/interfaces.d/* netplan/*.yaml systemd/network/*.net* sysconfig/network-scripts/ifcfg-* \
  NetworkManager/system-connections/* resolv.conf; do
  [ ! -f "$f" ] || { echo "== $f $(stat -c '%a %U' "$f")"; cat "$f"; }
done
ip -o -4 addr show scope global | sed 's/valid_lft.*//; s/^[0-9]*: //; s/ *\\\\//'; ip route | sed 's/ $//; s/metric [0-9]*//' | sort
for i in /sys/class/net/*; do echo "\${i##*/} $(cat $i/address $i/mtu) $(readlink $i/master)"; done
for i in /sys/class/net/*/bridge; do echo "$i $(cat $i/stp_state $i/forward_delay)"; done
for i in /sys/class/net/*/brport; do echo "$i $(cat $i/isolated $i/learning)"; done 2>/dev/null`;

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

const recorded = () => ({
  cwd: lab.directory,
  environment: { HOSTWRIGHT_RUNS: join(lab.directory, 'runs'), XDG_STATE_HOME: join(lab.directory, 'state') },
});

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
  const ran = await events(['run', file, '-i', inventory, ...more], recorded());
  const [first] = resultsOf(ran);
  return { ran, code: ran.code, result: first?.result ?? {}, recap: recapOf(ran, host.name) };
}

/** Takes a run back; the host answers at the given address. */
async function undo(host: Host, { ran }: Awaited<ReturnType<typeof play>>, address = host.address) {
  const inventory = join(lab.directory, `${host.name}.yaml`);
  await writeFile(inventory, host.inventory().replaceAll(host.address, address));
  const { runId } = ran.events.find(({ type }) => type === 'runEnd') as unknown as { readonly runId: string };
  const undone = await events(['undo', runId, '-i', inventory], recorded());
  return { code: undone.code, recap: recapOf(undone, host.name) };
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
  // The second card is unplugged wherever both are ports: they are in one network.
  boot(BACKENDS.map((backend) => ({ backend, name: backend, nics: ['eth0', 'eth1'] })));

  test.concurrent.each(BACKENDS)(
    '%s: a bridge over the card that carries the connection, its address moved, and no bridge again',
    { timeout: 400_000 },
    async (backend) => {
      const host = () => hostOf(backend);
      const moved = () => host().address.replace(/\d+$/, (last) => String(Number(last) + 40));

      // A good change that a probe does not like: everything goes back, by the backend's own means.
      await host().unplug('eth1');
      // NetworkManager believes in a card for some seconds more, and keeps its address.
      await inside(
        host(),
        'while nmcli -t -f DEVICE,STATE device | grep -q eth1:connected; do sleep 0.5; done',
      );
      const before = await inside(host(), STATE);
      const probe = ['test ! -e /sys/class/net/br0'];
      const many = { ports: ['eth0', 'eth1'], stp: true, forward_delay: 2, mtu: 1400 };
      const back = await task(host(), { name: 'br0', ...many, guard: { timeout: 180, probe } });
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
      const dns = [1, 2, 3, 4, 5].map((last) => lab.lan.address.replace(/\d+$/, String(last)));
      const params = {
        name: 'br0',
        ipv4: { address: `${moved()}/24`, gateway: lab.lan.address, dns },
        forward_delay: 4,
        mtu: 1400,
        guard: { timeout: 180 },
      };
      const bridged = await inside(host(), STATE);
      const address = await task(host(), params);
      expect({ code: address.code, msg: address.result.msg, guard: address.result.guard }).toMatchObject({
        msg: expect.stringContaining('The change holds'),
        code: 0,
        guard: { outcome: 'CONFIRMED', address: moved() },
      });
      expect(JSON.stringify(address.result.warnings)).toContain('resolvers use three');
      expect(await where(host(), moved())).toBe('br0\n');
      expect(await where(host(), host().address)).toBe('');
      expect(await inside(host(), 'cat /sys/class/net/br0/mtu /sys/class/net/br0/bridge/forward_delay')).toBe(
        '1400\n400\n',
      );
      expect(
        await inside(host(), 'cat /sys/class/net/vnet7/brport/isolated; ls /sys/class/net/br0/brif'),
      ).toBe('1\neth0\nvnet7\n');
      expect((await task(host(), params, moved())).recap).toMatchObject({ changed: 0, failed: 0 });

      // Back over the new address, to the whole state before, the guest's port and its flags among it.
      expect(await undo(host(), address, moved())).toMatchObject({
        code: 0,
        recap: { changed: 1, failed: 0 },
      });
      expect(await inside(host(), STATE)).toBe(bridged);

      // An address that the card has again is dead there, and cuts the host off where its route comes first.
      await inside(host(), 'ip addr add 10.254.0.1/30 dev eth0');
      const stale = await task(host(), { name: 'br0', guard: { timeout: 180 } });
      expect(stale).toMatchObject({ code: 0, recap: { changed: 1 } });
      expect(await where(host(), '10.254.0.1')).toBe('');

      const kept = await task(host(), { name: 'br0', state: 'absent' });
      expect(kept).toMatchObject({ code: 2, result: { guard: { outcome: 'REFUSED' } } });
      await inside(host(), 'ip link del vnet7');
      const gone = await task(host(), { name: 'br0', state: 'absent', guard: { timeout: 180 } });
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
      const before = await inside(host(), STATE);
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

      expect(await undo(host(), made)).toMatchObject({ code: 0, recap: { changed: 1, failed: 0 } });
      expect(await where(host(), host().address)).toBe('eth0\n');
      expect(await inside(host(), STATE)).toBe(before);
    },
  );
});
