import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, recapOf } from '../integration/command.ts';
import { type Host, lab } from './lab.ts';

const site = join(import.meta.dirname, 'foundation', 'site.yaml');

/** Tasks that changed something, or would, with their diffs, on any host: what a check run and a real run are compared by. */
function changesOf(ran: Awaited<ReturnType<typeof events>>): readonly string[] {
  return ran.events
    .filter((event) => event.type === 'hostResult' && event.status === 'changed')
    .map((event) => `${event.task} ${JSON.stringify(event.item ?? null)}\n${event.diff ?? ''}`);
}

describe('a playbook of more than 25 tasks on real hosts', () => {
  let one: Host;
  let two: Host;
  let fresh: Host;
  let pair: string;
  let alone: string;

  beforeAll(async () => {
    [one, two, fresh] = (await Promise.all([lab.host(), lab.host({ backend: 'ifupdown' }), lab.host()])) as [
      Host,
      Host,
      Host,
    ];
    pair = join(lab.directory, 'pair.yaml');
    alone = join(lab.directory, 'alone.yaml');
    await writeFile(pair, lab.inventory([one, two]));
    await writeFile(alone, fresh.inventory({ user: 'nopasswd' }));
  });
  afterAll(() => lab.down());

  test('the first run does it, the second changes nothing', async () => {
    const first = await events(['run', site, '-i', pair]);
    expect(first.stderr).toBe('');
    expect(first.code).toBe(0);
    for (const host of [one, two]) {
      expect(recapOf(first, host.name)).toMatchObject({ failed: 0, unreachable: 0, rescued: 1 });
      expect(recapOf(first, host.name)?.changed).toBeGreaterThan(15);
      expect(await host.read('/opt/stamp/etc/domain.xml')).toBe(
        '<domain><title>Cats &amp; &lt;dogs&gt;</title></domain>\n',
      );
      expect(
        (await host.exec('sha256sum < /opt/stamp/etc/bytes.bin; systemctl is-active stamp')).stdout,
      ).toMatch(/^[0-9a-f]{64} .*\nactive\n$/);
      expect((await host.exec("cat '/opt/stamp/etc/conf.d/deep/a file.conf'")).stdout).toBe('three\r\n');
    }
    const second = await events(['run', site, '-i', pair]);
    expect(second.code).toBe(0);
    expect(changesOf(second)).toEqual([]);
    for (const host of [one, two]) expect(recapOf(second, host.name)?.changed).toBe(0);
  });

  test('--check --diff on a fresh host shows exactly what the real run then changes', async () => {
    const predicted = await events(['run', site, '-i', alone, '--check', '--diff']);
    expect(predicted.events.every((event) => event.check === true)).toBe(true);
    expect((await fresh.exec('ls /opt/stamp /etc/stamp.conf 2>/dev/null')).stdout).toBe('');
    const real = await events(['run', site, '-i', alone, '--diff']);
    expect(real.code).toBe(0);
    const guarded = (change: string) => !/^(Look for what|A probe)/.test(change);
    expect(changesOf(predicted).filter(guarded)).toEqual(changesOf(real).filter(guarded));
  });
});
