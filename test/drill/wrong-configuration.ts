import { lab } from '../lab/lab.ts';
import { around } from './around.ts';
import { fileScenarios } from './owned-files.ts';
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
  ...fileScenarios,
];

/** A second card, with an address of its own that the machine around has a way to. */
async function secondWayIn({ host }: Trial): Promise<string> {
  const [, , run = '0', last = '0'] = host.address.split('.');
  const second = `10.89.${run}.${last}`;
  await around(`ip addr replace 10.89.${run}.1/24 dev ${lab.lan.bridge}`);
  await host.inside(`ip link set eth1 up; ip addr add ${second}/24 dev eth1`);
  return second;
}
