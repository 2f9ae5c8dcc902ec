import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { libvirtNetwork } from '../../src/modules/libvirt/libvirt_network.ts';
import { type Host, lab } from './lab.ts';
import { moduleBench } from './module-bench.ts';

let host: Host;
const { plan, perform, messageOf, runScript } = moduleBench(() => host);

beforeAll(async () => {
  host = await lab.host({ name: 'networks', libvirt: true });
  // The host speaks another language than the parsers.
  await host.inside('echo LANG=zh_CN.UTF-8 > /etc/default/locale');
});
afterAll(() => lab.down());

const said = async (script: string) => (await host.exec(`export LC_ALL=C; ${script}`)).stdout.trim();
describe('libvirt_network', () => {
  test('makes a NAT network from a model, and a second run finds nothing to do', async () => {
    const lab = {
      name: 'lab',
      forward: 'nat',
      ips: [{ address: '10.91.1.0/24', dhcp: { ranges: [{ start: '10.91.1.100', end: '10.91.1.199' }] } }],
      state: 'active',
      autostart: true,
    };
    const made = await perform(libvirtNetwork, lab);
    expect(await plan(libvirtNetwork, lab)).toBeNull();
    expect(made.result).toMatchObject({
      bridge: 'virbr1',
      pending_restart: false,
      network: {
        active: true,
        autostart: true,
        persistent: true,
        forward: 'nat',
        ips: [{ address: '10.91.1.1' }],
      },
    });
    expect(
      await said(
        'virsh -q net-list --all; ip -br -4 addr show virbr1; iptables -t nat -S | grep -c 10.91.1.0',
      ),
    ).toMatch(/lab +active +yes +yes\n[\s\S]*10\.91\.1\.1\/24[\s\S]*\n[1-9]/);
    await made.undo();
    expect(await said('virsh -q net-list --all --name; ip link show virbr1 2>&1')).toMatch(
      /^default\n+Device .* does not exist/,
    );
  });

  test('isolated network, with everything said', async () => {
    const inside = {
      name: 'inside',
      forward: 'none',
      bridge: { name: 'virbr7', stp: false, delay: 3, mac: '52:54:00:EB:99:B0' },
      domain: 'inside.example',
      mtu: 1400,
      ips: [
        {
          address: '10.91.7.1/24',
          dhcp: {
            ranges: [{ start: '10.91.7.128', end: '10.91.7.254' }],
            hosts: [{ mac: '52:54:00:00:00:07', ip: '10.91.7.7', name: 'seven' }],
          },
        },
        { address: 'fd00:7::1/64' },
      ],
      state: 'active',
    };
    await perform(libvirtNetwork, inside);
    expect(await plan(libvirtNetwork, inside)).toBeNull();
    expect(await said('virsh net-dumpxml inside | grep -v uuid')).toBe(`<network>
  <name>inside</name>
  <bridge name='virbr7' stp='off' delay='3'/>
  <mtu size='1400'/>
  <mac address='52:54:00:eb:99:b0'/>
  <domain name='inside.example'/>
  <ip address='10.91.7.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='10.91.7.128' end='10.91.7.254'/>
      <host mac='52:54:00:00:00:07' name='seven' ip='10.91.7.7'/>
    </dhcp>
  </ip>
  <ip family='ipv6' address='fd00:7::1' prefix='64'>
  </ip>
</network>`);
    const stopped = await perform(libvirtNetwork, { name: 'inside', state: 'inactive' });
    expect(stopped.differences).toEqual(['state of network/inside: active -> inactive']);
    await stopped.undo();
    const removed = await perform(libvirtNetwork, { name: 'inside', state: 'absent' });
    expect(await plan(libvirtNetwork, { name: 'inside', state: 'absent' })).toBeNull();
    await removed.undo();
    expect(await plan(libvirtNetwork, inside)).toBeNull();
    await perform(libvirtNetwork, { name: 'inside', state: 'absent' });
  });

  test('refuses subnets and bridges that are taken', async () => {
    const other = (address: string, bridge?: string) =>
      messageOf(
        plan(libvirtNetwork, {
          name: 'other',
          forward: 'nat',
          ...(bridge ? { bridge: { name: bridge } } : {}),
          ips: [{ address }],
        }),
      );
    expect(await other('192.168.122.128/25')).toBe(
      'The subnet 192.168.122.129/25 of the network other overlaps with 192.168.122.1/24 of the network default.',
    );
    expect(await other('10.87.0.1/16')).toMatch(
      /^The subnet 10\.87\.0\.1\/16 of the network other overlaps with 10\.87\.\d+\.11\/24 of the interface eth0\.$/,
    );
    expect(await other('10.91.2.1/24', 'virbr0')).toBe(
      'The network other cannot have the bridge virbr0, which belongs to the network default.',
    );
    expect(await messageOf(plan(libvirtNetwork, { name: 'nothing', state: 'active' }))).toBe(
      'The host has no virtual network nothing (it has default).',
    );
  });

  test('makes a network that net-create made persistent, and keeps it running', async () => {
    await said(`virsh net-create /dev/stdin <<'EOF'
<network><name>passing</name><bridge name='virbr8'/><ip address='10.91.8.1' prefix='24'/></network>
EOF`);
    await perform(libvirtNetwork, { name: 'passing', state: 'active', autostart: true });
    expect(await said('virsh -q net-list --all | grep passing')).toMatch(/passing +active +yes +yes/);
    await perform(libvirtNetwork, { name: 'passing', state: 'absent' });
  });
});

