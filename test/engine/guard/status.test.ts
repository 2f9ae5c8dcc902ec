import { describe, expect, test } from 'vitest';
import type { GuardedChange } from '../../../src/core/guard.ts';
import { transactionFiles } from '../../../src/engine/guard/scripts/files-of-transaction.ts';
import { failedSince, parseProbes } from '../../../src/engine/guard/scripts/probes.ts';
import { readGuardSettings } from '../../../src/engine/guard/settings.ts';
import { parseStatus } from '../../../src/engine/guard/status.ts';
import { describeStatus } from '../../../src/engine/guard/status-text.ts';

const ARMED = `transaction=20260101-000000-abcd
state=armed
owner=run 1 by ada@desk
since=2026-01-01T00:00:00.000Z
now_machine_id=m
now_boot_id=b
uptime=100
deadline=160
applying=yes`;

test('no script of a transaction looks at the clock on the wall, which somebody may step', () => {
  const change: GuardedChange = {
    ...{ backend: 'test', interfaces: [], newInterfaces: [], paths: [], restoreAtBoot: null },
    ...{
      apply: { text: ':' },
      tearDown: { text: ':' },
      restore: { text: ':' },
      applySeconds: 1,
      forwardingSeconds: 0,
    },
  };
  const files = Object.entries(transactionFiles(change, ['true'], {}, 'token'));
  const dated = files.filter(([, text]) => /(^|[^-\w.])date\b|\bat now\b|OnActiveSec|--on-active/.test(text));
  expect(dated.map(([name]) => name)).toEqual([]);
  expect(files.filter(([, text]) => text.includes('/proc/uptime')).map(([name]) => name)).toContain(
    'ground.sh',
  );
});

describe('the status of a transaction', () => {
  test('that waits', () => {
    const status = parseStatus({ stdout: ARMED });
    expect(status).toMatchObject({ state: 'armed', secondsLeft: 60, applying: true, applyStatus: undefined });
    expect(describeStatus('kvm1', status ?? null)).toEqual([
      'kvm1: ARMED. A change of the network waits to be confirmed; the host takes it back in 60 s.',
      '20260101-000000-abcd, run 1 by ada@desk, begun 2026-01-01T00:00:00.000Z',
      'keep it: hostwright guard confirm kvm1',
      'take it back now: hostwright guard rollback kvm1',
    ]);
  });

  test('that was taken back', () => {
    const text = ARMED.replace('state=armed', 'state=rolled-back');
    const more =
      'began=161\nended=164\nreason=nobody confirmed it in time\ndegraded=yes\nwarning=vnet9 was added to br0';
    const status = parseStatus({ stdout: `${text}\n${more}` });
    expect(status).toMatchObject({ secondsLeft: undefined, late: 1, rollbackSeconds: 3, degraded: true });
    expect(describeStatus('kvm1', status ?? null)).toEqual([
      'kvm1: ROLLED_BACK. The last change of the network was taken back.',
      '20260101-000000-abcd, run 1 by ada@desk, begun 2026-01-01T00:00:00.000Z',
      'reason: nobody confirmed it in time',
      'began 1 s after the deadline, took 3 s',
      "the host's own tools did not bring the old network back: addresses were put back by hand",
      'vnet9 was added to br0',
    ]);
  });

  test.each(['', 'state=armed', 'transaction=x\nstate=unheard-of', '\0=\n===\nfoo'])(
    'that is none: %j',
    (stdout) => {
      expect(parseStatus({ stdout })).toBeUndefined();
    },
  );

  test('of a host that never had one', () => {
    expect(describeStatus('kvm1', null)).toEqual([
      'kvm1: no change of the network was ever made under the guard.',
    ]);
  });
});

describe('probes', () => {
  test('count afterwards where they succeeded before', () => {
    const before = parseProbes('gateway-ping failed\ngateway-arp ok\nprobe-1 ok\nprobe-2 ok\nnoise\n');
    expect(failedSince(before, parseProbes('gateway-ping failed\ngateway-arp ok\nprobe-1 failed\n'))).toEqual(
      ['probe-1', 'probe-2'],
    );
  });
});

describe('network_guard', () => {
  test.each([
    [true, { timeout: 120, probe: [] }],
    [{}, { timeout: 120, probe: [] }],
    [
      { timeout: '90', probe: 'true', connect_to: '10.0.0.2' },
      { timeout: 90, probe: ['true'], connectTo: '10.0.0.2' },
    ],
    [
      { allow_no_boot_guard: true, connect_to: null },
      { timeout: 120, probe: [], allowNoBootGuard: true },
    ],
  ])('%j', (written, settings) => {
    expect(readGuardSettings(written, undefined)).toEqual(settings);
  });

  test.each([
    [
      { timeout: 0 },
      'The timeout of network_guard must be a whole number of seconds from 1 to 900, but it is 0.',
    ],
    [
      { timeout: 1000 },
      'The timeout of network_guard must be a whole number of seconds from 1 to 900, but it is 1000.',
    ],
    [{ probe: [1] }, '"probe" of network_guard must be a command or a list of commands, but it is [1].'],
    [
      { connect_to: 'a b' },
      '"connect_to" of network_guard must be an address or a host name, but it is "a b".',
    ],
    [
      { allow_no_boot_guard: 'x' },
      '"allow_no_boot_guard" of network_guard must be true or false, but it is "x".',
    ],
    [['x'], 'network_guard must be a map or true, but it is ["x"].'],
  ])('%j is refused', (written, message) => {
    expect(() => readGuardSettings(written, undefined)).toThrow(message);
  });
});
