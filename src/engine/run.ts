import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunEvent } from '../core/event.ts';
import { emptyRecap, exitCodeOf, type OwedByHost, type Recap } from '../core/result.ts';
import { createMasker } from '../core/secret.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Journal } from '../journal/journal.ts';
import type { ModuleTable } from '../modules/table.ts';
import { sharedExpressions } from '../playbook/expressions/index.ts';
import type { LoadedPlaybook } from '../playbook/tree.ts';
import type { RunContext, UnstampedEvent } from './context.ts';
import { factsGatherer } from './gather-facts.ts';
import { createHostAccess } from './host-access.ts';
import type { HostState } from './host-state.ts';
import { createSlots } from './lockstep.ts';
import { createModuleLoader } from './module-loader.ts';
import type { RunOptions, RunOutcome, RunParts } from './options.ts';
import { outlineOf } from './outline.ts';
import { type PreparedPlay, runPlay } from './play.ts';
import { preparePlays } from './prepare.ts';
import { problems } from './problems.ts';
import { createReplay } from './replay.ts';
import { watchJournal } from './unrecorded.ts';

export type { RunOptions, RunOutcome, RunParts } from './options.ts';

/**
 * Runs loaded playbooks. Everything that can be known beforehand is checked before any host is contacted: rejects with
 * HostwrightError(s) then, and no event has been sent. What fails on hosts is in the outcome and the events.
 */
export async function run(
  playbooks: readonly LoadedPlaybook[],
  inventory: Inventory,
  options: RunOptions,
  parts: RunParts,
): Promise<RunOutcome> {
  const startedAt = performance.now();
  const hosts = new Map<string, HostState>();
  const own = playbooks.map((playbook) => playbook.modules);
  const modules = Object.assign({}, parts.modules, ...own) as ModuleTable;
  const context = createContext(inventory, options, { ...parts, modules }, hosts);
  try {
    const { plays, warnings } = await preparePlays(context, playbooks);
    parts.planner?.begin(context.masker, context.answers);
    const unrecorded: string[] = [];
    context.journal = parts.openJournal?.(context.runId, context.masker, (message) =>
      unrecorded.push(message),
    );
    await context.journal?.begin({
      runId: context.runId,
      version: parts.version ?? '',
      check: options.check,
      resumed: parts.resume !== undefined,
      outline: outlineOf(playbooks),
      answers: context.answers,
    });
    context.emit({
      type: 'runStart',
      runId: context.runId,
      playbooks: playbooks.map((playbook) => playbook.file),
    });
    for (const message of [...unrecorded, ...warnings]) context.emit({ type: 'warning', message });
    const thrown = await runPlays(context, plays);
    context.unrecorded.look(hosts.values());
    const stopped = thrown ?? context.unrecorded.stopped();
    const message = context.unrecorded.warning();
    if (message !== undefined) context.emit({ type: 'warning', message });
    const recap: Recap = {};
    for (const host of hosts.values()) if (wasUsed(host)) recap[host.name] = host.recap;
    const exitCode = stopped === undefined ? exitCodeOf(recap) : 1;
    const owed = owedBy(hosts);
    const { runId } = context;
    context.emit({
      type: 'runEnd',
      runId,
      exitCode,
      recap,
      ...(Object.keys(owed).length > 0 ? { owed } : {}),
      durationMs: Math.round(performance.now() - startedAt),
    });
    if (stopped !== undefined) throw stopped;
    return { runId, exitCode, recap, owed };
  } finally {
    await Promise.all([...hosts.values()].map((host) => host.access.close()));
    await context.journal?.close();
    await Promise.all(parts.reporters.map((reporter) => reporter.close?.()));
  }
}

/** Gives what kept a play from being prepared although earlier ones have run; undefined where all went its way. */
async function runPlays(
  context: RunContext,
  plays: readonly (() => Promise<PreparedPlay | undefined>)[],
): Promise<unknown> {
  for (const prepare of plays) {
    let prepared: PreparedPlay | undefined;
    try {
      prepared = await prepare();
    } catch (thrown) {
      return thrown;
    }
    if (prepared && (await runPlay(context, prepared))) break;
  }
  if (!context.reachedStart) return problems.unknownTask(context.options.startAtTask ?? '');
  return undefined;
}

function owedBy(hosts: ReadonlyMap<string, HostState>): OwedByHost {
  return Object.fromEntries(
    [...hosts].filter(([, { owed }]) => owed.length > 0).map(([name, { owed }]) => [name, owed]),
  );
}

function createContext(
  inventory: Inventory,
  options: RunOptions,
  parts: RunParts,
  hosts: Map<string, HostState>,
): RunContext {
  const masker = createMasker();
  const { password, becomePassword } = options.connection;
  for (const secret of [password, becomePassword]) if (secret) masker.add(secret);
  const replay = parts.resume && createReplay(parts.resume);
  const runId = parts.resume?.runId ?? createRunId(new Date());
  const answers: Record<string, unknown> = { ...replay?.answers };
  const context: RunContext = {
    runId,
    options: { ...options, extraVars: [...options.extraVars, answers] },
    answers,
    parts,
    expressions: sharedExpressions(),
    masker,
    slots: createSlots(Math.max(1, options.forks)),
    emit: (event: UnstampedEvent) => {
      const stamped = { ...event, time: new Date().toISOString(), ...(options.check ? { check: true } : {}) };
      context.journal?.event(stamped as RunEvent);
      context.unrecorded.look(hosts.values());
      for (const reporter of parts.reporters) reporter.handle(stamped as RunEvent);
    },
    journal: undefined,
    unrecorded: watchJournal(runId, options.check, () => context.journal),
    replay,
    inventory,
    hostState: (name) => {
      const known = hosts.get(name);
      if (known) return known;
      const onChange = () => {
        context.changes++;
        made.changes++;
      };
      const made: HostState = createHostState(name, parts, onChange, () => context.journal);
      made.facts = replay?.factsOf(name);
      hosts.set(name, made);
      return made;
    },
    loadModule: createModuleLoader(parts.modules),
    gatherFacts: factsGatherer((host) => context.journal?.facts(host.name, host.facts ?? {})),
    sleep: async (milliseconds) => {
      await sleep(milliseconds);
    },
    changes: 0,
    learned: { names: new Set(), any: false },
    nextTaskId: 1,
    reachedStart: options.startAtTask === undefined,
    asking: options.confirmTask !== undefined,
  };
  return context;
}

function createHostState(
  name: string,
  parts: RunParts,
  onChange: () => void,
  journal: () => Journal | undefined,
): HostState {
  return {
    name,
    facts: undefined,
    kept: {},
    learned: {},
    included: {},
    predicted: new Map(),
    uncertain: false,
    standing: 'active',
    played: false,
    ended: false,
    notified: new Set(),
    owed: [],
    checkedRoles: new Set(),
    access: createHostAccess(parts.transports, onChange, journal),
    itemsDone: 0,
    moved: undefined,
    changes: 0,
    recap: emptyRecap(),
  };
}

/** Hosts that were only delegated to are not part of the recap, as in Ansible. */
function wasUsed(host: HostState): boolean {
  return host.played;
}

/** Sorts by time, to the millisecond, and is short enough to type: `20261120-214502-3f9a`. */
function createRunId(now: Date): string {
  const digits = now.toISOString().replaceAll(/[-:]/g, '');
  // The milliseconds of the second, 65 ids in each.
  const within = now.getUTCMilliseconds() * 65 + randomInt(65);
  return `${digits.slice(0, 8)}-${digits.slice(9, 15)}-${within.toString(16).padStart(4, '0')}`;
}
