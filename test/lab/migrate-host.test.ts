import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { events, hostwright, resultsOf, root } from '../integration/command.ts';
import type { Backend } from './backends.ts';
import type { Guest } from './guest.ts';
import { type Host, lab } from './lab.ts';
import { until } from './process.ts';

/** One backend takes two to three minutes; the others are for whoever changes something here: HOSTWRIGHT_LAB_LONG=1. */
const BACKENDS: readonly Backend[] =
  process.env.HOSTWRIGHT_LAB_LONG === undefined ? ['networkd'] : ['networkd', 'ifupdown', 'netplan', 'nmcli'];

afterAll(() => lab.down());

describe.each(BACKENDS)('the whole runbook on a host with four guests, over %s', (backend) => {
  test('stops where a guest does not obey, is resumed, then has nothing to do, and is taken back', {
    timeout: 900_000,
  }, async () => {
    const host = await lab.host({ libvirt: true, backend });
    const inventory = join(lab.directory, `${backend}.yaml`);
    await writeFile(inventory, host.inventory());
    const guests = await Promise.all([
      host.guest({ name: 'api', wait: 'nothing' }),
      host.guest({ name: 'build', wait: 'nothing' }),
      host.guest({ name: 'cache', nics: [{ network: 'default' }, { network: 'default' }], wait: 'nothing' }),
      host.guest({ name: 'db', wait: 'nothing' }),
    ]);
    await until(
      () => guests.every((guest) => guest.nics.every(({ mac }) => guest.address(mac))) || undefined,
      () => 'the guests have no leases',
      { timeout: 240_000 },
    );
    const [api, build, cache, db] = guests as [Guest, Guest, Guest, Guest];
    const before = await definitions(host, guests);
    expect(await bridged(guests)).toEqual([]);

    const inputs = { batch: 2, outside: [lab.lan.address], shutdown_timeout: 25, wait: 200 };
    const run = (...words: string[]) => migrate(inventory, inputs, words);

    // The cards are shown on a bridge that is still to be made; what can only be proved then is left out.
    const checked = await run('--check');
    expect({ code: checked.code, failed: checked.failed }).toEqual({ code: 0, failed: [] });
    expect(checked.changed).toEqual(expect.arrayContaining(['Make the bridge', 'Start api', 'Start db']));
    expect(checked.skipped).toContain('The host reaches api');
    expect(await definitions(host, guests)).toEqual(before);

    // This one does not hear its power button.
    expect((await cache.exec('killall acpid')).rc).toBe(0);
    const first = await run();
    expect(first.code).toBe(2);
    expect(first.failed).toEqual([expect.stringMatching(/^Shut cache down: .*cache.*25 seconds/)]);
    expect(await bridged(guests)).toEqual(['api', 'build']);
    expect(await host.answers()).toBe(true);
    expect(await cache.state()).toBe('running');
    for (const untouched of [cache, db]) {
      expect((await host.exec(`ping -c 1 -W 3 ${untouched.address()}`)).rc).toBe(0);
      expect(await definitions(host, [untouched])).toEqual({ [untouched.name]: before[untouched.name] });
    }

    expect((await cache.exec('acpid -d >/dev/null 2>&1 &')).rc).toBe(0);
    const second = summary(await events(['resume', first.runId], recorded()));
    expect({ code: second.code, failed: second.failed }).toEqual({ code: 0, failed: [] });
    expect(second.tasks.filter((task) => /(api|build|bridge$)/.test(task))).toEqual([
      'Every guest that runs is on the bridge',
    ]);
    expect(second.changed).toContain('Shut cache down');
    expect(await bridged(guests)).toEqual(['api', 'build', 'cache', 'db']);
    for (const { mac } of cache.nics) {
      expect(await lab.lan.ping((await lab.lan.lease(mac)).address)).toBe(true);
    }
    for (const guest of [api, build, cache, db]) {
      expect((await guest.exec(`ping -c 1 -W 3 ${lab.lan.address} >/dev/null`)).rc).toBe(0);
    }
    const nics = await host.exec('for d in $(virsh list --name); do virsh -q domiflist $d; done');
    expect(nics.stdout.match(/bridge +br0/g)).toHaveLength(5);

    const third = await run();
    expect({ code: third.code, changed: third.changed }).toEqual({ code: 0, changed: [] });

    const undone = await hostwright(['undo', first.runId], recorded());
    expect(undone.code, undone.stdout + undone.stderr).toBe(0);
    expect(await definitions(host, guests)).toEqual(before);
    expect((await host.exec('ls /sys/class/net | grep -x br0; ls /var/lib/hostwright/moving')).stdout).toBe(
      '',
    );
    const nat = host.natSubnet.replace('0/24', '');
    await until(
      () =>
        guests.every((guest) => guest.nics.every(({ mac }) => guest.address(mac)?.startsWith(nat))) ||
        undefined,
      () => 'the guests have no leases on NAT again',
      { timeout: 120_000 },
    );
    for (const guest of guests) {
      expect((await host.exec(`ping -c 1 -W 3 ${guest.address()}`)).rc).toBe(0);
    }
    await host.down();
  });
});

