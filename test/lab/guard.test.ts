import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, hostwright, recapOf, resultsOf, root } from '../integration/command.ts';
import { type Host, lab } from './lab.ts';

const PLAYBOOK = join(root, 'test/lab/guard/bridge-by-hand.ts');

/** Files and network of a host, without what changes by itself. */
const STATE = `
cd /etc/network; find . -type f | sort | xargs sha256sum
ls /etc/not-there 2>&1
ip -o addr | sed 's/ tentative//; s/valid_lft.*//; s/^[0-9]*//; s/  */ /g'; ip route; ip -6 route; bridge link | sed 's/^[0-9]*//'
cat /etc/resolv.conf`;

/** What the guard may have left: locks, units, temporary files. */
const RESIDUE = `
ls -A /var/lib/hostwright/net | grep -v -e ^last -e ^2
find /etc /run/systemd /run/network -name '*hostwright*'
systemctl list-units --all --no-legend 'hostwright*' | grep -v -w -e inactive
true`;

describe('a change of the card that carries the connection', () => {
  let host: Host;
  beforeAll(async () => {
    host = await lab.host({ name: 'kvm1', backend: 'ifupdown' });
    await writeFile(join(lab.directory, 'hosts.yaml'), lab.inventory([host]));
  });
  afterAll(() => lab.down());

  const change = async (...inputs: readonly string[]) => {
    const more = inputs.flatMap((input) => ['-e', input]);
    const ran = await events(['run', PLAYBOOK, '-i', 'hosts.yaml', ...more], { cwd: lab.directory });
    const [last] = resultsOf(ran);
    return { ran, result: last?.result as Record<string, unknown>, status: last?.status };
  };
  const state = async () => (await host.inside(STATE)).stdout;
  const residue = async () => (await host.inside(RESIDUE)).stdout;

  test('that breaks the way to the gateway is taken back at once, and nothing stays', async () => {
    const before = await state();
    const { ran, result } = await change('gateway=10.87.255.254');
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(2);
    expect(result).toMatchObject({
      failed: true,
      changed: false,
      guard: { outcome: 'ROLLED_BACK', reason: expect.stringContaining('gateway') },
    });
    expect(await state()).toBe(before);
    expect(await residue()).toBe('');
  });

  test('that is good is confirmed over a fresh login, and is not done twice', async () => {
    const { ran, result } = await change();
    expect({ code: ran.code, result }).toMatchObject({
      code: 0,
      result: { guard: { outcome: 'CONFIRMED' } },
    });
    expect(recapOf(ran, 'kvm1')).toMatchObject({ ok: 1, changed: 1 });
    expect(await residue()).toBe('');
    const again = await change();
    expect({ code: again.ran.code, result: again.result }).toEqual({ code: 0, result: { changed: false } });
    expect((await host.exec('cat /sys/class/net/eth0/master/address')).rc).toBe(0);
  });

  const block = async (name: string, playbook: string) => {
    await writeFile(join(lab.directory, `${name}.yaml`), playbook);
    return events(['run', `${name}.yaml`, '-i', 'hosts.yaml'], { cwd: lab.directory });
  };
  const guardOf = (ran: Awaited<ReturnType<typeof block>>) =>
    resultsOf(ran).findLast((event) => event.module === 'network_guard')?.result.guard;

  const BAD = `
- hosts: all
  tasks:
    - network_guard: {timeout: 60}
      block:
        - copy: {dest: /etc/network/interfaces.d/other, content: "iface other inet manual\\n"}
        - shell: ip link add other type bridge; ip addr add 10.99.0.1/24 dev other; ip route del default
        - {name: The last straw, command: "false"}
      rescue:
        - {name: Rescued, command: ip route show default}
`;
  test('a block that fails is taken back at once, then rescued over the old network', async () => {
    const before = await state();
    const ran = await block('bad', BAD);
    expect(ran.code).toBe(0);
    expect(guardOf(ran)).toMatchObject({
      outcome: 'ROLLED_BACK',
      reason: 'the task "The last straw" failed',
    });
    expect(resultsOf(ran, 'Rescued')[0]?.result.stdout).toContain(`default via ${lab.lan.address}`);
    expect(await state()).toBe(before);
    expect(await residue()).toBe('');
  });

  const GOOD = `
- hosts: all
  tasks:
    - network_guard: {timeout: 60, probe: ['ping -c 1 -W 1 GATEWAY', 'false']}
      block:
        - copy: {dest: /etc/network/interfaces.d/other, content: "iface other inet manual\\n"}
`;
  test('a block that changes something is confirmed; one that changes nothing disturbs nothing', async () => {
    const playbook = GOOD.replace('GATEWAY', lab.lan.address);
    const first = await block('good', playbook);
    expect({ code: first.code, guard: guardOf(first) }).toMatchObject({
      code: 0,
      guard: { outcome: 'CONFIRMED' },
    });
    const second = await block('good', playbook);
    expect(second.code).toBe(0);
    expect(guardOf(second)).toBeUndefined();
    expect(recapOf(second, 'kvm1')).toMatchObject({ ok: 2, changed: 0 });
    expect(await residue()).toBe('');
  });

  const LOCKOUT = `
- hosts: all
  tasks:
    - network_guard: {timeout: 20}
      block:
        - shell: nft add table inet lockout; nft 'add chain inet lockout in { type filter hook input priority 0; }'; nft add rule inet lockout in tcp dport 22 ct state new drop
`;
  test('a firewall that lets nobody in any more is taken back when the time is up', async () => {
    const rules = async () =>
      (await host.inside('nft list ruleset; iptables-save 2>/dev/null | grep -v "^#"')).stdout;
    const [before, rulesBefore] = [await state(), await rules()];
    const ran = await block('lockout', LOCKOUT);
    expect(ran.code).toBe(2);
    expect(guardOf(ran)).toMatchObject({ outcome: 'ROLLED_BACK', reason: 'nobody confirmed it in time' });
    expect(await rules()).toBe(rulesBefore);
    expect(await state()).toBe(before);
    expect(await residue()).toBe('');
  });

  const operator = (action: string) =>
    hostwright(['guard', action, 'kvm1', '-i', 'hosts.yaml'], { cwd: lab.directory });

  test('whose controller is killed waits for another operator, who may take it back or keep it', async () => {
    const before = await state();
    const dies = (...inputs: string[]) =>
      hostwright(['run', PLAYBOOK, '-i', 'hosts.yaml', ...inputs.flatMap((one) => ['-e', one])], {
        cwd: lab.directory,
        environment: { HOSTWRIGHT_GUARD_DIE_AT: 'applying' },
      });
    expect((await dies('gateway=10.87.255.254', 'timeout=60')).code).not.toBe(0);
    expect((await operator('status')).stdout).toMatch(
      /^kvm1: ARMED\. A change of the network waits to be confirmed/,
    );
    const second = await change('gateway=10.87.255.253');
    expect({ code: second.ran.code, result: second.result }).toMatchObject({
      code: 2,
      result: {
        guard: {
          outcome: 'REFUSED',
          reason: expect.stringMatching(/^Another change of this host's network is under way: run /),
        },
      },
    });
    const back = await operator('rollback');
    expect(back).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^kvm1: ROLLED_BACK\..*\n.*\n {2}reason: asked for by /),
    });
    expect(await state()).toBe(before);
    expect(await residue()).toBe('');
  });
});
