import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Transport } from '../../src/core/connection.ts';
import type { HostResult, RunEvent } from '../../src/core/event.ts';
import { type RunOptions, type RunOutcome, type RunParts, run } from '../../src/engine/run.ts';
import { loadInventory } from '../../src/inventory/load.ts';
import { modules } from '../../src/modules/index.ts';
import { createExpressions } from '../../src/playbook/expressions/index.ts';
import { loadPlaybook } from '../../src/playbook/load.ts';
import { transports } from '../../src/transports/index.ts';

/** What a run on this machine's own shell gave. */
export interface Played extends RunOutcome {
  readonly events: readonly RunEvent[];
  /** `task host status` of every result, items with `task[item]`. */
  readonly lines: readonly string[];
  /** The names of tasks in the order of their results, without hosts, items and includes. */
  readonly tasks: readonly string[];
  /** What `debug` said, in order: `host: message`. */
  readonly said: readonly string[];
  readonly warnings: readonly string[];
  /** Results of a task by its name. */
  readonly results: (task: string) => readonly HostResult[];
  readonly directory: string;
}

const DEFAULTS: RunOptions = {
  check: false,
  diff: false,
  limit: undefined,
  tags: [],
  skipTags: [],
  extraVars: [],
  forks: 10,
  startAtTask: undefined,
  confirmTask: undefined,
  prompt: undefined,
  forceHandlers: false,
  verbosity: 0,
  connection: {
    user: undefined,
    privateKeyFile: undefined,
    password: undefined,
    transport: 'local',
    timeoutSeconds: undefined,
    knownHostsFile: undefined,
    become: false,
    becomeUser: undefined,
    becomeMethod: undefined,
    becomePassword: undefined,
  },
};

/** Stands in for the local transport; undefined: this machine's own shell. */
let standIn: Transport | undefined;

/** From here on, whatever `playText` would do on this machine's shell it does through this transport. */
export function playThrough(transport: Transport | undefined): void {
  standIn = transport;
}

/** Options as the command line would give them; `transport` undefined: as the inventory says. */
export function runOptions(
  more: Partial<RunOptions> & { readonly transport?: string | undefined },
): RunOptions {
  const { transport, ...options } = more;
  return { ...DEFAULTS, ...options, connection: { ...DEFAULTS.connection, transport } };
}

export interface Setting {
  /** Files beside the playbook, by relative path. */
  readonly files?: Readonly<Record<string, string>>;
  /** YAML inventory text, or `a,b,`. */
  readonly inventory?: string;
  readonly options?: Partial<RunOptions>;
  readonly openJournal?: RunParts['openJournal'];
  /** What was recorded of the run before; it goes on. */
  readonly resume?: RunParts['resume'];
  /** Ways to reach hosts beside those that ship. */
  readonly transports?: Readonly<Record<string, () => Promise<Transport>>>;
}

/** Runs a playbook text over the local transport (or what stands in for it) in a directory of its own; `{{ playbook_dir }}` is that directory. */
export async function playText(playbook: string, setting: Setting = {}): Promise<Played> {
  const directory = await mkdtemp(path.join(tmpdir(), 'hostwright-play-'));
  // The practice host works as another user where this process is root.
  if (standIn) await chmod(directory, 0o777);
  try {
    await writeFile(path.join(directory, 'site.yaml'), playbook);
    for (const [name, text] of Object.entries(setting.files ?? {})) {
      const { mkdir } = await import('node:fs/promises');
      await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
      await writeFile(path.join(directory, name), text);
    }
    const written = setting.inventory ?? 'alpha,';
    let source = written;
    if (!written.endsWith(',')) {
      source = path.join(directory, 'hosts.yaml');
      await writeFile(source, written);
    }
    const file = path.join(directory, 'site.yaml');
    const inventory = await loadInventory([source], {
      playbookDirs: [directory],
      expressions: async () => createExpressions(),
    });
    const loaded = await loadPlaybook(file, { modules, expressions: createExpressions() });
    const events: RunEvent[] = [];
    const outcome = await run(
      [loaded],
      inventory,
      { ...DEFAULTS, ...setting.options },
      {
        modules,
        transports: {
          ...transports,
          ...(standIn ? { local: async () => standIn as Transport } : {}),
          ...setting.transports,
        },
        reporters: [{ handle: (event) => void events.push(event) }],
        ...(setting.resume ? { resume: setting.resume } : {}),
        ...(setting.openJournal ? { openJournal: setting.openJournal } : {}),
      },
    );
    const ended = events.filter((event): event is HostResult => event.type === 'hostResult');
    return {
      ...outcome,
      events,
      directory,
      lines: ended.map(lineOf),
      tasks: ended
        .filter(
          ({ item, module }) =>
            item === undefined && !module.startsWith('include_t') && !module.startsWith('include_r'),
        )
        .map(({ task }) => task),
      said: ended
        .filter(
          ({ module, item, result }) =>
            module === 'debug' &&
            (item !== undefined || !result.results) &&
            result.msg !== undefined &&
            !result.skipped &&
            !result.failed,
        )
        .map(
          ({ host, result }) =>
            `${host}: ${typeof result.msg === 'string' ? result.msg : JSON.stringify(result.msg)}`,
        ),
      warnings: events.flatMap((event) => (event.type === 'warning' ? [event.message] : [])),
      results: (task) => ended.filter((event) => event.task === task),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function lineOf({ task, item, host, status }: HostResult): string {
  return `${task}${item === undefined ? '' : `[${typeof item === 'string' ? item : JSON.stringify(item)}]`} ${host} ${status}`;
}
