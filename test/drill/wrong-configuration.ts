import { lab } from '../lab/lab.ts';
import { around } from './around.ts';
import { ALL, besides, nobody, type Scenario, throughGateway, told, warningsOf } from './scenario.ts';
import { strangerScenarios } from './strangers.ts';
import type { Trial } from './trial.ts';

/** What may be wrong with what is configured, or with what is configured already. */
export const configurationScenarios: readonly Scenario[] = [
  {
    number: '14',
    name: 'wrong gateway, controller on the same segment',
    expected: 'ROLLED_BACK',
    backends: ALL,
    leaves: 'before',
    play: async (trial) => told(await trial.bridge({ ipv4: throughGateway(trial.host, nobody()) })),
  },
  {
    number: '14',
    name: 'a probe of the user that fails afterwards',
    expected: 'ROLLED_BACK',
    backends: ['netplan', 'nmcli'],
    leaves: 'before',
    play: async (trial) => told(await trial.bridge({}, { probe: ['test ! -e /sys/class/net/br0'] })),
  },
  {
    number: '15',
    name: 'the gateway ignores pings, before and after',
    expected: 'CONFIRMED',
    backends: ['ifupdown', 'nmcli', 'netplan'],
    leaves: 'after',
    play: async (trial) => {
      await trial.host.inside(`
        nft add table inet drill; nft 'add chain inet drill in { type filter hook input priority 0; }'
        nft add rule inet drill in icmp type echo-reply drop`);
      return told(await trial.bridge({}));
    },
  },
  {
    number: '22',
    name: 'the connection comes in over another card than the one that changes',
    expected: 'CONFIRMED',
    backends: ALL,
    leaves: 'after',
    host: { nics: ['eth0', 'eth1'] },
    play: async (trial) => {
      const second = await secondWayIn(trial);
      const run = await trial.bridge({}, { entries: [{ address: second }] });
      const { stdout } = await trial.host.inside(`ip -o -4 addr show to ${second}`);
      return besides(told(run), [stdout.includes('eth1'), 'the other card has lost its address']);
    },
  },
  {
    number: '22',
    name: 'the connection comes in over another card; wrong gateway on the one that changes',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'networkd'],
    leaves: 'before',
    host: { nics: ['eth0', 'eth1'] },
    play: async (trial) => {
      const second = await secondWayIn(trial);
      const before = await trial.state();
      const run = await trial.bridge(
        { ipv4: throughGateway(trial.host, nobody()) },
        { entries: [{ address: second }] },
      );
      return { ...told(run), before };
    },
  },
  {
    number: '23',
    name: 'another address, where the host then answers',
    expected: 'CONFIRMED',
    backends: ALL,
    leaves: 'after',
    play: async (trial) =>
      told(
        await trial.bridge({ ipv4: { address: `${lab.lan.freeAddress()}/24`, gateway: lab.lan.address } }),
      ),
  },
  {
    number: '23',
    name: 'another address, at which nobody answers',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'networkd'],
    leaves: 'before',
    play: async (trial) =>
      told(
        await trial.bridge(
          { ipv4: { address: `${lab.lan.freeAddress()}/24`, gateway: lab.lan.address } },
          { connectTo: nobody() },
        ),
      ),
  },
  ...strangerScenarios,
  {
    number: '25',
    name: 'spanning tree, 30 s until a port forwards; the port of the switch takes 30 s too',
    expected: 'CONFIRMED',
    backends: ['ifupdown', 'nmcli', 'netplan', 'networkd'],
    leaves: 'after',
    play: async (trial) => {
      const listening = async () => {
        await trial.sleep(1);
        await trial.host.unplug();
        await trial.sleep(30);
        await trial.host.plug();
      };
      // The default window.
      const run = await trial.bridge(
        { stp: true },
        { timeout: 120, during: (step) => void (step === 'applying' && listening()) },
      );
      const { stdout } = await trial.host.inside('cat /sys/class/net/br0/bridge/stp_state');
      return besides(told(run), [stdout.trim() === '1', 'spanning tree is off']);
    },
  },
  {
    number: '26',
    name: 'an address by DHCP: the bridge gets the same lease',
    expected: 'CONFIRMED',
    backends: ['ifupdown', 'nmcli', 'netplan', 'networkd'],
    leaves: 'after',
    host: { address: 'dhcp' },
    play: async (trial) => {
      const run = await trial.bridge({}, { timeout: 90 });
      const { stdout } = await trial.host.inside(`ip -o -4 addr show to ${trial.host.address}`);
      return besides(told(run), [stdout.includes('br0'), 'the bridge has another address']);
    },
  },
  {
    number: '27',
    name: 'MTU of 9000 in a network of 1500',
    expected: 'ROLLED_BACK',
    backends: ALL,
    leaves: 'before',
    play: async (trial) => told(await trial.bridge({ mtu: 9000 })),
  },
  {
    number: '30',
    name: 'the packet filter lets logins in through eth0 only',
    expected: 'ROLLED_BACK',
    backends: ALL,
    leaves: 'before',
    play: async (trial) => {
      const { rc } = await trial.host.inside(`
        nft add table inet drill && nft 'add chain inet drill in { type filter hook input priority 0; }' &&
        nft add rule inet drill in tcp dport 22 ct state new iifname != eth0 drop`);
      return besides(told(await trial.bridge({})), [rc === 0, 'the rule could not be set']);
    },
  },
  {
    number: '31',
    name: 'rules of the packet filter name eth0: warned of',
    expected: 'CONFIRMED',
    backends: ['ifupdown', 'nmcli'],
    leaves: 'after',
    play: async (trial) => {
      await trial.host.inside('iptables -A INPUT -i eth0 -p tcp --dport 8080 -j ACCEPT');
      const run = await trial.bridge({});
      return besides(told(run), [warningsOf(run).includes('--dport 8080'), 'the rule is not named']);
    },
  },
  {
    number: '32',
    name: 'bridged frames meet a FORWARD chain that drops: warned of',
    expected: 'CONFIRMED',
    backends: ['ifupdown'],
    leaves: 'after',
    play: async (trial) => {
      await trial.host.inside(
        'echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables; iptables -P FORWARD DROP',
      );
      const run = await trial.bridge({});
      return besides(told(run), [warningsOf(run).includes('FORWARD'), 'nobody warns of it']);
    },
  },
  ...(['CONFIRMED', 'ROLLED_BACK'] as const).map(
    (expected): Scenario => ({
      number: '33',
      name: `cloud-init owns the file; ${expected === 'CONFIRMED' ? 'good change' : 'wrong gateway'}`,
      expected,
      backends: ['netplan', 'ifupdown', 'networkd'],
      leaves: expected === 'CONFIRMED' ? 'after' : 'before',
      play: async (trial) => {
        await trial.host.inside(`
          mkdir -p /etc/cloud/cloud.cfg.d
          for file in /etc/netplan/50-lab.yaml /etc/network/interfaces.d/eth0 /etc/systemd/network/10-eth0.network; do
            [ ! -f "$file" ] || sed -i '1i # This file is generated from information provided by the datasource.' "$file"
          done`);
        const before = await trial.state();
        const good = expected === 'CONFIRMED';
        const run = await trial.bridge(good ? {} : { ipv4: throughGateway(trial.host, nobody()) });
        const { rc } = await trial.host.inside('grep -rq "config: disabled" /etc/cloud');
        return {
          ...besides(told(run), [good === (rc === 0), 'cloud-init was not told what it must be told']),
          before,
        };
      },
    }),
  ),
  {
    number: '34',
    name: 'netplan adds up the addresses of two files',
    expected: 'CONFIRMED',
    backends: ['netplan'],
    leaves: 'after',
    play: async (trial) => {
      const more = `${lab.lan.freeAddress()}/24`;
      await trial.host.write(
        '/etc/netplan/60-more.yaml',
        `network:\n  version: 2\n  ethernets:\n    eth0:\n      addresses: [${more}]\n`,
        '600',
      );
      await trial.host.inside('netplan apply');
      await trial.sleep(2);
      const run = await trial.bridge({});
      const { stdout } = await trial.host.inside(
        'netplan apply; sleep 2; ip -o -4 addr show dev eth0; echo --; ip -o -4 addr show dev br0',
      );
      const [card = '', bridge = ''] = stdout.split('--');
      return besides(
        told(run),
        [card.trim() === '', `the card has an address still: ${card}`],
        [bridge.includes(more) && bridge.includes(trial.host.address), `the bridge has: ${bridge}`],
      );
    },
  },
  {
    number: '35',
    name: 'whatever lies in interfaces.d is loaded: nothing but configuration is put there',
    expected: 'CONFIRMED',
    backends: ['ifupdown'],
    leaves: 'after',
    play: async (trial) => {
      const seen = new Set<string>();
      const look = async () => {
        const { stdout } = await trial.host.inside('ls /etc/network/interfaces.d');
        for (const name of stdout.trim().split('\n')) seen.add(name);
      };
      const run = await trial.bridge({}, { during: () => void look() });
      await look();
      const strange = [...seen].filter((name) => !['eth0', 'br0', 'hostwright-br0'].includes(name));
      return besides(told(run), [strange.length === 0, `it holds ${strange.join(', ')}`]);
    },
  },
  ...(['CONFIRMED', 'ROLLED_BACK'] as const).map(
    (expected): Scenario => ({
      number: '55',
      name: `the file of the card is a link; ${expected === 'CONFIRMED' ? 'good change' : 'wrong gateway'}`,
      expected,
      backends: ['ifupdown', 'netplan', 'networkd', 'ifcfg'],
      leaves: expected === 'CONFIRMED' ? 'after' : 'before',
      play: async (trial) => {
        const good = expected === 'CONFIRMED';
        await trial.host.inside(`
          mkdir -p /etc/lab
          for file in /etc/netplan/50-lab.yaml /etc/network/interfaces.d/eth0 /etc/systemd/network/10-eth0.network /etc/sysconfig/network-scripts/ifcfg-eth0; do
            [ ! -f "$file" ] || { mv "$file" /etc/lab/the-file; ln -s /etc/lab/the-file "$file"; }
          done`);
        const target = () =>
          trial.host.inside(
            'find /etc/network /etc/netplan /etc/systemd/network /etc/sysconfig -type l 2>/dev/null; stat -c %a /etc/lab/the-file; cat /etc/lab/the-file',
          );
        const [before, linked] = [await trial.state(), (await target()).stdout];
        const run = await trial.bridge(good ? {} : { ipv4: throughGateway(trial.host, nobody()) });
        const now = (await target()).stdout;
        return {
          ...besides(
            told(run),
            [now.includes(linked.split('\n')[0] ?? '-'), 'the link is none any more'],
            [good || now === linked, 'what it leads to is different'],
          ),
          before,
        };
      },
    }),
  ),
  {
    number: '54',
    name: 'owner, mode and extended attributes of the files; wrong gateway',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'netplan', 'ifcfg'],
    leaves: 'before',
    play: async (trial) => {
      await trial.host.inside(`
        for file in /etc/netplan/50-lab.yaml /etc/network/interfaces.d/eth0 /etc/sysconfig/network-scripts/ifcfg-eth0; do
          [ ! -f "$file" ] || { chown root:adm "$file"; chmod 640 "$file"; setfacl -m u:operator:r "$file"; setfattr -n user.drill -v yes "$file"; }
        done`);
      const attributes = async () =>
        (
          await trial.host.inside(
            'cd /etc; getfacl -p -R network netplan sysconfig 2>/dev/null; getfattr -d -R network netplan sysconfig 2>/dev/null',
          )
        ).stdout;
      const [before, had] = [await trial.state(), await attributes()];
      const run = await trial.bridge({ ipv4: throughGateway(trial.host, nobody()) });
      const has = await attributes();
      return {
        ...besides(
          told(run),
          [had.includes('user.drill'), 'the attributes could not be set'],
          [has === had, 'access lists or extended attributes are different'],
        ),
        before,
      };
    },
  },
];

/** A second card, with an address of its own that the machine around has a way to. */
async function secondWayIn({ host }: Trial): Promise<string> {
  const [, , run = '0', last = '0'] = host.address.split('.');
  const second = `10.89.${run}.${last}`;
  await around(`ip addr replace 10.89.${run}.1/24 dev ${lab.lan.bridge}`);
  await host.inside(`ip link set eth1 up; ip addr add ${second}/24 dev eth1`);
  return second;
}
