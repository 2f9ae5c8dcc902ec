import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, hostwright, resultsOf, root } from '../integration/command.ts';
import type { Guest } from './guest.ts';
import { type Host, lab } from './lab.ts';
import { until } from './process.ts';

describe('a guest that moves', () => {
  let host: Host;
  let guest: Guest;
  let inventory: string;
  let onNat: string;

  beforeAll(async () => {
    host = await lab.host({ libvirt: true });
    inventory = join(lab.directory, 'hosts.yaml');
    await writeFile(inventory, host.inventory());
    guest = await host.guest({ name: 'web' });
    onNat = await inactiveXml();
    const bridge = join(lab.directory, 'bridge.yaml');
    await writeFile(bridge, JSON.stringify([{ hosts: 'all', tasks: [{ host_bridge: { name: 'br0' } }] }]));
    expect((await hostwright(['run', bridge, '-i', inventory])).code).toBe(0);
  });
  afterAll(() => lab.down());

  const inactiveXml = async () => (await host.exec('virsh dumpxml --inactive web')).stdout;

  /** Where the runs are written down that undo takes back. */
  const recorded = () => ({ HOSTWRIGHT_RUNS: join(lab.directory, 'runs') });

  async function play(
    name: string,
    inputs: Readonly<Record<string, unknown>>,
    ...options: readonly string[]
  ) {
    const file = join(root, 'playbooks', `${name}.yaml`);
    const ran = await events([...['run', file, '-i', inventory, '-e', JSON.stringify(inputs)], ...options], {
      environment: recorded(),
    });
    const failed = resultsOf(ran)
      .filter(({ status }) => status === 'failed' || status === 'unreachable')
      .map(({ task, result }) => `${task}: ${result.msg}`);
    expect({ code: ran.code, failed }).toEqual({ code: 0, failed: [] });
    const changed = resultsOf(ran).filter(({ status }) => status === 'changed');
    const end = ran.events.at(-1) as unknown as { runId: string };
    return { ran, changed: changed.map(({ task }) => String(task)), runId: end.runId };
  }

  /** Where the guest is, measured from the office, from its host, and from inside. */
  async function seen() {
    const inside = await guest.exec(
      `ip -4 -o addr show dev eth0 | sed 's/.*inet \\([0-9.]*\\).*/\\1/'; ip route | sed -n 's/^default via \\([0-9.]*\\).*/\\1/p'`,
    );
    const [address = '', router = ''] = inside.output.split('\n');
    return {
      address,
      router,
      fromOffice: await lab.lan.ping(address, { timeout: 0 }),
      fromHost: (await host.exec(`ping -c 1 -W 2 ${address}`)).rc === 0,
      toOffice: (await guest.exec(`ping -c 1 -W 2 ${lab.lan.address} >/dev/null`)).rc === 0,
      plugged: (await host.exec("virsh -q domiflist web | awk '{ print $2, $3, $5 }'")).stdout.trim(),
    };
  }

  test('from NAT to the bridge, by the playbook; a second run changes nothing; undo brings it back (P42, P43)', async () => {
    expect(await seen()).toMatchObject({
      address: expect.stringMatching(host.natSubnet.replace('0/24', '')),
      router: host.natSubnet.replace('0/24', '1'),
      fromOffice: false,
      fromHost: true,
      toOffice: true,
      plugged: `network default ${guest.mac}`,
    });
    const inputs = { domains: ['web'], outside: [lab.lan.address] };
    const plan = await play('nat-to-bridge', inputs, '--check');
    expect(plan.changed).toContain('Plug the cards of web in elsewhere');
    expect((await seen()).plugged).toBe(`network default ${guest.mac}`);

    const first = await play('nat-to-bridge', inputs);
    expect(first.changed.filter((task) => !plan.changed.includes(task))).toEqual([]);
    const lease = await lab.lan.lease(guest.mac);
    expect(await seen()).toEqual({
      address: lease.address,
      router: lab.lan.address,
      fromOffice: true,
      fromHost: true,
      toOffice: true,
      plugged: `bridge br0 ${guest.mac}`,
    });
    const pci = (xml: string) => /<interface[\s\S]*?(<address type='pci'[^>]*>)/.exec(xml)?.[1];
    expect(pci(await inactiveXml())).toBe(pci(onNat));

    expect((await play('nat-to-bridge', { domains: ['web'] })).changed).toEqual([]);

    const undone = await hostwright(['undo', first.runId, '-i', inventory], {
      environment: recorded(),
    });
    expect(undone.code, undone.stdout + undone.stderr).toBe(0);
    expect(await inactiveXml()).toBe(onNat);
    // Not asked inside before it has booted: its log tells.
    await until(
      () => guest.address()?.startsWith(host.natSubnet.replace('0/24', '')) || undefined,
      () => `the guest is not back on NAT:\n${guest.console().slice(-500)}`,
      { timeout: 120_000 },
    );
    expect(await seen()).toMatchObject({ fromOffice: false, fromHost: true, toOffice: true });
  });

  test('to the bridge with a fixed address, and back to NAT, where DHCP serves it again (P43, P51)', {
    timeout: 600_000,
  }, async () => {
    const address = lab.lan.freeAddress();
    await play('nat-to-bridge', {
      domains: ['web'],
      fixed: { web: [{ address: `${address}/24`, gateway: lab.lan.address }] },
    });
    expect(await seen()).toMatchObject({ address, fromOffice: true, fromHost: true });
    const onBridge = await inactiveXml();
    const back = await play('bridge-to-nat', { domains: ['web'], outside: [lab.lan.address] });
    expect(await seen()).toMatchObject({ fromOffice: false, fromHost: true, toOffice: true });
    expect(await inactiveXml()).toBe(onNat);
    // Taken back it is on the bridge again: with HOSTWRIGHT_LAB_LONG=1, as a guest takes its time to go and to come.
    if (process.env.HOSTWRIGHT_LAB_LONG !== undefined) {
      const undone = await hostwright(['undo', back.runId, '-i', inventory], { environment: recorded() });
      expect(undone.code, undone.stdout + undone.stderr).toBe(0);
      expect(await inactiveXml()).toBe(onBridge);
      await play('bridge-to-nat', { domains: ['web'], outside: [lab.lan.address] });
    }
    expect((await play('bridge-to-nat', { domains: ['web'] })).changed).toEqual([]);
  });

  test('a card added while it runs is seen inside, gets an address, and goes again (P44 to P46)', async () => {
    const mac = '52:54:00:99:00:01';
    const added = await play('hot-add-nic', { domain: 'web', bridge: 'br0', mac });
    expect(added.changed).toEqual(['Attach the card']);
    expect((await play('hot-add-nic', { domain: 'web', bridge: 'br0', mac })).changed).toEqual([]);
    const [card] = resultsOf(added.ran, 'Attach the card');
    expect(card?.result.xml).toMatchObject({
      live: expect.stringContaining("<source bridge='br0'/>"),
      config: expect.stringContaining("<source bridge='br0'/>"),
    });
    const ports = (bridge: string) => host.exec(`ls /sys/class/net/${bridge}/brif`);
    const tap = (await host.exec(`virsh -q domiflist web | awk '/${mac}/ { print $1 }'`)).stdout.trim();
    expect((await ports('br0')).stdout).toContain(tap);
    expect((await ports('virbr0')).stdout).toContain('vnet');
    await guest.exec('ip link set eth1 up; udhcpc -i eth1 -s /etc/lease -n -q -t 20 -T 1 >/dev/null 2>&1');
    const lease = await lab.lan.lease(mac);
    expect(await lab.lan.ping(lease.address)).toBe(true);
    expect((await play('hot-remove-nic', { domain: 'web', mac })).changed).toEqual(['Detach the card']);
    expect((await play('hot-remove-nic', { domain: 'web', mac })).changed).toEqual([]);
    expect(await lab.lan.ping(lease.address, { timeout: 0 })).toBe(false);
    expect(await inactiveXml()).toBe(onNat);
  });

  test('XML is kept, defined from a file, and restored (P26, P42)', async () => {
    const kept = await play('backup-xml', {});
    expect((await play('backup-xml', {})).changed).toEqual([]);
    const directory = resultsOf(kept.ran, 'Keep the XML')[0]?.result.directory;
    const src = join(lab.directory, 'web.xml');
    await writeFile(src, onNat.replace('<on_crash>destroy</on_crash>', '<on_crash>restart</on_crash>'));
    const defined = await play('define-xml', { kind: 'domain', src });
    expect(defined.changed).toEqual(['Define the domain']);
    expect(await inactiveXml()).toContain('<on_crash>restart</on_crash>');
    const near = relative(root, src);
    expect((await play('define-xml', { kind: 'domain', src: near })).changed).toEqual([]);
    expect((await play('restore-xml', { from: directory })).changed).toEqual(['Define what the backup has']);
    expect(await inactiveXml()).toBe(onNat);
    expect((await play('restore-xml', { from: directory })).changed).toEqual([]);
  });
});
