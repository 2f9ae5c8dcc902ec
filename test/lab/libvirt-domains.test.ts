import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { libvirtBackup } from '../../src/modules/libvirt/libvirt_backup.ts';
import { libvirtDomain } from '../../src/modules/libvirt/libvirt_domain.ts';
import { type Host, lab } from './lab.ts';
import { moduleBench } from './module-bench.ts';

let host: Host;
const { plan, perform, messageOf, runScript } = moduleBench(() => host);

beforeAll(async () => {
  host = await lab.host({ name: 'domains', libvirt: true });
  await host.inside('echo LANG=zh_CN.UTF-8 > /etc/default/locale');
});
afterAll(() => lab.down());

const said = async (script: string) => (await host.exec(`export LC_ALL=C; ${script}`)).stdout.trim();

/** As little as a person would write. */
const xml = (memory: number, devices: string, name = 'web') => `<domain type='qemu'>
  <name>${name}</name>
  <memory unit='MiB'>${memory}</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    ${devices}
    <serial type='pty'/>
    <graphics type='vnc' passwd='secret'/>
  </devices>
</domain>`;
const CARD = "<interface type='network'><source network='default'/></interface>";
const DISK =
  "<disk type='file' device='disk'><source file='/root/web.img'/><target dev='vda' bus='virtio'/></disk>";

describe('libvirt_domain', () => {
  test('defines from XML, keeps uuid, MAC and places, and finds nothing to do the second time', async () => {
    await said('truncate -s 1M /root/web.img');
    const made = await perform(libvirtDomain, { name: 'web', xml: xml(32, CARD), autostart: true });
    expect(made.result).toMatchObject({ state: 'shut off', domain: { memory_kib: 32768, autostart: true } });
    expect(JSON.stringify(made.differences)).not.toContain('secret');
    expect(await plan(libvirtDomain, { name: 'web', xml: xml(32, CARD), autostart: true })).toBeNull();
    const identity = () => said("virsh dumpxml --inactive web | grep -E 'uuid|mac address|function='");
    const before = await identity();
    const grown = await perform(libvirtDomain, { name: 'web', xml: xml(48, CARD + DISK) });
    expect((await identity()).split('\n')).toEqual(expect.arrayContaining(before.split('\n')));
    expect(
      await said('virsh dumpxml --inactive --security-info web | grep -cE "49152|vda|passwd=\'secret\'"'),
    ).toBe('4');
    expect(await plan(libvirtDomain, { name: 'web', xml: xml(48, CARD + DISK) })).toBeNull();
    await grown.undo();
    expect(await identity()).toBe(before);
    await perform(libvirtDomain, { name: 'web', xml: xml(48, DISK) });
    expect(await said('virsh -q domiflist web')).toBe('');
    await perform(libvirtDomain, { name: 'web', xml: xml(48, CARD) });
  });

  test('starts, says what counts only from the next start, pulls the plug', async () => {
    const started = await perform(libvirtDomain, { name: 'web', state: 'running' });
    expect(await plan(libvirtDomain, { name: 'web', state: 'running' })).toBeNull();
    expect(started.result).toMatchObject({ state: 'running', pending_restart: false });
    const changed = await perform(libvirtDomain, { name: 'web', xml: xml(40, CARD), state: 'running' });
    expect(changed.result).toMatchObject({ state: 'running', pending_restart: true });
    expect(await plan(libvirtDomain, { name: 'web', xml: xml(40, CARD) })).toBeNull();
    await said('virsh suspend web');
    await perform(libvirtDomain, { name: 'web', state: 'running' });
    const stopped = await perform(libvirtDomain, { name: 'web', state: 'destroyed' });
    expect(await said('virsh domstate web')).toBe('shut off');
    await stopped.undo();
    expect(await said('virsh domstate web')).toBe('running');
  });

  test('odd names, and a domain without a definition: kept, switched off, gone', async () => {
    const name = "Büro 2 (alt) & 'neu'";
    const written = xml(16, '', 'Büro 2 (alt) &amp; &apos;neu&apos;').replace(/<graphics.*/, '');
    await perform(libvirtDomain, { name, xml: written, state: 'running' });
    expect(await plan(libvirtDomain, { name, xml: written, state: 'running' })).toBeNull();
    await said(`virsh undefine "${name}"`);
    const backup = { domains: [name], networks: [], dest: '/root/transient' };
    await perform(libvirtBackup, backup);
    expect(await plan(libvirtBackup, backup)).toBeNull();
    await perform(libvirtDomain, { name, state: 'destroyed' });
    expect(await plan(libvirtDomain, { name, state: 'absent' })).toBeNull();
  });

  test('a guest that does not obey is left running, or its plug pulled, as was asked', async () => {
    const params = libvirtDomain.params.parse({ name: 'web', state: 'shutdown', shutdown_timeout: 1 });
    const change = await plan(libvirtDomain, { name: 'web', state: 'shutdown', shutdown_timeout: 1 });
    const refused = await runScript(libvirtDomain.apply(change as never, params));
    expect(refused).toMatchObject({ rc: 1 });
    expect(refused.said).toContain('The domain web did not shut down within 1 seconds; it still runs.');
    await perform(libvirtDomain, {
      name: 'web',
      state: 'shutdown',
      shutdown_timeout: 1,
      on_timeout: 'destroy',
    });
    expect(await said('virsh domstate web')).toBe('shut off');
  });

  test('refuses what cannot be beside what is there', async () => {
    const mac = await said("virsh domiflist web | sed -n 's/.*\\(52:54[0-9a-f:]*\\).*/\\1/p'");
    const other = xml(32, CARD.replace('<source', `<mac address='${mac.toUpperCase()}'/><source`), 'other');
    expect(await messageOf(plan(libvirtDomain, { name: 'other', xml: other }))).toBe(
      `The MAC address ${mac} for the domain other belongs to the domain web.`,
    );
    const place = "<address type='pci' bus='0' slot='7'/>";
    const twice = [CARD, CARD].map((card) => card.replace('</i', `${place}</i`)).join('');
    expect(await messageOf(plan(libvirtDomain, { name: 'other', xml: xml(32, twice, 'other') }))).toMatch(
      /^The PCI address 0000:00:07\.0 of the domain other is given to both interface 52:.* and interface 52:.*\.$/,
    );
  });

  test('removes and brings back', async () => {
    const uuid = await said('virsh domuuid web');
    const removed = await perform(libvirtDomain, { name: 'web', state: 'absent' });
    expect(await plan(libvirtDomain, { name: 'web', state: 'absent' })).toBeNull();
    expect(await messageOf(plan(libvirtDomain, { name: 'web', state: 'running' }))).toBe(
      'The host has no domain web; it has none at all.',
    );
    await removed.undo();
    expect(await said('virsh domuuid web; virsh dominfo web | grep Autostart')).toBe(
      `${uuid}\n\nAutostart:      enable`,
    );
    expect(await said('stat -c %a /var/lib/hostwright/libvirt/domains/web.*.xml | sort -u')).toBe('600');
  });
});
