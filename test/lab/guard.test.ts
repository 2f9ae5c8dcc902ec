import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, recapOf, resultsOf, root } from '../integration/command.ts';
import { type Host, lab } from './lab.ts';

const PLAYBOOK = join(root, 'test/lab/guard/bridge-by-hand.ts');

/** Files and network of a host, without what changes by itself. */
const STATE = `
cd /etc/network; find . -type f | sort | xargs sha256sum
ls /etc/not-there 2>&1
ip -o addr | sed 's/tentative//; s/valid_lft.*//; s/^[0-9]*//'; ip route; ip -6 route; bridge link | sed 's/^[0-9]*//'
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
});
