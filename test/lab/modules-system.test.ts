import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemFacts } from '../../src/facts/system-facts.ts';
import { apt } from '../../src/modules/system/apt.ts';
import { packageModule } from '../../src/modules/system/package.ts';
import { service } from '../../src/modules/system/service.ts';
import { systemd } from '../../src/modules/system/systemd.ts';
import { type Host, lab } from './lab.ts';
import { moduleBench } from './module-bench.ts';

let host: Host;
const { runScript, readHost, look, plan, perform, messageOf, view } = moduleBench(() => host);

beforeAll(async () => {
  host = await lab.host({ name: 'modules' });
});
afterAll(() => host.down());

const installed = async () =>
  (await host.exec(`dpkg-query -W -f '\${Package}=\${Version} ' 'lab-*'`)).stdout.trim();
const property = async (name: string) =>
  (await host.exec(`systemctl show -p ${name} --value lab-clock.service`)).stdout.trim();

describe('packages', () => {
  test('apt installs, upgrades, pins, removes, and undo goes back', async () => {
    await host.exec('apt-get -q update');
    const pinned = await perform(apt, { name: 'lab-greeting=1.0' });
    expect(pinned.differences).toEqual(['package lab-greeting: null -> 1.0']);
    expect(await plan(apt, { name: 'lab-greeting' })).toBeNull();
    expect(await plan(apt, { name: 'lab-greeting=1.*' })).toBeNull();
    const upgraded = await perform(apt, { name: 'lab-greeting', state: 'latest' });
    expect(upgraded.differences).toEqual(['package lab-greeting: 1.0 -> 1.1']);
    expect(await installed()).toBe('lab-greeting=1.1');
    expect(await messageOf(plan(apt, { name: 'lab-greeting=1.0' }))).toBe(
      'apt-get install lab-greeting=1.0 would go back to an older version of a package.',
    );
    expect(await upgraded.undo()).toBe(true);
    expect(await installed()).toBe('lab-greeting=1.0');
    const removed = await perform(apt, { name: ['lab-greeting', 'lab-nothing'], state: 'absent' });
    expect(removed.differences).toEqual(['package lab-greeting: 1.0 -> null']);
    await removed.undo();
    expect(await installed()).toBe('lab-greeting=1.0');
    await pinned.undo();
    expect(await installed()).toBe('');
  });

  test('package does the same, and a second run finds nothing', async () => {
    const both = await perform(packageModule, {
      name: ['lab-greeting', 'lab-clock'],
      state: 'present',
      update_cache: true,
    });
    expect(both.differences).toEqual(['package lab-clock: null -> 1.0', 'package lab-greeting: null -> 1.1']);
    expect(both.result).toMatchObject({ cache_updated: true });
    expect(await plan(packageModule, { name: ['lab-greeting', 'lab-clock'], state: 'latest' })).toBeNull();
    await both.undo();
    expect(await installed()).toBe('');
    expect((await host.exec('ls /etc/lab-clock 2>&1')).rc).not.toBe(0);
  });

  test('apt leaves configuration that was there before the package', async () => {
    await perform(apt, { name: 'lab-clock' });
    await perform(apt, { name: 'lab-clock', state: 'absent' });
    expect((await host.exec('cat /etc/lab-clock/clock.conf')).stdout).toBe('INTERVAL=1\n');
    const again = await perform(apt, { name: 'lab-clock' });
    await again.undo();
    expect((await host.exec('cat /etc/lab-clock/clock.conf')).stdout).toBe('INTERVAL=1\n');
    const purged = await perform(apt, { name: 'lab-clock', state: 'absent', purge: true });
    expect(purged.differences).toHaveLength(1);
    expect((await host.exec('cat /etc/lab-clock/clock.conf')).rc).not.toBe(0);
    expect(await plan(apt, { name: 'lab-clock', state: 'absent', purge: true })).toBeNull();
  });

  test('apt fetches lists, installs a file, and names what it does not know', async () => {
    await perform(apt, { update_cache: true });
    expect(await plan(apt, { cache_valid_time: 3600 })).toBeNull();
    expect(await messageOf(plan(apt, { name: ['lab-greeting', 'lab-nothing'] }))).toBe(
      'No package named lab-nothing is known to apt on the host.',
    );
    const file = (
      await host.exec('cd /tmp && apt-get -q download lab-greeting=1.0 >/dev/null && ls /tmp/*.deb')
    ).stdout.trim();
    const local = await perform(apt, { deb: file });
    expect(await installed()).toBe('lab-greeting=1.0');
    expect(await plan(apt, { deb: file })).toBeNull();
    await local.undo();
  });
});

