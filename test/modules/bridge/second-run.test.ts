import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostNetwork } from '../../../src/facts/network/host-network.ts';
import { editIfcfg, parseIfcfg } from '../../../src/modules/bridge/ifcfg-text.ts';
import { editIni, formatIni, parseIni } from '../../../src/modules/bridge/ini-text.ts';
import { parseInterfaces, putAside } from '../../../src/modules/bridge/interfaces-text.ts';
import { netplanTree } from '../../../src/modules/bridge/netplan-text.ts';
import { hostBridge } from '../../../src/modules/network/host_bridge.ts';
import { type NetworkToPrint, printedNetwork } from '../../facts/network/printed-network.ts';
import { addressAt, bridge, card, hosts } from './hosts.ts';

const view = { checkMode: false, pendingChanges: false };

function plan(host: NetworkToPrint, params: Record<string, unknown>) {
  const stdout = new TextEncoder().encode(printedNetwork(host));
  const network = hostNetwork().parse({ rc: 0, stdout, stderr: new Uint8Array() });
  return hostBridge.check(hostBridge.params.parse({ name: 'br0', ...params }), { network }, view);
}

/** The host as a change leaves it: files and profiles as they were written, the address at the bridge. */
function after(host: NetworkToPrint, change: NonNullable<ReturnType<typeof plan>>): NetworkToPrint {
  const { files, profiles = [] } = change.data.edits;
  const written = new Map(Object.entries(host.files ?? {}));
  for (const { path, after: text } of files) {
    if (text === null) written.delete(path);
    else written.set(path, text);
  }
  const made = profiles.flatMap(({ before, after: now }) =>
    before === null && now ? [propertiesOf(now)] : [],
  );
  const gone = profiles.filter(({ after: now }) => now === null);
  const left = (host.profiles ?? []).filter((text) => !gone.some(({ uuid }) => text.includes(uuid)));
  const kept = left.map((text) =>
    profiles.reduce(
      (whole, { uuid, after: now }) =>
        whole.includes(uuid) && now
          ? Object.entries(now).reduce(
              (lines, [key, value]) => lines.replace(new RegExp(`^${key}:.*$`, 'm'), `${key}:${value}`),
              whole,
            )
          : whole,
      text,
    ),
  );
  return {
    ...host,
    links: [card('eth0', { master: 'br0', port_state: '3' }), bridge('br0', 'eth0')],
    texts: { ...host.texts, ...addressAt('br0') },
    files: Object.fromEntries(written),
    profiles: [...kept, ...made],
  };
}

function propertiesOf(properties: Readonly<Record<string, string>>): string {
  return Object.entries({ 'connection.autoconnect': 'yes', ...properties })
    .map(([key, value]) => `${key}:${value}\n`)
    .join('');
}

/** Its files as somebody left them who says so at their beginning. */
function commented(host: NetworkToPrint): NetworkToPrint {
  const files = Object.entries(host.files ?? {}).map(([path, text]) => [path, `# Mine.\n${text}`]);
  return { ...host, files: Object.fromEntries(files) };
}

describe.each(Object.entries(hosts))('%s', (_name, plain) => {
  test.each([
    ['', plain],
    [', whose files begin with a comment', commented(plain)],
  ])('a second run finds nothing to do, with and without an address of its own%s', (_also, host) => {
    const wishes = [
      { ports: ['eth0'] },
      { ports: ['eth0'], ipv4: { address: '192.0.2.10/24', gateway: '192.0.2.1', dns: ['192.0.2.1'] } },
    ];
    for (const wish of wishes) {
      const first = plan(host, wish);
      if (!first) throw new Error('there was nothing to do');
      const left = after(host, first);
      expect(plan(left, wish)?.differences).toBeUndefined();
      // Ports are known by then, and what the bridge has is what it shall have.
      expect(plan(left, {})?.differences).toBeUndefined();
    }
  });
});

