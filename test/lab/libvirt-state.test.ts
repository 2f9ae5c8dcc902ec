import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { libvirtBackup } from '../../src/modules/libvirt/libvirt_backup.ts';
import { libvirtFacts } from '../../src/modules/libvirt/libvirt_facts.ts';
import { libvirtNetwork } from '../../src/modules/libvirt/libvirt_network.ts';
import { libvirtNic } from '../../src/modules/libvirt/libvirt_nic.ts';
import { libvirtReattach } from '../../src/modules/libvirt/libvirt_reattach.ts';
import { libvirtRestore } from '../../src/modules/libvirt/libvirt_restore.ts';
import { type Guest, type Host, lab } from './lab.ts';
import { moduleBench } from './module-bench.ts';

let host: Host;
let one: Guest;
let two: Guest;
const { plan, perform, look, messageOf } = moduleBench(() => host);

beforeAll(async () => {
  host = await lab.host({ name: 'state', libvirt: true });
  await host.inside(
    'echo LANG=zh_CN.UTF-8 > /etc/default/locale; ip link add brx type bridge; ip link set brx up',
  );
  [one, two] = await Promise.all([
    host.guest({ name: '访客', nics: [{ network: 'default' }, { bridge: 'brx' }], os: false }),
    host.guest({ name: 'two', network: 'default' }),
  ]);
});
afterAll(() => lab.down());

const said = async (script: string) => (await host.exec(`export LC_ALL=C; ${script}`)).stdout.trim();
const facts = async (wish: Record<string, unknown> = {}) => {
  const params = libvirtFacts.params.parse(wish);
  const values = await look(libvirtFacts, params);
  return libvirtFacts.result?.(params, { values, change: null, output: null }) as Record<
    string,
    Record<string, unknown>[]
  >;
};

test('libvirt_facts tells networks, domains, cards with their taps, leases and addresses', async () => {
  const { networks, domains, nics, leases, addresses } = await facts();
  const [subnet] = host.natSubnet.split('.0/');
  expect(networks).toMatchObject([
    {
      name: 'default',
      state: 'active',
      persistent: true,
      forward: 'nat',
      bridge: { name: 'virbr0', stp: true, delay: 0 },
      ips: [
        {
          address: `${subnet}.1`,
          prefix: 24,
          dhcp: { ranges: [{ start: `${subnet}.2`, end: `${subnet}.254` }] },
        },
      ],
    },
  ]);
  const byName = Object.fromEntries((domains ?? []).map((domain) => [domain.name, domain]));
  expect(byName).toMatchObject({
    访客: { state: 'running', passthrough: [], pending_restart: false },
    two: { state: 'running', memory_kib: 98304, vcpus: 1, autostart: false },
  });
  // Each tap is known to the host under the address of its card, but for the first byte.
  for (const { tap, mac, bridge } of nics ?? []) {
    expect(
      await said(`cat /sys/class/net/${tap}/address; basename $(readlink /sys/class/net/${tap}/master)`),
    ).toBe(`fe${String(mac).slice(2)}\n${bridge}`);
  }
  expect(
    (nics ?? []).map(({ domain, source, live, config }) => [domain, source, live, config]).toSorted(),
  ).toEqual([
    ['two', 'default', true, true],
    ['访客', 'brx', true, true],
    ['访客', 'default', true, true],
  ]);
  expect(leases?.find(({ domain }) => domain === 'two')).toMatchObject({
    mac: two.mac,
    address: two.address(),
    network: 'default',
  });
  expect(addresses).toContainEqual(
    expect.objectContaining({ domain: 'two', address: two.address(), mac: two.mac, source: 'lease' }),
  );
  expect((await facts({ nic_models: true })).nic_models).toEqual(
    expect.arrayContaining(['e1000', 'rtl8139', 'virtio']),
  );
  expect(
    Object.keys(await facts({ domains: ['two'], networks: false, leases: false, addresses: false })),
  ).toEqual(['domains', 'nics']);
});

