import { lab } from '../lab/lab.ts';
import { openMeter } from './meter.ts';
import {
  ALL,
  asked,
  besides,
  type Finding,
  nobody,
  type Scenario,
  throughGateway,
  told,
  warningsOf,
} from './scenario.ts';
import type { Trial } from './trial.ts';

/** Guests of a bridge: what happens to their ports, flags and connections. */
export const guestScenarios: readonly Scenario[] = [
  {
    number: '56',
    name: 'three guests on the bridge; its gateway is changed to a wrong one',
    expected: 'ROLLED_BACK',
    backends: ALL,
    leaves: 'before',
    play: (trial) =>
      withGuests(trial, async () =>
        told(
          await trial.bridge({
            ipv4: { address: `${trial.host.address}/24`, gateway: nobody() },
          }),
        ),
      ),
  },
  {
    number: '56',
    name: 'three guests on the bridge; its address is changed, the controller killed',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'nmcli', 'netplan', 'networkd'],
    leaves: 'before',
    play: (trial) =>
      withGuests(trial, async () => {
        const address = `${lab.lan.freeAddress()}/24`;
        await trial.bridge({ ipv4: { address, gateway: lab.lan.address } }, { dieAt: 'applying' });
        return asked(trial);
      }),
  },
  {
    number: '57',
    name: 'one guest is started and another ends inside the window; wrong gateway',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'netplan', 'networkd'],
    leaves: 'before',
    play: (trial) =>
      withGuests(trial, async () => {
        await trial.host.inside(
          'ip link add vnet8 type veth peer name guest8; ip link set vnet8 master br0 up',
        );
        const moves = () =>
          trial.host.inside(`ip link del vnet8
            ip link add vnet9 type veth peer name guest9; ip link set vnet9 master br0; bridge link set dev vnet9 isolated on; ip link set vnet9 up`);
        const run = await trial.bridge(
          { ipv4: throughGateway(trial.host, nobody()) },
          { during: (step) => void (step === 'verifying' && moves()) },
        );
        const { stdout } = await trial.host.inside(
          'cat /sys/class/net/vnet9/brport/isolated; ls /sys/class/net/br0/brif; ip link del vnet9',
        );
        return besides(told(run), [/^1\neth0\n.*vnet9\n/s.test(stdout), `the new guest: ${stdout}`]);
      }),
  },
  {
    number: '58',
    name: 'a guest is started on the new bridge before that is taken back: it is named',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'nmcli', 'netplan', 'networkd'],
    leaves: 'before',
    play: async (trial) => {
      const guest = () =>
        trial.host.inside(
          'ip link add vnet9 type veth peer name guest9; ip link set vnet9 master br0; ip link set vnet9 up; touch /run/guest',
        );
      const run = await trial.bridge(
        {},
        {
          probe: ['test ! -e /run/guest'],
          during: (step) => void (step === 'settling' && guest()),
        },
      );
      await trial.host.inside('ip link del vnet9');
      return besides(told(run), [warningsOf(run).includes('vnet9'), 'the guest is not named']);
    },
  },
];

/**
 * Three guests as the bridge sees them: ports with flags of their own, and a machine with an address behind each. The first is isolated
 * from the others, the second neither learns nor floods.
 */
async function withGuests(trial: Trial, change: () => Promise<Finding>): Promise<Finding> {
  const { host } = trial;
  const made = told(await trial.bridge({}));
  if (made.outcome !== 'CONFIRMED')
    throw new Error(`the bridge for the guests was not made: ${JSON.stringify(made)}`);
  const addresses = [1, 2, 3].map(() => lab.lan.freeAddress());
  await host.inside(`
    set -e
    number=0
    for address in ${addresses.join(' ')}; do
      ip netns add guest$number
      ip link add vnet$number type veth peer name eth0 netns guest$number
      ip link set vnet$number master br0
      ip link set vnet$number up
      ip -n guest$number link set eth0 up
      ip -n guest$number addr add $address/24 dev eth0
      number=$((number + 1))
    done
    bridge link set dev vnet0 isolated on
    bridge link set dev vnet1 learning off
    bridge link set dev vnet1 hairpin on`);
  await trial.sleep(3);
  const before = await trial.state();
  const meter = openMeter(addresses[0] as string);
  const found = await change();
  await trial.sleep(2);
  return { ...found, before, guestOutage: meter.close() };
}
