import { describe, expect, test } from 'vitest';
import { hostNetwork } from '../../../src/facts/network/host-network.ts';
import { hostBridge } from '../../../src/modules/network/host_bridge.ts';
import { printedNetwork } from '../../facts/network/printed-network.ts';
import { hosts } from './hosts.ts';

const read = (network: Parameters<typeof printedNetwork>[0]) =>
  hostNetwork().parse({
    rc: 0,
    stdout: new TextEncoder().encode(printedNetwork(network)),
    stderr: new Uint8Array(),
  });

function plan(network: Parameters<typeof printedNetwork>[0], params: Record<string, unknown>) {
  const parsed = hostBridge.params.parse({ name: 'br0', ...params });
  return hostBridge.check(parsed, { network: read(network) }, { checkMode: false, pendingChanges: false });
}

/** The host's files after the change, and the texts of its profiles. */
function filesAfter(network: Parameters<typeof printedNetwork>[0], params: Record<string, unknown>) {
  const change = plan(network, params);
  return Object.fromEntries(
    (change?.differences ?? [])
      .filter(({ label }) => !/^(bridge|commands) /.test(label))
      .map(({ label, after }) => [label, after]),
  );
}

describe.each(Object.entries(hosts))('%s', (name, host) => {
  test('the card becomes a port, the bridge has all that it had', async () => {
    const change = plan(host, { ports: ['eth0'] });
    const texts = Object.entries(filesAfter(host, { ports: ['eth0'] })).map(
      ([label, after]) =>
        `===== ${label}\n${typeof after === 'string' ? after : JSON.stringify(after, null, 2)}`,
    );
    const commands = change?.differences.find(({ label }) => label.startsWith('commands'))?.after;
    await expect(`${texts.join('\n')}\n===== commands\n${commands}`).toMatchFileSnapshot(
      `expected/${name}-take-over.txt`,
    );
  });

  test('with an address, a router and name servers of its own', async () => {
    const params = {
      ports: ['eth0'],
      ipv4: { address: '192.0.2.20/25', gateway: '192.0.2.1', dns: ['192.0.2.1', '192.0.2.2'] },
      stp: true,
      forward_delay: 4,
      mtu: 9000,
      vlan_filtering: true,
    };
    const texts = Object.entries(filesAfter(host, params)).map(
      ([label, after]) =>
        `===== ${label}\n${typeof after === 'string' ? after : JSON.stringify(after, null, 2)}`,
    );
    await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot(`expected/${name}-own-address.txt`);
  });

  test('with DHCP', async () => {
    const texts = Object.entries(filesAfter(host, { ports: ['eth0'], ipv4: { method: 'dhcp' } })).map(
      ([label, after]) =>
        `===== ${label}\n${typeof after === 'string' ? after : JSON.stringify(after, null, 2)}`,
    );
    await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot(`expected/${name}-dhcp.txt`);
  });

  test('what goes back is what was there', () => {
    const change = plan(host, { ports: ['eth0'] });
    const undo =
      change && hostBridge.undo?.(change, hostBridge.params.parse({ name: 'br0', ports: ['eth0'] }));
    expect(undo?.text).toContain("trap '' HUP PIPE");
    const guarded =
      change && hostBridge.guarded?.(change, hostBridge.params.parse({ name: 'br0', ports: ['eth0'] }));
    expect(guarded?.change).toMatchObject({
      backend: name,
      interfaces: ['br0', 'eth0'],
      newInterfaces: ['br0'],
      forwardingSeconds: 0,
    });
    expect(guarded?.settings).toEqual({ timeout: 120, probe: [] });
  });
});