describe('libvirt_network on a network that runs, with guests on it', () => {
  test('DHCP changes live; what needs a restart is pending, then done, and taps come back with their flags', async () => {
    const xml = (range: string, more = '', domain = '') => `<network>
  <name>busy</name>
  <forward mode='nat'/>
  ${domain}
  <ip address='10.91.5.1' prefix='24'><dhcp><range start='10.91.5.10' end='10.91.5.${range}'/>${more}</dhcp></ip>
</network>`;
    await perform(libvirtNetwork, { name: 'busy', xml: xml('90'), state: 'active' });
    const guests = [];
    for (const name of ['one', 'two']) guests.push(await host.guest({ name, network: 'busy', os: false }));
    // Their taps are all that matters; a domain without a system only burns time.
    await said('virsh suspend one; virsh suspend two');
    const ports = () =>
      said(
        'for p in /sys/class/net/virbr1/brif/*; do echo "$(basename $p) $(cat $p/isolated) $(cat $p/hairpin_mode) $(cat $p/state)"; done',
      );
    await said('bridge link set dev vnet1 isolated on hairpin on');
    await said(
      'for i in 1 2 3 4 5 6 7 8 9 10; do grep -qv 3 /sys/class/net/virbr1/brif/*/state || break; sleep 0.3; done',
    );
    const before = await ports();
    expect(before).toBe('vnet0 0 0 3\nvnet1 1 1 3');
    const uuid = await said('virsh net-uuid busy');

    const host7 = "<host mac='52:54:00:00:00:07' ip='10.91.5.7'/>";
    const updated = await perform(libvirtNetwork, { name: 'busy', xml: xml('99', host7) });
    expect(updated.result).toMatchObject({ pending_restart: false });
    expect(
      await said('virsh net-dumpxml busy | grep -cE "10.91.5.(99|7)"; ip -br link show virbr1 | wc -l'),
    ).toBe('2\n1');
    expect(await ports()).toBe(before);
    await updated.undo();
    expect(await said('virsh net-dumpxml busy | grep -cE "10.91.5.(90|7)"')).toBe('1');

    const wish = { name: 'busy', xml: xml('90', '', "<domain name='busy.example'/>") };
    const waiting = await perform(libvirtNetwork, wish);
    expect(waiting.result).toMatchObject({ pending_restart: true, network: { domain: null } });
    expect(await plan(libvirtNetwork, wish)).toBeNull();
    expect(
      await said(
        'virsh net-dumpxml busy | grep -c busy.example; virsh net-dumpxml --inactive busy | grep -c busy.example',
      ),
    ).toBe('0\n1');

    const restarted = await perform(libvirtNetwork, { ...wish, restart: 'if_needed' });
    expect(restarted.differences.map((text) => text.split(':')[0])).toEqual(['running XML of network/busy']);
    expect(restarted.result).toMatchObject({
      pending_restart: false,
      network: { uuid, domain: 'busy.example' },
    });
    expect((await ports()).replaceAll(/\d$/gm, '')).toBe(before.replaceAll(/\d$/gm, ''));
    expect(await plan(libvirtNetwork, { ...wish, restart: 'if_needed' })).toBeNull();
    await restarted.undo();
    expect((await ports()).replaceAll(/\d$/gm, '')).toBe(before.replaceAll(/\d$/gm, ''));

    const removal = await plan(libvirtNetwork, { name: 'busy', state: 'absent' });
    expect(removal?.warnings).toEqual(['guests lose their connection to the network busy: vnet0, vnet1']);
    for (const guest of guests) await guest.remove();
    expect(await said('ls /var/lib/hostwright/libvirt/networks | grep -c busy')).toMatch(/^[3-9]$/);
  });

  test('a mistake that libvirt would drop in silence is refused', async () => {
    const xml =
      "<network><name>typo</name><brige name='virbr9'/><ip address='10.91.9.1' prefix='24'/></network>";
    const change = await plan(libvirtNetwork, { name: 'typo', xml });
    const params = libvirtNetwork.params.parse({ name: 'typo', xml });
    const refused = await runScript(libvirtNetwork.apply(change as never, params));
    expect(refused.rc).toBe(1);
    expect(refused.said).toContain('Element network has extra content: brige');
    expect(await said('virsh -q net-list --all --name')).not.toContain('typo');
  });
});
