import { lab } from '../lab/lab.ts';
import { type Finding, nobody, type Scenario } from './scenario.ts';
import { openTerminal } from './terminal.ts';
import type { Trial } from './trial.ts';

type Fault = 'good' | 'killed' | 'gateway' | 'power' | 'restart';

const NAMES: Readonly<Record<Fault, readonly [number: string, name: string]>> = {
  good: ['0', 'a good change (negative control)'],
  killed: ['3', 'controller killed in the middle of the change'],
  gateway: ['14', 'wrong gateway, controller on the same segment'],
  power: ['39', 'power cut while it is armed'],
  restart: ['43', 'NetworkManager restarted in the window, controller gone'],
};

const SECONDS = 20;

/** The same faults, put to what hosts bring along. Their timeout is 20 s; the judge is the same. */
export const rivals: readonly (Scenario & { readonly tool: string })[] = [
  ...(['good', 'killed', 'gateway', 'power'] as const).flatMap((fault) => [
    rival('netplan try', 'netplan', fault, netplanTry),
    rival('NM checkpoint', 'nmcli', fault, checkpoint),
  ]),
  rival('NM checkpoint', 'nmcli', 'restart', checkpoint),
];

function rival(
  tool: string,
  backend: 'netplan' | 'nmcli',
  fault: Fault,
  play: (trial: Trial, fault: Fault) => Promise<Finding>,
): Scenario & { readonly tool: string } {
  const [number, name] = NAMES[fault];
  return {
    number,
    name,
    tool,
    backends: [backend],
    expected: fault === 'good' ? 'CONFIRMED' : 'ROLLED_BACK',
    leaves: fault === 'good' ? 'after' : 'before',
    play: (trial) => play(trial, fault),
  };
}

/**
 * In a login of its own with a terminal, as its user starts it; a bridge without parameters, since it refuses others. Every fault comes in
 * the window, when the bridge is up and Enter is asked for.
 */
async function netplanTry(trial: Trial, fault: Fault): Promise<Finding> {
  const { host } = trial;
  const gateway = fault === 'gateway' ? nobody() : lab.lan.address;
  await host.write(
    '/etc/netplan/50-lab.yaml',
    `network:
  version: 2
  renderer: networkd
  ethernets: {eth0: {dhcp4: false}}
  bridges:
    br0:
      interfaces: [eth0]
      macaddress: ${host.nics[0]?.mac}
      addresses: [${host.address}/24]
      routes: [{to: default, via: ${gateway}}]
      nameservers: {addresses: [${lab.lan.address}]}
`,
    '600',
  );
  const terminal = openTerminal(host, `netplan try --timeout ${SECONDS}`);
  await terminal.until('Press ENTER');
  if (!hasBridge(await trial.state())) throw new Error('the bridge did not come up under netplan try');
  if (fault === 'good') {
    terminal.type('\r');
    const said = await terminal.ended();
    return { outcome: said.includes('accepted') ? 'CONFIRMED' : 'FAILED', message: said.slice(-200) };
  }
  // Who has a wrong gateway sees nothing of it in the same segment, and at best does not press Enter.
  if (fault === 'gateway') await terminal.ended();
  else if (fault === 'killed') {
    terminal.cut();
    await trial.sleep(SECONDS + 8);
  } else {
    await host.kill();
    terminal.cut();
    await host.start();
  }
  return hasBridge(await trial.state())
    ? { outcome: 'FAILED', wrong: ['nobody takes the change back: eth0 is still a port of br0'] }
    : { outcome: 'ROLLED_BACK' };
}

function hasBridge(state: string): boolean {
  return /^link eth0 .* master=br0$/m.test(state);
}

async function checkpoint(trial: Trial, fault: Fault): Promise<Finding> {
  const { host } = trial;
  const gateway = fault === 'gateway' ? nobody() : lab.lan.address;
  const created = await host.inside(
    `busctl call org.freedesktop.NetworkManager /org/freedesktop/NetworkManager org.freedesktop.NetworkManager CheckpointCreate aouu 0 ${SECONDS} 6`,
  );
  await host.inside(`
    nmcli connection add type bridge con-name br0 ifname br0 bridge.stp no bridge.mac-address ${host.nics[0]?.mac} \
      ipv4.method manual ipv4.addresses ${host.address}/24 ipv4.gateway ${gateway} ipv4.dns ${lab.lan.address} ipv6.method disabled
    nmcli connection add type ethernet con-name br0-eth0 ifname eth0 master br0 slave-type bridge
    nmcli --wait 15 connection up br0-eth0; nmcli --wait 15 connection up br0`);
  if (fault === 'good') {
    const path = /"(.*)"/.exec(created.stdout)?.[1];
    await host.inside(
      `busctl call org.freedesktop.NetworkManager /org/freedesktop/NetworkManager org.freedesktop.NetworkManager CheckpointDestroy o ${path}`,
    );
    return { outcome: 'CONFIRMED' };
  }
  if (fault === 'restart') await host.inside('systemctl restart NetworkManager');
  if (fault === 'power') {
    await host.kill();
    await host.start();
  } else await trial.sleep(SECONDS + 8);
  return { outcome: 'ROLLED_BACK' };
}
