import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { libvirtNic } from '../../src/modules/libvirt/libvirt_nic.ts';
import { type Guest, type Host, lab } from './lab.ts';
import { moduleBench } from './module-bench.ts';

let host: Host;
let tap: Guest;
let system: Guest;
const { plan, perform, messageOf, runScript } = moduleBench(() => host);

beforeAll(async () => {
  host = await lab.host({ name: 'nics', libvirt: true });
  await host.inside(
    'echo LANG=zh_CN.UTF-8 > /etc/default/locale; ip link add brx type bridge; ip link set brx up',
  );
  [tap, system] = await Promise.all([
    host.guest({ name: 'tap', network: 'default', os: false }),
    host.guest({ name: 'system', network: 'default' }),
  ]);
  // Its tap is all that matters; a domain without a system only burns time.
  await host.inside('virsh suspend tap');
});
afterAll(() => lab.down());

const said = async (script: string) => (await host.exec(`export LC_ALL=C; ${script}`)).stdout.trim();
/** MAC, place on the PCI bus and source of each card, as it runs and as it is defined. */
const cards = (domain: string) =>
  said(`for what in '' --inactive; do
    virsh dumpxml $what ${domain} | sed -n '/<interface/,/<.interface/p' |
      sed -n "s/.*mac address='\\([^']*\\).*/\\1/p; s/.*source \\([a-z]*\\)='\\([^']*\\).*/  \\1 \\2/p; s/.*slot='\\([^']*\\).*/  \\1/p"
    done | tr -d '\\n' | sed 's/52:54:/\\n&/g'`);
const master = (name: string) => said(`basename $(readlink /sys/class/net/${name}/master)`);

