import type { EngineRequest } from '../core/action.ts';
import type { Status, TaskResult } from '../core/result.ts';
import { type EffectHistory, type History, inFlight, isBad, stateOf } from '../journal/history.ts';
import { type Kept, keyText, type PlaceKey } from '../journal/record.ts';
import { problems } from './problems.ts';

/** A recorded run that goes on. */
export interface Resume {
  readonly runId: string;
  readonly history: History;
  /** Opens what is encrypted. */
  readonly open: <T>(kept: Kept<T>) => T;
  /** What becomes of commands of which nobody knows whether they ran. */
  readonly inFlight: 'redo' | 'skip';
}

/** How a task ended in the run that is continued. */
export interface Ended {
  readonly status: Status;
  readonly result: TaskResult;
  readonly requests: readonly EngineRequest[];
  readonly notified: readonly (readonly [number, string | undefined])[];
}

/** What was done before: each host walks through it without being touched, until it comes to what was not done. */
export interface Replay {
  /** Whether the host has this behind it. Asks, and changes nothing. */
  readonly covers: (key: PlaceKey, lane: string | undefined) => boolean;
  /** Whether the host was already at work below this place (a section of a block), and is not at work again yet. */
  readonly hasBegun: (key: PlaceKey) => boolean;
  /** How the task ended; undefined where the host has to work from here on. Throws where another task stood there. */
  readonly ended: (
    key: PlaceKey,
    lane: string | undefined,
    module: string,
    onLive: () => void,
  ) => Ended | undefined;
  /** How a round of the loop of a task that did not end had ended. */
  readonly round: (key: PlaceKey) => Ended | undefined;
  /** True for a command of which nobody knows whether it ran, and that is not to be run again. */
  readonly isLeftOut: (key: PlaceKey) => boolean;
  /** True where the change was sent, and the run ended before it could say so: what is right now was made by it. */
  readonly wasMade: (key: PlaceKey) => boolean;
  /** What was sent there and may have been made, also where its task failed afterwards. */
  readonly made: (key: PlaceKey) => EffectHistory | undefined;
  readonly factsOf: (host: string) => Readonly<Record<string, unknown>> | undefined;
  readonly answers: Readonly<Record<string, unknown>>;
}

export function createReplay({ history, open, inFlight: choice }: Resume): Replay {
  const live = new Map<string, Set<string>>();
  // Where hosts began to work: only there the rounds of a loop that went well before count.
  const points = new Set<string>();
  // What can be checked is checked, and then done or not.
  const unknown = new Set(
    inFlight(history).flatMap(({ intent }) => (intent.converges ? [] : [keyText(intent.key)])),
  );
  const latest = new Map(history.effects.map((effect) => [keyText(effect.intent.key), effect]));
  const made = new Set(
    history.effects
      .filter((effect) => ['done', 'in flight'].includes(stateOf(effect)))
      .map(({ intent }) => keyText(intent.key))
      .filter((text) => !history.done.has(text)),
  );
  const isLive = (host: string, lane: string | undefined) => {
    const lanes = live.get(host);
    if (!lanes) return false;
    return lane === undefined || lanes.has('') || lanes.has(lane);
  };
  const recordAt = (key: PlaceKey, lane: string | undefined) => {
    if (isLive(key.host, lane)) return undefined;
    const record = history.done.get(keyText(key));
    return record && !isBad(record) ? record : undefined;
  };
  const endedBy = (record: NonNullable<ReturnType<typeof recordAt>>): Ended => ({
    status: record.caught ? 'rescued' : record.status,
    result: record.result ? open(record.result) : bareResult(record.status),
    requests: record.requests ? (open(record.requests) as readonly EngineRequest[]) : [],
    notified: record.notified ?? [],
  });
  return {
    covers: (key, lane) => recordAt(key, lane) !== undefined,
    hasBegun: ({ part, host, place }) =>
      !live.has(host) &&
      [...history.done.values()].some(
        ({ key }) =>
          key.part === part &&
          key.host === host &&
          place.every((number, level) => key.place[level] === number),
      ),
    ended: (key, lane, module, onLive) => {
      const record = recordAt(key, lane);
      if (record && record.module !== module) throw problems.taskMoved(record.task, record.module, module);
      if (record) return endedBy(record);
      if (!isLive(key.host, lane)) {
        points.add(keyText(key));
        onLive();
      }
      const lanes = live.get(key.host) ?? new Set();
      live.set(key.host, lanes.add(lane ?? ''));
      return undefined;
    },
    round: (key) => {
      const record = points.has(keyText({ ...key, round: undefined })) && history.done.get(keyText(key));
      return record && !isBad(record) && !record.caught && record.status !== 'rescued'
        ? endedBy(record)
        : undefined;
    },
    isLeftOut: (key) => choice === 'skip' && unknown.has(keyText(key)),
    wasMade: (key) => made.has(keyText(key)),
    made: (key) => {
      const effect = latest.get(keyText(key));
      const ended = history.done.get(keyText(key));
      const mayStand = effect && ['done', 'in flight'].includes(stateOf(effect));
      return mayStand && (!ended || isBad(ended)) ? effect : undefined;
    },
    factsOf: (host) => {
      const facts = history.facts.get(host);
      return facts && open(facts);
    },
    answers: open(history.begin.answers),
  };
}

function bareResult(status: Status): TaskResult {
  return {
    changed: status === 'changed',
    ...(status === 'skipped' ? { skipped: true } : {}),
    ...(status === 'ignored' || status === 'rescued' ? { failed: true } : {}),
  };
}
