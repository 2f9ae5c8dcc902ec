import { root } from '../integration/command.ts';
import type { Backend } from '../lab/backends.ts';
import { lab } from '../lab/lab.ts';
import { around } from './around.ts';
import { besides, type Finding, type Scenario, told } from './scenario.ts';
import type { Trial } from './trial.ts';

/** A card without IPv4, whose IPv6 address comes from a router's advertisements. */
const ONLY_SIX: Readonly<Partial<Record<Backend, string>>> = {
  ifupdown: `printf 'auto eth0\\niface eth0 inet6 auto\\n' >/etc/network/interfaces.d/eth0.new
    ifdown eth0; mv /etc/network/interfaces.d/eth0.new /etc/network/interfaces.d/eth0; ifup eth0`,
  networkd: `printf '[Match]\\nName=eth0\\n\\n[Network]\\nIPv6AcceptRA=yes\\n' >/etc/systemd/network/10-eth0.network
    networkctl reload; networkctl reconfigure eth0`,
  netplan: `printf 'network:\\n  version: 2\\n  renderer: networkd\\n  ethernets:\\n    eth0:\\n      accept-ra: true\\n' >/etc/netplan/50-lab.yaml
    netplan apply`,
  nmcli: `nmcli connection modify eth0 ipv4.method disabled ipv4.addresses '' ipv4.gateway '' ipv4.dns '' ipv6.method auto ipv6.addr-gen-mode eui64
    nmcli connection up eth0`,
};

/** These need advertisements in the office network, which other hosts would hear too: they are played last. */
export const ipv6Scenarios: readonly Scenario[] = (['CONFIRMED', 'ROLLED_BACK'] as const).map(
  (expected): Scenario => ({
    number: '28',
    name: `nothing but IPv6, the address by router advertisements; ${expected === 'CONFIRMED' ? 'good change' : 'a probe fails'}`,
    expected,
    backends: ['ifupdown', 'nmcli', 'netplan', 'networkd'],
    leaves: expected === 'CONFIRMED' ? 'after' : 'before',
    last: true,
    play: (trial) => overSix(trial, expected === 'CONFIRMED' ? [] : ['test ! -e /sys/class/net/br0']),
  }),
);

async function overSix(trial: Trial, probe: readonly string[]): Promise<Finding> {
  const { host } = trial;
  await advertise();
  await host.inside(ONLY_SIX[trial.backend] ?? 'exit 1');
  const six = async (link: string) =>
    (
      await host.inside(
        `for n in 1 2 3 4 5 6 7 8 9 10; do ip -6 -o addr show dev ${link} scope global -tentative | sed -n 's/.* inet6 \\(fd87[^/]*\\).*/\\1/p' | grep . && break; sleep 1; done`,
      )
    ).stdout.trim();
  const address = await six('eth0');
  if (address === '') throw new Error('the card has got no address by advertisements');
  await trial.sleep(3);
  const before = await trial.state();
  const run = await trial.bridge({}, { probe, entries: [{ address }] });
  const now = probe.length > 0 ? address : await six('br0');
  return {
    ...besides(told(run), [now === address, `the bridge has ${now}, not ${address}`]),
    before,
    unmeasured: true,
  };
}

/** Begins to tell hosts of a prefix, once in a run. */
async function advertise(): Promise<void> {
  const number = lab.lan.bridge.slice(3);
  await around(`
    . ${root}/test/lab/names.sh
    exec 8>${lab.directory}/advertise.lock; flock 8
    [ ! -e ${lab.directory}/advertises ] || exit 0
    touch ${lab.directory}/advertises
    sysctl -q -w net.ipv6.conf.${lab.lan.bridge}.disable_ipv6=0 net.ipv6.conf.${lab.lan.bridge}.accept_dad=0
    ip -6 addr add fd87:0:0:${number}::1/64 dev ${lab.lan.bridge} nodad
    enter_group ${number}/lan
    dnsmasq --conf-file=/dev/null --user=root --interface=${lab.lan.bridge} --bind-interfaces --except-interface=lo --port=0 \\
      --enable-ra --ra-param=${lab.lan.bridge},4,60 --dhcp-range=fd87:0:0:${number}::,ra-only,64,3600 --pid-file=${lab.directory}/advertises 8>&-
    sleep 2`);
}
