import { lab } from '../lab/lab.ts';
import { openMeter } from './meter.ts';
import { ALL, asked, type Finding, nobody, type Scenario, told } from './scenario.ts';
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