describe('services', () => {
  beforeAll(async () => {
    await perform(apt, { name: 'lab-clock', update_cache: true });
  });

  test.each([
    ['systemd', systemd],
    ['service', service],
  ])('%s starts, enables, restarts, stops', async (_, module) => {
    const started = await perform(module, { name: 'lab-clock', state: 'started', enabled: true });
    expect(started.differences).toEqual([
      'start at boot of lab-clock.service: disabled -> enabled',
      'state of lab-clock.service: inactive -> active',
    ]);
    expect(Object.values(started.foresaw)).toEqual([true]);
    expect(await plan(module, { name: 'lab-clock.service', state: 'started', enabled: true })).toBeNull();
    const pid = await property('MainPID');
    const restarted = await perform(module, { name: 'lab-clock', state: 'restarted' });
    expect(await property('MainPID')).not.toBe(pid);
    expect(restarted.foresaw).toEqual({});
    expect(await restarted.undo()).toBe(false);
    const stopped = await perform(module, { name: 'lab-clock', state: 'stopped' });
    expect(Object.values(stopped.foresaw)).toEqual([true]);
    await stopped.undo();
    expect(await property('ActiveState')).toBe('active');
    await started.undo();
    expect([await property('ActiveState'), await property('UnitFileState')]).toEqual([
      'inactive',
      'disabled',
    ]);
    expect(await messageOf(plan(module, { name: 'lab-nothing', state: 'started' }))).toBe(
      'The host has no unit lab-nothing.service.',
    );
  });

  test('systemd masks, and sees a service that falls over at once', async () => {
    const masked = await perform(systemd, { name: 'lab-clock', masked: true });
    await masked.undo();
    expect(await plan(systemd, { name: 'lab-clock', masked: false })).toBeNull();
    await host.write(
      '/etc/systemd/system/lab-crash.service',
      '[Service]\nExecStart=/bin/sh -c "sleep 0.1; exit 3"\n',
    );
    const params = systemd.params.parse({ name: 'lab-crash', state: 'started', daemon_reload: true });
    const change = systemd.check(params, await look(systemd, params), view);
    await runScript(systemd.apply(change as never, params));
    await host.exec('sleep 0.5');
    const left = systemd.proof?.(change as never, params, await look(systemd, params));
    expect(left?.differences).toEqual([
      { label: 'state of lab-crash.service', before: 'failed', after: 'active' },
    ]);
  });

  test('systemd is content with a program that runs once, and reloads units without a change', async () => {
    await host.write(
      '/etc/systemd/system/lab-once.service',
      '[Service]\nType=oneshot\nExecStart=/bin/true\n',
    );
    const once = await perform(systemd, { name: 'lab-once', state: 'started', daemon_reload: true });
    expect(once.differences).toEqual(['state of lab-once.service: inactive -> active']);
    await host.write(
      '/etc/systemd/system/lab-once.service',
      '[Service]\nType=oneshot\nExecStart=/bin/echo\n',
    );
    const reload = await perform(systemd, { name: 'lab-once', daemon_reload: true });
    expect(reload.differences).toEqual([]);
    expect((await host.exec('systemctl show -p NeedDaemonReload --value lab-once')).stdout).toBe('no\n');
  });

  test('systemd says why a start fails', async () => {
    await host.write(
      '/etc/systemd/system/lab-bad.service',
      '[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo no luck; exit 3"\n',
    );
    const params = systemd.params.parse({ name: 'lab-bad', state: 'started', daemon_reload: true });
    const change = systemd.check(params, await look(systemd, params), view);
    const { rc, said } = await runScript(systemd.apply(change as never, params));
    expect(rc).not.toBe(0);
    expect(said.trim().split('\n').at(-1)).toBe('no luck');
  });
});

describe('facts', () => {
  test('of a real host', async () => {
    const facts = await readHost(systemFacts());
    const release = (await host.exec('cat /etc/debian_version')).stdout.trim();
    expect(facts).toMatchObject({
      distribution: 'Debian',
      distribution_version: release,
      os_family: 'Debian',
      hostname: 'modules',
      pkg_mgr: 'apt',
      service_mgr: 'systemd',
      user_id: 'root',
      default_ipv4: {
        address: host.address,
        interface: 'eth0',
        gateway: lab.lan.address,
        macaddress: host.nics[0]?.mac,
      },
      eth0: { active: true, type: 'ether', macaddress: host.nics[0]?.mac },
    });
  });
});