/** Where the runs are written down that are resumed and taken back. */
const recorded = () => ({ environment: { HOSTWRIGHT_RUNS: join(lab.directory, 'runs') } });

async function migrate(
  inventory: string,
  inputs: Readonly<Record<string, unknown>>,
  words: readonly string[],
) {
  const playbook = join(root, 'playbooks', 'migrate-host.yaml');
  const args = ['run', playbook, '-i', inventory, '-e', JSON.stringify(inputs), ...words];
  return summary(await events(args, recorded()));
}

function summary(ran: Awaited<ReturnType<typeof events>>) {
  const results = resultsOf(ran);
  const named = (status: string) => results.filter((one) => one.status === status);
  const tasks = (of: typeof results) => of.map(({ task }) => String(task));
  return {
    code: ran.code,
    runId: String(ran.events.at(-1)?.runId),
    tasks: tasks(results),
    changed: tasks(named('changed')),
    skipped: tasks(named('skipped')),
    failed: [...named('failed'), ...named('unreachable')].map(({ task, result }) => `${task}: ${result.msg}`),
  };
}

/** Names of the guests that the office reaches. */
async function bridged(guests: readonly Guest[]): Promise<readonly string[]> {
  const leases = lab.lan.leases();
  const answers = await Promise.all(
    guests.map(async (guest) => {
      const lease = leases.find(({ mac }) => mac === guest.mac);
      return lease !== undefined && (await lab.lan.ping(lease.address, { timeout: 0 }));
    }),
  );
  return guests.filter((_, index) => answers[index]).map(({ name }) => name);
}

async function definitions(host: Host, guests: readonly Guest[]): Promise<Record<string, string>> {
  const entries = await Promise.all(
    guests.map(async ({ name }) => [name, (await host.exec(`virsh dumpxml --inactive ${name}`)).stdout]),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}

test('a fresh machine becomes a KVM host by provision-kvm-host, and a second run finds nothing to do', async () => {
  const host = await lab.host({ libvirt: true, backend: 'ifupdown' });
  const inventory = join(lab.directory, 'fresh.yaml');
  await writeFile(inventory, host.inventory());
  await host.exec('virsh net-destroy default; virsh net-undefine default; systemctl stop libvirtd');
  const inputs = { admins: ['ada'], nat_address: '192.168.222.1/24', packages: ['lab-greeting'] };
  const playbook = join(root, 'playbooks', 'provision-kvm-host.yaml');
  const args = ['run', playbook, '-i', inventory, '-e', JSON.stringify(inputs)];
  const first = await hostwright(args);
  expect(first.code, first.stdout + first.stderr).toBe(0);
  expect((await host.exec('id -nG ada; ls /sys/class/net/br0/brif')).stdout).toMatch(/libvirt.*\neth0\n$/);
  expect((await host.exec('virsh -q net-list --autostart; ip -br -4 addr show virbr0')).stdout).toMatch(
    /default +active +yes +yes[\s\S]*192\.168\.222\.1\/24/,
  );
  const second = await events(args);
  expect(second.code).toBe(0);
  expect(resultsOf(second).filter(({ status }) => status === 'changed')).toEqual([]);
  await host.down();
});