describe('libvirt_nic on a running domain', () => {
  test('moves a card from the network to a bridge and back; MAC address and place stay', async () => {
    const move = { domain: 'tap', match: { network: 'default' }, source: { bridge: 'brx' } };
    const before = await cards('tap');
    const name = await said('virsh -q domiflist tap | cut -d" " -f2');
    const moved = await perform(libvirtNic, move);
    expect(await plan(libvirtNic, move)).toBeNull();
    expect(await cards('tap')).toBe(before.replaceAll('network default', 'bridge brx'));
    expect(await master(name)).toBe('brx');
    expect(moved.result).toMatchObject({ mac: tap.mac, nic: { bridge: 'brx', live: true, config: true } });
    expect(
      Object.values(moved.result.xml as object).every((xml) => String(xml).includes("bridge='brx'")),
    ).toBe(true);
    await moved.undo();
    expect(await cards('tap')).toBe(before);
    expect(await master(name)).toBe('virbr0');
  });

  test('moves it in the definition alone, then finds the rest to do', async () => {
    const source = { bridge: 'brx' };
    await perform(libvirtNic, { domain: 'tap', mac: tap.mac, source, scope: 'config' });
    const rest = await plan(libvirtNic, { domain: 'tap', mac: tap.mac.toUpperCase(), source });
    expect(rest?.differences.map(({ label }) => label)).toEqual([
      `running network card ${tap.mac} of domain/tap`,
    ]);
    await perform(libvirtNic, { domain: 'tap', mac: tap.mac, source: { network: 'default' } });
  });

  test('attaches a card to a chosen network once, the same in both definitions; link and model', async () => {
    const add = { domain: 'tap', source: { bridge: 'brx' }, model: 'e1000' };
    const added = await perform(libvirtNic, add);
    expect(await plan(libvirtNic, add)).toBeNull();
    const mac = String(added.result.mac);
    expect((await cards('tap')).split('\n').filter((line) => line.startsWith(mac))).toHaveLength(2);
    expect(new Set((await cards('tap')).split('\n').filter((line) => line.startsWith(mac))).size).toBe(1);
    const pulled = await perform(libvirtNic, { domain: 'tap', mac, link: 'down' });
    expect(await said(`virsh domif-getlink tap ${mac}; virsh domif-getlink tap ${mac} --config`)).toMatch(
      /down[\s\S]*down/,
    );
    await pulled.undo();
    expect(await said(`virsh domif-getlink tap ${mac}`)).toMatch(/up$/);
    const other = await perform(libvirtNic, { domain: 'tap', mac, model: 'rtl8139' });
    expect(await plan(libvirtNic, { domain: 'tap', mac, model: 'rtl8139' })).toBeNull();
    expect(
      await said(`virsh -q domiflist tap | grep ${mac}; virsh -q domiflist tap --inactive | grep ${mac}`),
    ).toMatch(/e1000[\s\S]*rtl8139/);
    await other.undo();
    expect(await messageOf(plan(libvirtNic, { domain: 'tap', mac, model: 'ne3000' }))).toMatch(
      /^The emulator of the domain tap has no network card ne3000; it has e1000, .*rtl8139, .*virtio, .*vmxnet3\.$/,
    );
  });

  test('refuses what is not clear, taken or not there', async () => {
    await perform(libvirtNic, {
      domain: 'tap',
      mac: '52:54:00:00:00:77',
      source: { bridge: 'brx' },
      scope: 'config',
    });
    const message = (wish: Record<string, unknown>) =>
      messageOf(plan(libvirtNic, { domain: 'tap', ...wish }));
    expect(await message({ match: { bridge: 'brx' }, state: 'absent' })).toMatch(
      /^Several network cards of the domain tap fit bridge brx: 52:54:.*, 52:54:00:00:00:77\.$/,
    );
    expect(await message({ mac: system.mac, source: { bridge: 'brx' } })).toBe(
      `The MAC address ${system.mac} for the domain tap belongs to the domain system.`,
    );
    expect(await message({ mac: tap.mac, source: { bridge: 'nowhere' } })).toBe(
      'The host has no bridge nowhere (it has brx, virbr0).',
    );
    expect(await message({ mac: tap.mac, source: { network: 'nowhere' } })).toBe(
      'The host has no virtual network nowhere (it has default).',
    );
    expect(await message({ match: { network: 'other' }, link: 'down' })).toContain(
      `No network card of the domain tap fits network other; it has ${tap.mac} on network default`,
    );
    await perform(libvirtNic, { domain: 'tap', mac: '52:54:00:00:00:77', state: 'absent' });
  });

  test('works on a domain that is off', async () => {
    await tap.destroy();
    const moved = await perform(libvirtNic, { domain: 'tap', mac: tap.mac, source: { bridge: 'brx' } });
    expect(moved.result).toMatchObject({ xml: { live: null } });
    expect(
      await messageOf(plan(libvirtNic, { domain: 'tap', mac: tap.mac, link: 'down', scope: 'live' })),
    ).toBe('The domain tap is not running, so scope: live cannot be done.');
    await tap.start();
    expect(await said('virsh -q domiflist tap | grep -c brx')).toBe('2');
  });
});

describe('libvirt_nic on a guest with an operating system', () => {
  test('adds a card that the guest sees, and takes it away when the guest has let go', async () => {
    const add = { domain: 'system', mac: '52:54:00:00:00:88', source: { network: 'default' } };
    const added = await perform(libvirtNic, add);
    const seen = async () => (await system.exec('cat /sys/class/net/*/address')).output;
    await expect.poll(seen, { timeout: 60_000 }).toContain('52:54:00:00:00:88');
    const removed = await perform(libvirtNic, { domain: 'system', mac: add.mac, state: 'absent' });
    expect(await seen()).not.toContain(add.mac);
    expect(await plan(libvirtNic, { domain: 'system', mac: add.mac, state: 'absent' })).toBeNull();
    await removed.undo();
    await expect.poll(seen, { timeout: 60_000 }).toContain(add.mac);
    await added.undo();
    expect(await cards('system')).not.toContain(add.mac);
  });

  test('says so where a guest does not let go, and leaves the definition', async () => {
    const wish = { domain: 'tap', mac: tap.mac, state: 'absent' };
    const change = await plan(libvirtNic, wish);
    const script = libvirtNic.apply(change as never, libvirtNic.params.parse(wish));
    // The wait itself is not what is tried here.
    const stuck = await runScript({ ...script, text: script.text.replaceAll('-ge 30', '-ge 3') });
    expect(stuck.rc).toBe(1);
    expect(stuck.said).toContain(`The guest did not let go of the network card ${tap.mac} within 30 seconds`);
    expect((await cards('tap')).split('\n').filter((line) => line.startsWith(tap.mac))).toHaveLength(2);
  });
});
