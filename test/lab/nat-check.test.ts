import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Event, events, recapOf, resultsOf, root } from '../integration/command.ts';
import type { Guest } from './guest.ts';
import { type Host, lab } from './lab.ts';
import { until } from './process.ts';

type Result = Event & { readonly result: Record<string, unknown> };

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
}

describe('what guests on NAT depend on, and what they see', () => {
  let host: Host;
  let inventory: string;
  let guest: Guest;
  let other: Guest;
  let gateway: string;

  beforeAll(async () => {
    host = await lab.host({ libvirt: true });
    inventory = join(lab.directory, 'hosts.yaml');
    await writeFile(inventory, host.inventory());
    gateway = host.natSubnet.replace('0/24', '1');
    [guest, other] = await Promise.all([
      host.guest({ name: 'web' }),
      host.guest({ name: 'tap', os: false, network: 'default' }),
    ]);
  });
  afterAll(() => lab.down());

  /** Runs tasks, and gives their results. */
  async function run(tasks: readonly unknown[], ...options: readonly string[]) {
    const file = join(lab.directory, 'tasks.yaml');
    await writeFile(file, JSON.stringify([{ hosts: 'all', gather_facts: false, tasks }]));
    const ran = await events(['run', file, '-i', inventory, ...options]);
    return { code: ran.code, results: resultsOf(ran) as readonly Result[], recap: recapOf(ran, host.name) };
  }

  async function one(task: unknown): Promise<Result> {
    const { results } = await run([task]);
    expect(results).toHaveLength(1);
    return results[0] as Result;
  }

  async function wrong(): Promise<readonly string[]> {
    const { result } = await one({ nat_check: { fail: false } });
    return (result.findings as readonly Finding[]).filter(({ ok }) => !ok).map(({ what }) => what);
  }

  const pingFromGuest = async (address: string) =>
    (await guest.exec(`ping -c 1 -W 2 ${address} >/dev/null`)).rc === 0;

  test('a host as libvirt makes it: every finding is good, twice (P55 to P60)', async () => {
    for (let round = 0; round < 2; round++) {
      const { status, result } = await one({ nat_check: {} });
      expect(status).toBe('ok');
      const findings = result.findings as readonly Finding[];
      expect(findings.filter(({ ok }) => !ok)).toEqual([]);
      const found = Object.fromEntries(findings.map((finding) => [finding.what, finding.found]));
      expect(found).toMatchObject({
        'address of virbr0': `${gateway}/24`,
        'carrier of virbr0': 'up',
        'taps on virbr0': '2',
        ip_forward: '1',
        [`MASQUERADE of ${host.natSubnet}, tcp`]: 'there',
        'DHCP in on virbr0, udp': 'there',
      });
      expect(found.leases).toContain(`${guest.address()} for ${guest.mac}`);
      expect(result.networks).toMatchObject([
        {
          name: 'default',
          forward: 'nat',
          bridge: 'virbr0',
          leases: expect.arrayContaining([expect.objectContaining({ mac: guest.mac })]),
        },
      ]);
    }
  });

  test('rules are found by nft alone, and in a foreign locale', async () => {
    await host.exec('mv /usr/sbin/iptables-save /usr/sbin/iptables-save.away');
    await host.write('/etc/default/locale', 'LANG=zh_CN.UTF-8\nLC_ALL=zh_CN.UTF-8\n');
    expect(await wrong()).toEqual([]);
    await host.exec('mv /usr/sbin/iptables-save.away /usr/sbin/iptables-save; rm /etc/default/locale');
  });

  test('what is broken is named, and the tasks of the finding mend it', async () => {
    const breakages: readonly (readonly [string, readonly string[]])[] = [
      ['echo 0 > /proc/sys/net/ipv4/ip_forward', ['ip_forward']],
      ['ip link set vnet1 nomaster', ['taps on virbr0']],
      [
        'iptables -t nat -F LIBVIRT_PRT; iptables -D LIBVIRT_INP -i virbr0 -p udp --dport 67 -j ACCEPT; kill $(cat /run/libvirt/network/default.pid)',
        [
          'its dnsmasq',
          `DNS on udp ${gateway}:53`,
          `DNS on tcp ${gateway}:53`,
          'DHCP on udp *:67',
          `MASQUERADE of ${host.natSubnet}, tcp`,
          `MASQUERADE of ${host.natSubnet}, udp`,
          `MASQUERADE of ${host.natSubnet}, any protocol`,
          'DHCP in on virbr0, udp',
        ],
      ],
    ];
    for (const [script, expected] of breakages) {
      expect((await host.exec(script)).rc).toBe(0);
      const failed = await one({ nat_check: {} });
      expect(failed.status).toBe('failed');
      const findings = failed.result.findings as readonly Finding[];
      expect(findings.filter(({ ok }) => !ok).map(({ what }) => what)).toEqual(expected);
      const mended = await run(failed.result.fix_tasks as readonly unknown[]);
      expect({ code: mended.code, msgs: mended.results.flatMap(({ result }) => result.msg ?? []) }).toEqual({
        code: 0,
        msgs: [],
      });
      expect(await wrong()).toEqual([]);
      // A port that comes back listens and learns first, where STP is on.
      await until(
        async () => (await pingFromGuest(gateway)) || undefined,
        () => 'the guest does not reach its host',
      );
    }
  });

  test('without a guest, NO-CARRIER is no fault; another DNS server on every address is (P55, P56)', async () => {
    await other.destroy();
    await guest.destroy();
    const { result, status } = await one({ nat_check: {} });
    expect(status).toBe('ok');
    expect(result.findings).toContainEqual(
      expect.objectContaining({ what: 'carrier of virbr0', ok: true, found: 'NO-CARRIER or down' }),
    );
    await host.exec('virsh net-destroy default');
    const down = await one({ nat_check: { network: 'default' } });
    expect(down).toMatchObject({ status: 'failed' });
    expect(down.result.fix_tasks).toEqual([
      { libvirt_network: { name: 'default', state: 'active', autostart: true } },
    ]);
    expect((await run(down.result.fix_tasks as readonly unknown[])).code).toBe(0);
    await Promise.all([guest.start(), other.start()]);
  });

  test('a tap that falls off loses the guest, one that is put back brings it back (P54)', async () => {
    const seen = async (reachable: boolean) => {
      const { code } = await run([
        { reachability: { to: guest.address(), reachable, timeout: 10 } },
        {
          reachability: { from: 'guest', guest: 'web', to: gateway, reachable, via: 'console', timeout: 10 },
        },
      ]);
      expect(code).toBe(0);
    };
    await seen(true);
    const tap = (await host.exec("virsh -q domiflist web | awk '{ print $1 }'")).stdout.trim();
    await host.exec(`ip link set ${tap} nomaster`);
    await seen(false);
    expect((await run([{ libvirt_reattach: { domains: ['web'] } }])).recap?.changed).toBe(1);
    expect((await run([{ libvirt_reattach: { domains: ['web'] } }])).recap?.changed).toBe(0);
    await seen(true);
  });

  test('what NAT promises: out through the host, and nobody in (P34, P52, P61)', async () => {
    const verified = await events([
      ...['run', join(root, 'playbooks/verify-network.yaml'), '-i', inventory],
      ...['-e', JSON.stringify({ guests: ['web'], outside: [lab.lan.address] })],
    ]);
    expect(verified.code, JSON.stringify(resultsOf(verified).map(({ result }) => result.msg))).toBe(0);
    const [out] = resultsOf(verified, 'What leaves a guest goes through the host');
    expect(out?.result).toMatchObject({ from: 'web', via: 'console', first_hop: gateway });
    expect(await lab.lan.ping(guest.address() ?? '', { timeout: 0 })).toBe(false);
    expect(await pingFromGuest(lab.lan.address)).toBe(true);
  });
});
