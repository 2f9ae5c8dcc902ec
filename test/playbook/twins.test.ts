import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HostResult, RunEvent } from '../../src/core/event.ts';
import { Template } from '../../src/core/template.ts';
import { run } from '../../src/engine/run.ts';
import { loadInventory } from '../../src/inventory/load.ts';
import { modules } from '../../src/modules/index.ts';
import { createExpressions } from '../../src/playbook/expressions/index.ts';
import { loadPlaybook } from '../../src/playbook/load.ts';
import type { LoadedPlaybook } from '../../src/playbook/tree.ts';
import { startPracticeHosts } from '../../src/practice/hosts.ts';
import { transports } from '../../src/transports/index.ts';
import { runOptions } from '../engine/play.ts';
import { connectTo } from '../practice/client.ts';

/** Every playbook that ships in YAML has a twin in TypeScript. */
const names = readdirSync('playbooks')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => path.basename(file, '.yaml'));

/** Playbooks that a practice host can run from beginning to end, with the files that they leave. */
const RUNNABLE: Readonly<Record<string, string>> = {
  quickstart: 'etc/motd etc/guests* etc/hosts var/lib/guests opt',
};

describe.each(names)('%s', (name) => {
  test('is the same tree in YAML and in TypeScript', async () => {
    const [yaml, typescript] = await Promise.all([load(`${name}.yaml`), load(`${name}.ts`)]);
    expect(normalised(typescript)).toEqual(normalised(yaml));
  });

  test.runIf(Object.hasOwn(RUNNABLE, name))(
    'does the same on a host',
    async () => {
      const files = RUNNABLE[name] ?? '';
      const yaml = await performance(`${name}.yaml`, files);
      const typescript = await performance(`${name}.ts`, files);
      expect(yaml.runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
      expect(yaml.runs[1]?.results.some(({ status }) => status === 'changed')).toBe(true);
      expect(typescript).toEqual(yaml);
    },
    60_000,
  );
});

function load(file: string): Promise<LoadedPlaybook> {
  return loadPlaybook(path.join('playbooks', file), { modules, expressions: createExpressions() });
}

const LAZY = '(worked out when it is used)';

/**
 * A tree without places and without the names that results are kept under where nobody named them. Templates, conditions and functions
 * cannot be compared by how they are written: of them only is kept that there is one.
 */
function normalised(value: unknown, key = ''): unknown {
  if (value instanceof Template || typeof value === 'function') return LAZY;
  if (['when', 'until', 'changedWhen', 'failedWhen', 'breakWhen'].includes(key)) {
    const conditions = value as readonly { readonly expression: unknown }[] | undefined;
    return conditions?.map(({ expression }) => (typeof expression === 'boolean' ? expression : LAZY));
  }
  if (key === 'that') return Array.isArray(value) ? value.map(() => LAZY) : LAZY;
  if (Array.isArray(value)) return value.map((item) => normalised(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]) =>
      entry === undefined || ['position', 'file', 'register'].includes(name)
        ? []
        : [[name, normalised(entry, name)]],
    ),
  );
}

/** What a playbook does on a fresh host: in a check run, in a run, and in a second one; and what it leaves. */
async function performance(file: string, leaves: string) {
  const practice = await startPracticeHosts(1);
  try {
    const playbook = await load(file);
    const [host] = practice.hosts;
    if (!host) throw new Error('no practice host');
    const runs = [];
    for (const check of [true, false, false]) {
      const inventory = await loadInventory([practice.inventoryFile], { playbookDirs: ['playbooks'] });
      const events: RunEvent[] = [];
      const { exitCode } = await run([playbook], inventory, runOptions({ check, transport: undefined }), {
        modules,
        transports,
        reporters: [{ handle: (event) => void events.push(event) }],
      });
      const results = events
        .filter((event): event is HostResult => event.type === 'hostResult')
        .map((event) => shown(event, host.root));
      runs.push({ exitCode, results });
    }
    const client = await connectTo(host);
    const { stdout } = await client.run(
      `cd ${host.root}/ && find ${leaves} -type f -exec sha256sum {} + | sort`,
    );
    client.close();
    return { runs, files: stdout.toString() };
  } finally {
    await practice.close();
  }
}

/** What does not depend on the moment or on the place of the host. */
function shown({ play, task, module, item, status, result }: HostResult, root: string) {
  const { cmd, msg, rc, changed, skipped, dest, path: where, mode } = result;
  const told = JSON.stringify({ cmd, msg, rc, changed, skipped, dest, where, mode });
  return { play, task, module, item, status, result: root === '' ? told : told.replaceAll(root, '') };
}
