import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, hostwright, resultsOf, root } from '../integration/command.ts';
import type { Guest } from './guest.ts';
import { type Host, lab } from './lab.ts';

describe('guests, from the host into them', () => {
  let host: Host;
  let inventory: string;
  let lone: Guest;
  let mixed: Guest;

  beforeAll(async () => {
    host = await lab.host({ libvirt: true });
    inventory = join(lab.directory, 'hosts.yaml');
    await writeFile(inventory, host.inventory());
    const inputs = {
      name: 'inside',
      address: '192.168.200.1/24',
      dhcp_start: '192.168.200.128',
      domain: 'inside',
    };
    for (const changes of [1, 0]) {
      const made = await playbook('create-isolated-network', inputs);
      expect(made.changed).toHaveLength(changes);
    }
    [lone, mixed] = await Promise.all([
      host.guest({ name: 'lone', network: 'inside' }),
      host.guest({ name: 'mixed', nics: [{ network: 'inside' }, { network: 'default' }] }),
    ]);
  });
  afterAll(() => lab.down());

  test('a NAT network from its playbook: foreseen, made, left alone, verified (P30)', async () => {
    const inputs = { name: 'second', address: '10.201.7.1/25', dhcp_start: '10.201.7.20', autostart: false };
    const file = join(root, 'playbooks', 'create-nat-network.yaml');
    const check = await ran([file, '-e', JSON.stringify(inputs), '--check']);
    expect(check).toMatchObject({ code: 0, changed: ['Define and start the network'] });
    expect((await playbook('create-nat-network', inputs)).changed).toEqual(check.changed);
    expect((await playbook('create-nat-network', inputs)).changed).toEqual([]);
    const xml = (await host.exec('virsh net-dumpxml --inactive second')).stdout;
    expect(xml).toContain("<range start='10.201.7.20' end='10.201.7.126'/>");
    expect((await playbook('verify-network', { network: 'second' })).changed).toEqual([]);
  });

  /** Where the runs are written down that undo takes back. */
  const recorded = () => ({ HOSTWRIGHT_RUNS: join(lab.directory, 'runs') });

  async function ran(args: readonly string[]) {
    const run = await events(['run', ...args, '-i', inventory], { environment: recorded() });
    const results = resultsOf(run);
    const failed = results
      .filter(({ status }) => status === 'failed')
      .map(({ task, result }) => `${task}: ${result.msg}`);
    const changed = results.filter(({ status }) => status === 'changed').map(({ task }) => String(task));
    return { code: run.code, results, failed, changed, runId: String(run.events.at(-1)?.runId) };
  }

  async function playbook(name: string, inputs: unknown) {
    const done = await ran([join(root, 'playbooks', `${name}.yaml`), '-e', JSON.stringify(inputs)]);
    expect({ code: done.code, failed: done.failed }).toEqual({ code: 0, failed: [] });
    return done;
  }

  async function tasks(...list: readonly unknown[]) {
    const file = join(lab.directory, 'tasks.yaml');
    await writeFile(file, JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: list }]));
    return ran([file]);
  }

  test('an isolated network: its guests see each other and the host, and nothing else (P33 to P35)', async () => {
    expect(lone.address()).toMatch(/^192\.168\.200\.(12[89]|1[3-9]\d|2\d\d)$/);
    const verified = await playbook('verify-network', {
      network: 'inside',
      guests: ['lone'],
      outside: [lab.lan.address],
    });
    const told = verified.results.map(({ task, status }) => `${status} ${task}`);
    expect(told).toContain('ok Nothing leaves a guest of an isolated network');
    expect((await lone.exec(`ping -c 1 -W 3 ${mixed.address()}`)).rc).toBe(0);
    expect((await lone.exec(`ping -c 1 -W 1 ${lab.lan.address}`)).rc).not.toBe(0);
    expect((await lone.exec("ip route | grep -c '^default'")).output).toBe('0\n');
  });

  test('a login on the console, where it asks for one (P52)', async () => {
    const hash = execFileSync('openssl', ['passwd', '-1', 'a secret'], { encoding: 'utf8' }).trim();
    const login = async () => {
      await lone.exec(`echo 'root:${hash}:0:0:root:/:/bin/sh' > /etc/passwd`);
      await host.exec('exec 3<> $(virsh ttyconsole lone); sleep 1; echo >&3; echo exec login >&3; sleep 1');
    };
    const look = (more: object) =>
      tasks({
        reachability: { from: 'guest', guest: 'lone', to: '192.168.200.1', via: 'console', ...more },
        no_log: false,
      });
    await login();
    expect((await look({})).failed).toEqual([
      'reachability: There is no way into lone: its console asks for a password of root, and none is given.',
    ]);
    expect((await look({ password: 'another', console_timeout: 25 })).failed).toEqual([
      'reachability: There is no way into lone: its console did not let root in.',
    ]);
    expect((await look({ password: 'a secret' })).failed).toEqual([]);
  });

  test('its own network: a file as initscripts read it, and two default gateways warned of (P49, P50)', async () => {
    const [, second] = mixed.nics.map(({ mac }) => mac);
    const directory = '/etc/sysconfig/network-scripts';
    await mixed.exec(`mkdir -p ${directory}; ip route add default via 192.168.200.1 dev eth0 metric 9
      printf 'DEVICE=eth1\\nBOOTPROTO=dhcp\\nUUID=a3b35d6a-c4b2-49e2-b35b-999c3bf3243e\\nHWADDR=52:54:00:00:00:00\\nZONE=lab\\n' > ${directory}/ifcfg-eth1
`);
    // A line of a terminal holds 1023 bytes: two scripts.
    await mixed.exec(`cat > /bin/nmcli <<'E'
#!/bin/sh
# Stands for NetworkManager with its reader of ifcfg files.
case $1 in
  -t) echo running;;
  device)
    . ${directory}/ifcfg-$3
    for process in /proc/[0-9]*; do
      case $(tr '\\0' ' ' < $process/cmdline) in udhcpc*" $3 "*) kill \${process#/proc/};; esac
    done
    ip -4 addr flush dev $3; ip addr add $IPADDR/24 broadcast $BROADCAST dev $3
    ip route add default via $GATEWAY dev $3 metric 5;;
esac
E
      chmod 755 /bin/nmcli`);
    const gateway = host.natSubnet.replace('0/24', '1');
    const wish = {
      guest_network: {
        guest: 'mixed',
        mac: second,
        method: 'static',
        address: host.natSubnet.replace('0/24', '112/24'),
        dns: [gateway],
        via: 'console',
      },
    };
    const done = await tasks(wish);
    expect(done.failed).toEqual([]);
    expect(done.results[0]?.result.warnings).toEqual([
      `mixed has two default gateways: ${gateway} on eth1, and 192.168.200.1 on eth0. Leave one of them out (gateway: none).`,
    ]);
    expect((await mixed.exec(`cat ${directory}/ifcfg-eth1`)).output).toBe(`TYPE=Ethernet
DEVICE=eth1
HWADDR=${second}
BOOTPROTO=static
ONBOOT=yes
NM_CONTROLLED=yes
IPADDR=${host.natSubnet.replace('0/24', '112')}
NETMASK=255.255.255.0
BROADCAST=${host.natSubnet.replace('0/24', '255')}
GATEWAY=${gateway}
DNS1=${gateway}
IPV6INIT=yes
IPV6_AUTOCONF=yes
ZONE=lab
`);
    expect((await host.exec(`ping -c 1 -W 3 ${host.natSubnet.replace('0/24', '112')}`)).rc).toBe(0);
    const again = await tasks(wish);
    expect({ failed: again.failed, changed: again.changed }).toEqual({ failed: [], changed: [] });
  });

  test('a card asks anew, and has an address in the range of its network (P51)', async () => {
    await lone.exec('ip -4 addr flush dev eth0');
    const wish = { guest_network: { guest: 'lone', via: 'console' } };
    expect((await tasks(wish)).changed).toHaveLength(1);
    expect((await host.exec(`ping -c 1 -W 3 ${lone.address()}`)).rc).toBe(0);
    expect((await tasks(wish)).changed).toEqual([]);
  });

  test('over ssh, with the keys of the host (P52)', async () => {
    await sshdInside(host, lone);
    const inside = { guest: 'lone', via: 'ssh' };
    const gateway = '192.168.200.1';
    for (const _ of [1, 2]) {
      const seen = await tasks({
        reachability: { from: 'guest', ...inside, to: [gateway, mixed.address()], first_hop: gateway },
      });
      expect({ failed: seen.failed, changed: seen.changed }).toEqual({ failed: [], changed: [] });
      expect(seen.results[0]?.result).toMatchObject({
        via: 'ssh',
        reached: [gateway, mixed.address()].map((to) => ({ to, reachable: true })),
      });
    }
    const lost = await tasks({ reachability: { from: 'guest', ...inside, to: lab.lan.address, timeout: 1 } });
    expect(lost.failed).toEqual([
      `reachability: ${lab.lan.address} does not answer, asked from the guest lone.`,
    ]);
    const wish = { guest_network: { ...inside, method: 'static', address: `${lone.address()}/24` } };
    const set = await tasks(wish);
    expect({ failed: set.failed, changed: set.changed.length }).toEqual({ failed: [], changed: 1 });
    expect((await lone.exec('ip route')).output).toMatch(/^default via 192\.168\.200\.1 dev eth0/m);
    const again = await tasks(wish);
    expect({ failed: again.failed, changed: again.changed }).toEqual({ failed: [], changed: [] });
  });

  test('virt-install makes a machine that boots, once; undo takes it away and keeps its disk (P37)', async () => {
    const disk = '/var/lib/libvirt/images/fresh.qcow2';
    const inputs = {
      name: 'fresh',
      memory: 96,
      location: '/var/lib/lab/guest,kernel=kernel,initrd=initramfs',
      extra_args: 'console=ttyS0 quiet',
      os_variant: 'debian11',
      disk: `${disk},size=0.01`,
    };
    const made = await playbook('create-vm', inputs);
    expect(made.changed).toEqual(['Make the machine']);
    expect((await playbook('create-vm', inputs)).changed).toEqual([]);
    const xml = (await host.exec('virsh dumpxml fresh')).stdout;
    expect(xml).toMatch(/<source network='default'/);
    expect(xml).toMatch(/<console type='pty'/);
    const there = await tasks({ reachability: { guests: ['fresh'], timeout: 90 } });
    expect(there.failed).toEqual([]);
    const undone = await hostwright(['undo', made.runId, '-i', inventory], {
      environment: recorded(),
    });
    expect(undone.code, undone.stdout + undone.stderr).toBe(0);
    expect((await host.exec(`virsh -q list --all --name | sort; ls ${disk}`)).stdout).toBe(
      `lone\nmixed\n${disk}\n`,
    );
  });
});

