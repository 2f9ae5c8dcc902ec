import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createScope } from '../../../src/core/scope.ts';
import { hostNetwork } from '../../../src/facts/network/host-network.ts';
import { hostBridge } from '../../../src/modules/network/host_bridge.ts';
import { createExpressions } from '../../../src/playbook/expressions/index.ts';
import { type NetworkToPrint, printedNetwork } from '../../facts/network/printed-network.ts';
import { hosts } from './hosts.ts';

/** A card that no file names yet, so that everything that comes out is the backend's own. */
const BARE: Readonly<Record<string, NetworkToPrint>> = {
  ifcfg: { ...hosts.ifcfg, files: { '/etc/resolv.conf': '' } },
  ifupdown: {
    ...hosts.ifupdown,
    files: { '/etc/network/interfaces': 'source /etc/network/interfaces.d/*\n' },
  },
  nmcli: { ...hosts.nmcli, profiles: [] },
  netplan: { ...hosts.netplan, files: { '/etc/netplan/90-hostwright.yaml': 'network:\n  version: 2\n' } },
  networkd: { ...hosts.networkd, files: { '/etc/resolv.conf': '' } },
};
const FILES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ifcfg: {
    '/etc/sysconfig/network-scripts/ifcfg-br0': 'ifcfg-bridge.hbs',
    '/etc/sysconfig/network-scripts/ifcfg-eth0': 'ifcfg-port.hbs',
  },
  ifupdown: { '/etc/network/interfaces.d/br0': 'interfaces.hbs' },
  nmcli: {
    'NetworkManager profile br0': 'bridge.nmconnection.hbs',
    'NetworkManager profile br0-eth0': 'port.nmconnection.hbs',
  },
  netplan: { '/etc/netplan/90-hostwright.yaml': 'netplan.yaml.hbs' },
  networkd: {
    '/etc/systemd/network/10-br0.netdev': 'bridge.netdev.hbs',
    '/etc/systemd/network/10-br0.network': 'bridge.network.hbs',
    '/etc/systemd/network/10-eth0.network': 'port.network.hbs',
  },
};

describe.each(Object.keys(FILES))('templates of %s', (backend) => {
  const params = hostBridge.params.parse({
    name: 'br0',
    ports: ['eth0'],
    backend,
    ipv4: { address: '192.0.2.20/24', gateway: '192.0.2.1', dns: ['192.0.2.1', '192.0.2.2'] },
  });
  const stdout = new TextEncoder().encode(printedNetwork(BARE[backend] ?? {}));
  const network = hostNetwork().parse({ rc: 0, stdout, stderr: new Uint8Array() });
  const change = hostBridge.check(params, { network }, { checkMode: false, pendingChanges: false });
  const texts = new Map(change?.differences.map(({ label, after }) => [label, after]));
  const uuid = (label: string) => /^uuid=(.*)$/m.exec(String(texts.get(label)))?.[1] ?? '';
  const variables = {
    bridge: 'br0',
    nic: 'eth0',
    mac: '52:54:00:12:34:56',
    address: '192.0.2.20',
    prefix: 24,
    netmask: '255.255.255.0',
    broadcast: '192.0.2.255',
    gateway: '192.0.2.1',
    dns: ['192.0.2.1', '192.0.2.2'],
    bridge_uuid: uuid('NetworkManager profile br0'),
    port_uuid: uuid('NetworkManager profile br0-eth0'),
  };

  test.each(Object.entries(FILES[backend] ?? {}))('%s comes out as the module writes it', (label, file) => {
    const text = readFileSync(`templates/host-bridge/${file}`, 'utf8');
    expect(createExpressions().renderText(text, file, createScope([variables]), 'none')).toBe(
      texts.get(label),
    );
  });
});
