import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, recapOf, resultsOf, root } from '../integration/command.ts';
import { type Host, lab } from './lab.ts';

async function play(host: Host, file: string, ...flags: readonly string[]) {
  const inventory = join(lab.directory, `${host.name}.yaml`);
  await writeFile(inventory, host.inventory());
  const ran = await events(['run', file, '-i', inventory, ...flags], { cwd: lab.directory });
  return {
    code: ran.code,
    results: resultsOf(ran).map(({ result }) => result),
    recap: recapOf(ran, host.name),
  };
}
const playbook = (name: string) => join(root, `playbooks/${name}.yaml`);
const inside = async (host: Host, script: string) => (await host.inside(script)).stdout;
const where = (host: Host, address: string) =>
  inside(host, `ip -o addr show to ${address} | awk '{ print $2 }'`);

describe('a bridge that somebody made by hand', () => {
  let ifupdown: Host;
  let nmcli: Host;
  let networkd: Host;
  beforeAll(async () => {
    [ifupdown, nmcli, networkd] = await Promise.all([
      lab.host({ name: 'brctl', backend: 'ifupdown', libvirt: true }),
      lab.host({ name: 'nmtui', backend: 'nmcli' }),
      lab.host({ name: 'six', backend: 'networkd' }),
    ]);
  });
  afterAll(() => lab.down());

  test('with brctl is adopted without disruption, and is there after a reboot', async () => {
    const { address } = ifupdown;
    await ifupdown.inside(`
      brctl addbr br0; brctl addif br0 eth0; ip link set br0 address "$(cat /sys/class/net/eth0/address)"; ip link set br0 up
      ip addr flush dev eth0; ip addr add ${address}/24 dev br0; ip route add default via ${lab.lan.address} dev br0`);
    const adopted = await play(ifupdown, playbook('create-bridge'));
    expect(adopted.results[0]).toMatchObject({ changed: true, ports: ['eth0'], backend: 'ifupdown' });
    expect(adopted.results[0]).not.toHaveProperty('guard');
    expect(JSON.stringify(adopted.results[0]?.warnings)).toContain('a reboot would have lost it');
    expect(adopted).toMatchObject({ code: 0, recap: { failed: 0 } });
    expect((await play(ifupdown, playbook('create-bridge'))).recap).toMatchObject({ changed: 0, failed: 0 });
    await ifupdown.reboot();
    expect(await where(ifupdown, address)).toBe('br0\n');
  });

  test('loses a guest, which is found and put back', async () => {
    await ifupdown.guest({ name: 'web', bridge: 'br0', os: false });
    const port = (await inside(ifupdown, 'virsh -q domiflist web')).trim().split(/\s+/)[0] ?? '';
    await inside(ifupdown, `brctl delif br0 ${port}`);
    const lost = await play(ifupdown, playbook('create-bridge'));
    expect(lost).toMatchObject({ code: 2 });
    expect(String(lost.results[1]?.msg)).toContain(`${port} of web is on none`);
    const shown = await play(ifupdown, playbook('repair-bridge-ports'), '--check');
    expect(shown).toMatchObject({ code: 0, recap: { changed: 1 } });
    expect(await inside(ifupdown, 'ls /sys/class/net/br0/brif')).toBe('eth0\n');
    const repaired = await play(ifupdown, playbook('repair-bridge-ports'));
    expect(repaired).toMatchObject({ code: 0, recap: { changed: 1, failed: 0 } });
    expect(await inside(ifupdown, 'ls /sys/class/net/br0/brif')).toBe(`eth0\n${port}\n`);
    expect(await play(ifupdown, playbook('repair-bridge-ports'))).toMatchObject({
      code: 0,
      recap: { changed: 0 },
    });
    expect(await play(ifupdown, playbook('create-bridge'))).toMatchObject({ code: 0, recap: { changed: 0 } });
  });

  test('with nmtui keeps its profiles', async () => {
    // As nmtui names and fills them; the address moves with the activation.
    await nmcli.inside(`
      nmcli -w 5 connection add type bridge con-name 'Bridge connection 1' ifname br0 bridge.stp no ipv4.method manual ipv4.addresses ${nmcli.address}/24 ipv4.gateway ${lab.lan.address} ipv4.dns ${lab.lan.address}
      nmcli connection add type bridge-slave con-name 'bridge slave eth0' ifname eth0 master br0
      nmcli -w 20 connection up 'bridge slave eth0'; sleep 2`);
    const profiles = () => inside(nmcli, 'nmcli -t -f NAME,TYPE connection show | grep -v :loopback | sort');
    const before = await profiles();
    const adopted = await play(nmcli, playbook('create-bridge'));
    expect(adopted).toMatchObject({ code: 0, recap: { failed: 0 } });
    expect(await profiles()).toBe(before);
    expect((await play(nmcli, playbook('create-bridge'))).recap).toMatchObject({ changed: 0, failed: 0 });
    await nmcli.reboot();
    expect(await where(nmcli, nmcli.address)).toBe('br0\n');
  });

  test('is given IPv6 addresses too', async () => {
    const six = 'fd87::10';
    await networkd.inside(`
      sed -i 's/^Address=.*/&\\nAddress=${six}\\/64/' /etc/systemd/network/10-eth0.network; networkctl reload; sleep 1`);
    expect(await where(networkd, six)).toBe('eth0\n');
    expect(await play(networkd, playbook('create-bridge'))).toMatchObject({
      code: 0,
      recap: { changed: 1, failed: 0 },
    });
    expect(await where(networkd, six)).toBe('br0\n');
    expect(await where(networkd, networkd.address)).toBe('br0\n');
    expect((await play(networkd, playbook('create-bridge'))).recap).toMatchObject({ changed: 0, failed: 0 });
  });
});