test('libvirt_reattach puts taps back that lost their bridge', async () => {
  const ports = () => said('for b in virbr0 brx; do echo $b $(ls /sys/class/net/$b/brif); done');
  const before = await ports();
  expect(await plan(libvirtReattach, {})).toBeNull();
  await said('ip link set vnet0 nomaster; ip link set vnet1 nomaster; ip link set vnet2 nomaster');
  await expect(two.exec(`ping -c 1 -W 1 ${host.natSubnet.replace('.0/24', '.1')}`)).resolves.toMatchObject({
    rc: 1,
  });
  const put = await perform(libvirtReattach, {});
  expect(await ports()).toBe(before);
  expect(put.result.taps).toHaveLength(3);
  await put.undo();
  expect(await ports()).toBe('virbr0\nbrx');
  await perform(libvirtReattach, { domains: ['two'] });
  await perform(libvirtReattach, { domains: 'all' });
  expect(await ports()).toBe(before);
  // Forward delay of virbr0 is 0, but its spanning tree still listens and learns.
  await expect
    .poll(async () => (await two.exec(`ping -c 1 -W 1 ${host.natSubnet.replace('.0/24', '.1')}`)).rc, {
      timeout: 15_000,
    })
    .toBe(0);
});

describe('libvirt_backup and libvirt_restore', () => {
  test('keep what there is once, and what changed again; never over another backup', async () => {
    const all = { dest: '/root/backups' };
    const first = await perform(libvirtBackup, all);
    expect(await plan(libvirtBackup, all)).toBeNull();
    const paths = first.result.paths as string[];
    expect(paths.map((path) => path.replace(/^\/root\/backups\/[0-9-]+T\d{6}Z\//, ''))).toEqual(
      expect.arrayContaining(['domains/two.xml', 'domains/访客.xml', 'networks/default.xml']),
    );
    expect(
      await said(
        'cd /root/backups/*; virsh -q dumpxml --inactive --security-info two | sha256sum; sha256sum < domains/two.xml; stat -c %a . domains/two.xml',
      ),
    ).toMatch(/^(\w+ {2}-\n)\1(?:700)\n600$/);
    await perform(libvirtNic, { domain: 'two', mac: two.mac, source: { bridge: 'brx' }, scope: 'config' });
    const second = await perform(libvirtBackup, { ...all, domains: ['two'] });
    expect(second.result.paths).toHaveLength(1);
    expect(await said('ls /root/backups | wc -l; ls -A /root/backups | grep -c part')).toBe('2\n0');

    const [directory] = paths[0]?.split('/domains/') ?? [];
    const back = { from: directory, domains: ['two'] };
    const restored = await perform(libvirtRestore, back);
    expect(await plan(libvirtRestore, back)).toBeNull();
    expect(
      await said(
        `virsh -q dumpxml --inactive --security-info two | sha256sum; sha256sum < ${directory}/domains/two.xml`,
      ),
    ).toMatch(/^(\w+) {2}-\n\1 {2}-$/);
    await restored.undo();
    expect(await said('virsh dumpxml --inactive two | grep -c brx')).toBe('1');
    await perform(libvirtRestore, { from: `${directory}/domains/two.xml` });
  });

  test('bring back what was removed, networks and all', async () => {
    await perform(libvirtNetwork, {
      name: 'extra',
      forward: 'none',
      ips: [{ address: '10.93.1.1/24' }],
      autostart: true,
    });
    await perform(libvirtBackup, { networks: ['extra'] });
    await one.remove();
    const uuid = await said('virsh net-uuid extra');
    await perform(libvirtNetwork, { name: 'extra', state: 'absent' });
    expect(await messageOf(plan(libvirtRestore, { from: '/root/nothing' }))).toBe(
      'The host has no backup of libvirt at /root/nothing.',
    );
    await perform(libvirtRestore, { from: '/var/lib/hostwright/libvirt/backups' });
    expect(await said('virsh net-uuid extra')).toBe(uuid);
    const [oldest] = (await said('ls -d /root/backups/*')).split('\n');
    await perform(libvirtRestore, { from: oldest });
    expect(await said('virsh list --all --name')).toContain('访客');
    await said('virsh undefine 访客; virsh net-undefine extra');
  });
});
