import type { Status } from '../../core/result.ts';
import { type EffectHistory, type History, inFlight, stateOf } from '../../journal/history.ts';
import { type DoneRecord, keyText } from '../../journal/record.ts';
import { originOfRun, type Recorded } from './recorded.ts';

/** How a run stands. */
export type RunState = 'running' | 'interrupted' | 'ok' | 'failed' | 'unreachable' | 'stopped';

/** A task on a host, as the journal knows it. */
export interface TaskRow {
  readonly place: string;
  readonly task: string;
  readonly module: string;
  readonly item?: unknown;
  /** `in flight`: it was sent, and nobody knows whether it was carried out, or how its task would have ended. `not begun`: it stands in the playbook, and nothing was done. */
  readonly status: Status | 'in flight' | 'not begun';
  /** Digest of what it changed. */
  readonly change?: string;
}

export interface HostSummary {
  readonly host: string;
  readonly tasks: readonly TaskRow[];
}

/** A run in the words of `runs show` and `runs report`. */
export interface RunSummary {
  readonly runId: string;
  readonly state: RunState;
  readonly command: string;
  readonly check: boolean;
  readonly undoes?: string;
  readonly playbooks: readonly string[];
  readonly began: string;
  /** Milliseconds; of an interrupted run, until its last record. */
  readonly durationMs: number;
  readonly hosts: readonly HostSummary[];
}

/** The state of a run in one word. */
export function stateOfRun({ history: { end }, owner }: Recorded): RunState {
  if (owner !== undefined) return 'running';
  if (!end) return 'interrupted';
  if (end.exitCode === 4) return 'unreachable';
  if (end.exitCode === 2) return 'failed';
  return end.exitCode === 0 ? 'ok' : 'stopped';
}

/** What is known of a run, host by host and task by task. */
export function summarize(recorded: Recorded): RunSummary {
  const { runId, history } = recorded;
  const { begin, records } = history;
  const origin = originOfRun(recorded);
  const hosts = hostsOf(recorded);
  const last = records.at(-1) ?? begin;
  return {
    runId,
    state: stateOfRun(recorded),
    command: origin.command ?? 'run',
    check: begin.check,
    ...(origin.undoes === undefined ? {} : { undoes: origin.undoes }),
    playbooks: origin.files ?? [],
    began: begin.time,
    durationMs: Date.parse(last.time) - Date.parse(begin.time),
    hosts: [...hosts].map(([host, plays]) => ({ host, tasks: tasksOf(recorded, host, plays) })),
  };
}

/** Hosts in the order of the plays, with the numbers of the plays that have begun on them. */
function hostsOf({ history }: Recorded): ReadonlyMap<string, readonly number[]> {
  const hosts = new Map<string, number[]>();
  let play = -1;
  for (const record of history.records) {
    if (record.type === 'begin') play = -1;
    if (record.type !== 'event' || record.event.type !== 'playStart') continue;
    play++;
    for (const host of record.event.hosts) {
      const plays = hosts.get(host) ?? [];
      hosts.set(host, plays.includes(play) ? plays : [...plays, play]);
    }
  }
  return hosts;
}

function tasksOf({ history }: Recorded, host: string, plays: readonly number[]): readonly TaskRow[] {
  const done = history.begin.check ? [] : [...history.done.values()].filter(({ key }) => key.host === host);
  const changes = new Map(history.effects.map(({ intent }) => [keyText(intent.key), intent] as const));
  const rows = done.map((record) => rowOf(record, changes.get(keyText(record.key))));
  const flying = [...inFlight(history), ...unfinished(history)].filter(
    ({ intent }) => intent.key.host === host,
  );
  const open = flying.map(({ intent }): TaskRow => {
    const { task, module, item, change } = intent;
    const place = placeOf(intent.key);
    return { place, task, module, ...(item === undefined ? {} : { item }), status: 'in flight', change };
  });
  const begun = new Set([...rows, ...open].map(({ place }) => place.replace(/#.*$/, '')));
  const waiting = plays.flatMap((play) => notBegun(history.begin.outline, play, begun));
  if (history.begin.check) return [...checkRows(history, host)];
  return [...rows, ...open, ...(history.end?.exitCode === 0 ? [] : waiting)];
}

/** Their effects were heard of when the run was interrupted, but not how their tasks ended. */
function unfinished(history: History): readonly EffectHistory[] {
  if (history.end) return [];
  const open = new Map<string, EffectHistory>();
  for (const effect of history.effects) open.set(keyText(effect.intent.key), effect);
  return [...open.values()].filter((effect) => {
    const { key } = effect.intent;
    const ended = history.done.has(keyText(key)) || history.done.has(keyText({ ...key, round: undefined }));
    return !ended && ['done', 'failed'].includes(stateOf(effect));
  });
}

function rowOf(
  record: DoneRecord,
  intent: { readonly item?: unknown; readonly change: string } | undefined,
): TaskRow {
  return {
    place: placeOf(record.key),
    task: record.task,
    module: record.module,
    ...(intent?.item === undefined ? {} : { item: intent.item }),
    status: record.status,
    ...(intent ? { change: intent.change } : {}),
  };
}

/** Check runs write no tasks down: nothing has to go on from them. */
function checkRows(history: Recorded['history'], host: string): readonly TaskRow[] {
  return history.results
    .filter((event) => event.host === host && event.result.results === undefined)
    .map(({ taskId, task, module, item, status }) => ({
      place: String(taskId),
      task,
      module,
      ...(item === undefined ? {} : { item }),
      status,
    }));
}

function placeOf({ part, place, round }: DoneRecord['key']): string {
  return `${part.split('.')[0]} ${place.join('.')}${round === undefined ? '' : `#${round}`}`;
}

/** Lines of the outline for tasks of a play that nothing is known of; what an include will bring cannot be listed. */
function notBegun(outline: readonly string[], play: number, begun: ReadonlySet<string>): readonly TaskRow[] {
  return outline.flatMap((line) => {
    const [, number, place, module, name] = /^(\d+) ([\d.]+) (\S+)(?: "(.*)")?$/s.exec(line) ?? [];
    if (Number(number) !== play || !place || !module || module === 'block') return [];
    // Sections of a failure are not waiting for their turn.
    if (begun.has(`${number} ${place}`) || /^\d+(\.\d+)*\.1\.\d+$/.test(place)) return [];
    return [{ place: `${number} ${place}`, task: name ?? module, module, status: 'not begun' as const }];
  });
}

/** Changes that were made, in one count. */
export function changesOf({ history }: Recorded): number {
  return history.effects.filter((effect) => stateOf(effect) === 'done').length;
}
