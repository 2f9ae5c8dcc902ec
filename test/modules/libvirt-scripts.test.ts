import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/core/change.ts';
import type { AnyModule, Reads } from '../../src/core/module.ts';
import type { HostRead } from '../../src/core/read.ts';
import type { Script } from '../../src/core/script.ts';
import { cases as backup } from '../cases/modules/libvirt_backup.cases.ts';
import { cases as domain } from '../cases/modules/libvirt_domain.cases.ts';
import { cases as facts } from '../cases/modules/libvirt_facts.cases.ts';
import { cases as network } from '../cases/modules/libvirt_network.cases.ts';
import { cases as nic } from '../cases/modules/libvirt_nic.cases.ts';
import { cases as reattach } from '../cases/modules/libvirt_reattach.cases.ts';
import { cases as restore } from '../cases/modules/libvirt_restore.cases.ts';
import type { ModuleCase, Printed } from '../cases/modules/module-case.ts';
import { SHELLS } from './real-shell.ts';

/** Every script that the modules' cases lead to: reads, what proves that a host still is as read, apply and undo. */
function scriptsOf(module: AnyModule, one: ModuleCase): readonly Script[] {
  const parsed = module.params.safeParse(one.params);
  if (!parsed.success) return [];
  const bytes = (text: string) => new TextEncoder().encode(text);
  const { reads: given = {} } = one;
  const scripts: Script[] = [];
  const take = (reads: Reads) =>
    Object.fromEntries(
      Object.entries(reads as Record<string, HostRead<unknown>>).map(([name, read]) => {
        const { stdout, stderr = '', rc = 0 } = given[name] as Printed;
        const value = read.parse({ rc, stdout: bytes(stdout), stderr: bytes(stderr) });
        scripts.push(read.script, ...(read.foresight ? [read.foresight.holds(value)] : []));
        return [name, value];
      }),
    );
  try {
    const first = take(module.reads?.(parsed.data) ?? {});
    const values = { ...first, ...take(module.moreReads?.(parsed.data, first) ?? {}) };
    const change: Change | null = module.check(parsed.data, values, {
      checkMode: false,
      pendingChanges: false,
    });
    const undo = change && module.undo?.(change, parsed.data);
    if (change) scripts.push(module.apply(change, parsed.data), ...(undo ? [undo] : []));
  } catch {
    // A case that ends in an error leads to the scripts so far.
  }
  return scripts;
}

const scripts = [backup, domain, facts, network, nic, reattach, restore].flatMap(({ module, cases }) =>
  cases.flatMap((one) => scriptsOf(module, one).map(({ text }) => text)),
);

describe('scripts of the libvirt modules', () => {
  it('are many', () => expect(new Set(scripts).size).toBeGreaterThan(40));

  it.each(SHELLS.filter(({ present }) => present))('are understood by $name', ({ argv }) => {
    const [command, ...flags] = argv as [string, ...string[]];
    const all = [...new Set(scripts)].map((text, index) => `part${index}() {\n${text}\n}`).join('\n');
    const read = spawnSync(command, [...flags, '-n'], { input: all, encoding: 'utf8' });
    expect({ status: read.status, said: read.stderr }).toEqual({ status: 0, said: '' });
  });
});