/** Gives a guest the ssh server of its host, and lets the root of the host in by a key; both know each other's keys before. */
async function sshdInside(host: Host, guest: Guest): Promise<void> {
  const served = await host.exec(`set -e
    work=$(mktemp -d); cd "$work"; mkdir -p root/etc/ssh root/run/sshd
    ssh-keygen -q -t ed25519 -N '' -f root/etc/ssh/key
    ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519
    cp ~/.ssh/id_ed25519.pub root/etc/ssh/authorized
    echo "${guest.address()} $(cat root/etc/ssh/key.pub)" > ~/.ssh/known_hosts
    printf '%s\n' 'HostKey /etc/ssh/key' 'AuthorizedKeysFile /etc/ssh/authorized' 'StrictModes no' 'UsePAM no' > root/etc/ssh/sshd_config
    tar -czhf sshd.tar.gz -C root etc/ssh run/sshd -C / usr/sbin/sshd $(ldd /usr/sbin/sshd | grep -o '/[^ ]*' | cut -c 2-)
    busybox httpd -p 192.168.200.1:8080 -h "$work"`);
  expect(served, served.stderr).toMatchObject({ rc: 0 });
  const started = await guest.exec(
    `echo 'sshd:x:33:33::/run/sshd:/bin/false' >> /etc/passwd
    wget -q -O - http://192.168.200.1:8080/sshd.tar.gz | tar -xz -C / && /usr/sbin/sshd`,
    { timeout: 60_000 },
  );
  expect(started).toEqual({ rc: 0, output: '' });
}
