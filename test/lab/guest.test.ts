import { beforeAll, describe, expect, test } from 'vitest';
import { type Host, lab } from './lab.ts';
import { until } from './process.ts';

describe('a host with libvirt', () => {
  let host: Host;
  beforeAll(async () => {
    host = await lab.host({ libvirt: true });
  });

  test('has the network default, active, in a subnet no other host has', async () => {
    const other = await lab.host({ libvirt: true });
    for (const one of [host, other]) {
      const list = await one.exec('LC_ALL=C virsh --quiet net-list --all');
      expect(list.stdout.trim().split(/\s+/)).toEqual(['default', 'active', 'yes', 'yes']);
      const gateway = one.natSubnet.replace('0/24', '1/24');
      expect((await one.exec('ip -brief -4 address show virbr0')).stdout).toContain(gateway);
    }
    expect(host.natSubnet).not.toBe(other.natSubnet);
    await other.down();
  });

  test('runs a guest: lease, ping both ways, shell, power button', async () => {
    const guest = await host.guest();
    expect(await guest.state()).toBe('running');
    const gateway = host.natSubnet.replace('0/24', '1');
    expect((await host.exec(`ping -c 1 -W 3 ${guest.address()}`)).rc).toBe(0);
    expect((await host.exec('virsh net-dhcp-leases default')).stdout).toContain(`${guest.mac}   ipv4`);
    expect(await guest.exec(`ping -c 1 -W 3 ${gateway} >/dev/null && hostname`)).toEqual({
      rc: 0,
      output: '(none)\n',
    });
    expect(await guest.exec('echo one; exit 7')).toEqual({ rc: 7, output: 'one\n' });
    await guest.renew();
    expect((await host.exec(`ping -c 1 -W 3 ${guest.address()}`)).rc).toBe(0);
    await guest.shutdown();
    expect(guest.console()).toContain('guest: power button');
    await guest.start();
    expect(await guest.state()).toBe('running');
    await guest.remove();
    expect((await host.exec('virsh --quiet list --all')).stdout.trim()).toBe('');
  });

  test('has a shell on the serial console that virsh console shows', async () => {
    const guest = await host.guest({ wait: 'boot' });
    const typed = await host.exec(`
      port=$(virsh ttyconsole ${guest.name})
      exec 3<> "$port"
      sleep 2
      echo 'echo answer $((6 * 7))' >&3
      sleep 1`);
    expect(typed.rc, typed.stderr).toBe(0);
    expect(guest.console()).toContain('answer 42');
    await guest.remove();
  });

  test('runs a domain without a system, for its tap', async () => {
    const guest = await host.guest({ os: false, nics: [{ network: 'default' }, { network: 'default' }] });
    const taps = await host.exec('ls /sys/class/net/virbr0/brif | grep -c vnet');
    expect(taps.stdout).toBe('2\n');
    await guest.remove();
  });
});

test('a guest on a bridge over the host card gets its address from the office network', async () => {
  const host = await lab.host({ libvirt: true, backend: 'networkd' });
  const [network = ''] = (await host.read('/etc/systemd/network/10-eth0.network'))
    .split('[Network]')
    .slice(1);
  await host.write('/etc/systemd/network/10-br0.netdev', '[NetDev]\nName=br0\nKind=bridge\n');
  await host.write('/etc/systemd/network/10-br0.network', `[Match]\nName=br0\n\n[Network]${network}`);
  await host.write('/etc/systemd/network/10-eth0.network', '[Match]\nName=eth0\n\n[Network]\nBridge=br0\n');
  await host.exec('systemd-run systemctl restart systemd-networkd');
  const onBridge = async () =>
    (await host.exec('ip -brief -4 address show br0')).stdout.includes(host.address);
  await until(
    async () => (await onBridge()) || undefined,
    () => `the address did not come back on br0`,
  );

  const guest = await host.guest({ nics: [{ bridge: 'br0' }, { network: 'default' }] });
  const [bridged, nat] = guest.nics.map((nic) => guest.address(nic.mac) ?? '');
  expect(await lab.lan.lease(guest.mac)).toMatchObject({ address: bridged });
  expect(await lab.lan.ping(bridged ?? '')).toBe(true);
  expect(nat).toMatch(host.natSubnet.replace('0/24', ''));
  expect((await guest.exec(`ping -c 1 -W 3 ${lab.lan.address} > /dev/null`)).rc).toBe(0);
  await host.down();
});
