import { beforeAll, describe, expect, test } from 'vitest';
import { backends, type Host, lab } from './lab.ts';
import { run, until } from './process.ts';

const sudo = (password: string) => `printf '%s\\n' '${password}' | sudo -S -p '' id -un`;

describe.each(backends)('a host on %s', (backend) => {
  let host: Host;
  beforeAll(async () => {
    host = await lab.host({ backend });
  });

  test('boots to "running" with its address, route and resolver', async () => {
    expect((await host.exec('systemctl is-system-running')).stdout).toBe('running\n');
    const network = await host.exec('ip -brief -4 address show eth0; ip route; cat /etc/resolv.conf');
    expect(network.stdout).toContain(`${host.address}/24`);
    expect(network.stdout).toContain(`default via ${lab.lan.address} dev eth0`);
    expect(network.stdout).toContain(`nameserver ${lab.lan.address}`);
  });

  test('lets root, operator and nopasswd in, and the two others become root', async () => {
    const { operator } = host.passwords;
    expect((await host.exec('id -un')).stdout).toBe('root\n');
    expect((await host.exec(`id -un; ${sudo(operator)}`, { user: 'operator' })).stdout).toBe(
      'operator\nroot\n',
    );
    expect((await host.exec('sudo -n id -un', { user: 'operator' })).rc).toBe(1);
    expect((await host.exec('id -un; sudo -n id -un', { user: 'nopasswd' })).stdout).toBe('nopasswd\nroot\n');
  });

  test('comes back from a reboot as a new boot of the same disk', async () => {
    const boot = 'cat /proc/sys/kernel/random/boot_id; systemctl show -P UserspaceTimestampMonotonic';
    await host.write('/etc/kept', 'kept\n');
    await host.exec('ip link add left-over type bridge; touch /run/left-over');
    const before = (await host.exec(boot)).stdout;
    await host.reboot();
    expect((await host.exec(boot)).stdout).not.toBe(before);
    expect(await host.read('/etc/kept')).toBe('kept\n');
    expect((await host.exec('ls /run/left-over /sys/class/net/left-over')).rc).toBe(2);
  });
});

describe('a host', () => {
  test('asks the office network for its address, in parallel with others', async () => {
    const hosts = await Promise.all(backends.map((backend) => lab.host({ backend, address: 'dhcp' })));
    for (const host of hosts) {
      expect((await host.exec('ip -4 address show dev eth0')).stdout).toContain(`inet ${host.address}/24`);
      expect(await lab.lan.lease(host.nics[0]?.mac ?? '')).toMatchObject({ address: host.address });
    }
    await Promise.all(hosts.map((host) => host.down()));
  });

  test('loses its cable and its power, and can still be looked into', async () => {
    const host = await lab.host({ nics: ['eth0', 'eth1'] });
    expect(host.nics.map((nic) => nic.name)).toEqual(['eth0', 'eth1']);
    await host.unplug();
    expect(await lab.lan.ping(host.address, { timeout: 100 })).toBe(false);
    expect((await host.inside('cat /sys/class/net/eth0/carrier')).stdout).toBe('0\n');
    await host.plug();
    expect(await lab.lan.ping(host.address)).toBe(true);
    await host.kill();
    await expect(host.inside('true')).rejects.toThrow('no power');
    expect(await host.answers()).toBe(false);
    await host.start();
    expect((await host.exec('id -un')).stdout).toBe('root\n');
    await host.powerOff();
    expect(host.console()).toContain('System Power Off');
    await host.down();
  });

  test('is refused when its key is not the one in known_hosts', async () => {
    const [one, other] = await Promise.all([lab.host(), lab.host()]);
    const asOther = one.sshCommand().map((word) => word.replace(one.knownHosts, other.knownHosts));
    expect(await run([...asOther, 'true'])).toMatchObject({ rc: 255, stdout: '' });
    await Promise.all([one.down(), other.down()]);
  });

  test('lets operator not become root with a wrong password', async () => {
    const host = await lab.host();
    expect((await host.exec(sudo('wrong'), { user: 'operator' })).rc).toBe(1);
    await host.down();
  });

  test('gives its inventory', async () => {
    const host = await lab.host({ name: 'kvm1' });
    expect(lab.inventory([host], { user: 'nopasswd', groups: { kvm: ['kvm1'] } })).toBe(`all:
  hosts:
    kvm1:
      ansible_host: ${host.address}
      ansible_user: nopasswd
      ansible_ssh_private_key_file: ${host.privateKey}
      connection:
        known_hosts: ${host.knownHosts}
  children:
    kvm:
      hosts:
        kvm1: {}
`);
    expect(host.inventory({ form: 'ansible' })).toContain(
      `      ansible_ssh_common_args: -o UserKnownHostsFile=${host.knownHosts}\n`,
    );
    await host.down();
  });

  test('installs, upgrades and removes packages of the lab repository', async () => {
    const host = await lab.host();
    const apt = await host.exec(`
      set -e
      exec 2>&1
      apt-get update
      apt-get install -y lab-greeting=1.0 lab-clock
      lab-greeting
      apt-get install -y lab-greeting
      lab-greeting
      systemctl start lab-clock
      systemctl is-active lab-clock
      apt-get remove -y lab-greeting`);
    expect(apt.rc, apt.stdout).toBe(0);
    expect(apt.stdout).toMatch(/lab-greeting 1\.0\n[\s\S]*lab-greeting 1\.1\nactive\n/);
    expect((await host.exec('command -v lab-greeting')).rc).toBe(127);
    await host.down();
  });

  test('on ifcfg moves its address to a bridge, over the very card, and keeps it over a reboot', async () => {
    const host = await lab.host({ backend: 'ifcfg' });
    const scripts = '/etc/sysconfig/network-scripts';
    const card = await host.read(`${scripts}/ifcfg-eth0`);
    const address = card
      .replace(/^(TYPE|NAME|DEVICE|HWADDR)=.*\n/gm, '')
      .replace('PREFIX=24', 'NETMASK=255.255.255.0');
    await host.write(`${scripts}/ifcfg-br0`, `TYPE=Bridge\nDEVICE=br0\nDELAY=0\nSTP=no\n${address}`);
    await host.write(`${scripts}/ifcfg-eth0.bak`, card); // not loaded: the scripts pass over .bak
    await host.write(
      `${scripts}/ifcfg-eth0`,
      'TYPE=Ethernet\nDEVICE=eth0\nONBOOT=yes\nBOOTPROTO=none\nBRIDGE=br0\n',
    );
    await host.exec('systemd-run systemctl restart network');
    const state = 'ip -brief -4 address; ip route show default; ls /sys/class/net/br0/brif';
    const expected = `br0 UP ${host.address}/24 default via ${lab.lan.address} dev br0 eth0`;
    const squeezed = async () =>
      (await host.exec(`${state} | grep -v '^lo '`)).stdout.replace(/\s+/g, ' ').trim();
    await until(
      async () => (await squeezed()).includes(expected) || undefined,
      () => `the address did not come back on br0; ${host.console()}`,
    );
    await host.reboot();
    expect(await squeezed()).toContain(expected);
    await host.down();
  });
});