test('comments behind values of ifcfg are no part of them, and are not written', () => {
  const directory = '/etc/sysconfig/network-scripts';
  const card = `DEVICE=eth0\nBOOTPROTO=none\nIPADDR=192.0.2.10 # the office\nPREFIX=24\nGATEWAY=192.0.2.1\nBRIDGE=br0 // old\n`;
  const left = 'DEVICE=eth0\nIPADDR=192.0.2.10\nPREFIX=24\nONBOOT=yes\n';
  const files = { [`${directory}/ifcfg-office`]: card, [`${directory}/ifcfg-office.source`]: left };
  const change = plan({ ...hosts.ifcfg, files }, { ports: ['eth0'] });
  const texts = new Map(change?.data.edits.files.map(({ path, after: text }) => [path, text]));
  expect([...texts.keys()]).toEqual([
    `${directory}/ifcfg-br0`,
    `${directory}/ifcfg-office`,
    `${directory}/ifcfg-office.source`,
  ]);
  expect(texts.get(`${directory}/ifcfg-br0`)).toContain('IPADDR=192.0.2.10\n');
  expect(texts.get(`${directory}/ifcfg-office`)).toContain('BRIDGE=br0\n');
  expect(texts.get(`${directory}/ifcfg-office.source`)).toContain('ONBOOT=no\n');
  expect(change?.warnings?.join()).toContain('a second time');
});

test('the way back on ifupdown is the very file that was there', () => {
  const first = plan(hosts.ifupdown, { ports: ['eth0'] });
  const left = first && after(hosts.ifupdown, first);
  const back = left && plan(left, { state: 'absent' });
  const text = back?.data.edits.files.find(({ path }) => path === '/etc/network/interfaces')?.after;
  // Its name had left a line that another interface stands on too, and gets one of its own.
  expect(text).toContain(
    'iface eth0 inet static\n  address 192.0.2.10/24\n  gateway 192.0.2.1\n  up ip route',
  );
  expect(text).toMatch(/^auto .*eth0/m);
});

test('cloud-init is told to leave a network alone whose file was its own', () => {
  const text = `# This file is generated from information provided by the datasource.\nauto eth0\niface eth0 inet dhcp\n`;
  const host = { ...hosts.ifupdown, files: { '/etc/network/interfaces': text } };
  const paths = (files: Readonly<Record<string, string>>) =>
    plan({ ...host, files: { ...host.files, ...files } }, { ports: ['eth0'] })?.data.edits.files.map(
      ({ path }) => path,
    );
  expect(paths({})).toContain('/etc/cloud/cloud.cfg.d/99-hostwright-network.cfg');
  const off = { '/etc/cloud/cloud.cfg.d/90-own.cfg': 'network: {config: disabled}\n' };
  expect(paths(off)).not.toContain('/etc/cloud/cloud.cfg.d/99-hostwright-network.cfg');
});

describe('texts of people', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'A=1',
      "B='x y'",
      'C="q" # note',
      '[Network]',
      'Address=192.0.2.1/24',
      'auto eth0',
      'iface eth0 inet static',
      '  address 192.0.2.1',
      'iface eth0 inet \\',
      '#',
      ' ',
    ),
  );
  const text = fc.array(line, { maxLength: 14 }).map((lines) => lines.join('\n'));

  test('ifcfg: an edit says what it should, twice is once, and nothing else changes', () => {
    const value = fc.string().filter((one) => !/[\n\r]/.test(one));
    fc.assert(
      fc.property(text, value, (before, wanted) => {
        const once = editIfcfg(before, { A: wanted, B: null });
        expect(parseIfcfg(once).get('A')).toBe(wanted);
        expect(parseIfcfg(once).has('B')).toBe(false);
        expect(editIfcfg(once, { A: wanted, B: null })).toBe(once);
        expect(parseIfcfg(once).get('C')).toBe(parseIfcfg(before).get('C'));
      }),
    );
  });

  test('ini, interfaces and YAML are read whatever they are', () => {
    fc.assert(
      fc.property(text, (before) => {
        const once = formatIni(editIni(parseIni(before), 'Network', { Bridge: 'br0' }));
        expect(formatIni(editIni(parseIni(once), 'Network', { Bridge: 'br0' }))).toBe(once);
        const aside = putAside(before, parseInterfaces('f', before), 'eth0');
        expect(
          parseInterfaces('f', aside).filter(({ keyword, name }) => keyword === 'iface' && name === 'eth0'),
        ).toEqual([]);
        expect(typeof netplanTree(before)).toBe('object');
      }),
    );
  });
});
