import type { HostResult } from '../core/event.ts';
import {
  type BeginRecord,
  type DoneRecord,
  type EffectRecord,
  type EndRecord,
  type FactsRecord,
  type IntentRecord,
  type JournalRecord,
  type Kept,
  type KeptScript,
  keyText,
  type LiveRecord,
  type PlaceKey,
} from './record.ts';

/** A change that was meant to be made, and what is known of it. */
export interface EffectHistory {
  readonly intent: IntentRecord;
  /** Undefined: the controller ended before it heard of it. */
  readonly effect: EffectRecord | undefined;
  /** How the host was left, where it was proven. */
  readonly guards: Kept<readonly KeptScript[]> | undefined;
}

/** What a journal says of a run. */
export interface History {
  readonly begin: BeginRecord;
  /** Undefined: it was interrupted, or still goes on. */
  readonly end: EndRecord | undefined;
  /** In the order in which they were written down. */
  readonly effects: readonly EffectHistory[];
  /** How tasks ended, by `keyText`; what a continued run did anew counts in place of what was before. */
  readonly done: ReadonlyMap<string, DoneRecord>;
  readonly facts: ReadonlyMap<string, FactsRecord['facts']>;
  readonly results: readonly HostResult[];
  readonly records: readonly JournalRecord[];
  /** The highest number of an intent. */
  readonly lastIntent: number;
}

/** Puts the records of a run together. */
export function historyOf(begin: BeginRecord, records: readonly JournalRecord[]): History {
  const effects = new Map<
    number,
    { intent: IntentRecord; effect?: EffectRecord; guards?: Kept<readonly KeptScript[]> }
  >();
  const latest = new Map<string, number>();
  const done = new Map<string, DoneRecord>();
  const facts = new Map<string, FactsRecord['facts']>();
  const results: HostResult[] = [];
  let end: EndRecord | undefined;
  let lastIntent = 0;
  for (const record of records) {
    if (record.type === 'begin') end = undefined;
    else if (record.type === 'end') end = record;
    else if (record.type === 'intent') {
      effects.set(record.id, { intent: record });
      latest.set(keyText(record.key), record.id);
      lastIntent = Math.max(lastIntent, record.id);
    } else if (record.type === 'effect') {
      const known = effects.get(record.id);
      if (known) known.effect = record;
    } else if (record.type === 'left') {
      const known = effects.get(latest.get(keyText(record.key)) ?? -1);
      if (known) known.guards = record.guards;
    } else if (record.type === 'done') done.set(keyText(record.key), record);
    else if (record.type === 'facts') facts.set(record.host, record.facts);
    else if (record.type === 'live') forgetLater(done, record);
    else if (record.event.type === 'hostResult') results.push(record.event);
  }
  return {
    begin,
    end,
    effects: [...effects.values()].map(({ intent, effect, guards }) => ({ intent, effect, guards })),
    done,
    facts,
    results,
    records,
    lastIntent,
  };
}

/** From a place on a continued run works anew: what was recorded of this place and of later ones holds no more. */
function forgetLater(done: Map<string, DoneRecord>, { key, lane }: LiveRecord): void {
  for (const [text, record] of done) {
    if (record.key.host !== key.host) continue;
    const order = comparePlaces(record.key, key);
    // Rounds of a loop that went well stay: they are not done again.
    if (order === 0 ? record.key.round === undefined || isBad(record) : order > 0 && !lane) done.delete(text);
  }
}

/** Failed, and nothing has caught it. */
export function isBad({ status, caught }: Pick<DoneRecord, 'status' | 'caught'>): boolean {
  return !caught && (status === 'failed' || status === 'unreachable');
}

/** In the order of a run: play, batch, place. */
export function comparePlaces(a: PlaceKey, b: PlaceKey): number {
  const one = [...a.part.split('.').map(Number), ...a.place];
  const other = [...b.part.split('.').map(Number), ...b.place];
  for (let index = 0; index < Math.min(one.length, other.length); index++) {
    const difference = (one[index] as number) - (other[index] as number);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** How far an effect has come: it may have been made where nothing was heard of it any more. */
export function stateOf({ effect }: EffectHistory): 'done' | 'failed' | 'not done' | 'in flight' {
  if (!effect || effect.outcome === 'lost') return 'in flight';
  if (effect.outcome === 'refused') return 'not done';
  return effect.rc === 0 && !effect.timedOut ? 'done' : 'failed';
}

/** Effects of which nobody knows whether they were made, in tasks that have not ended; an earlier try of the same task is over. */
export function inFlight(history: History): readonly EffectHistory[] {
  const open = new Map<string, EffectHistory>();
  for (const effect of history.effects) open.set(keyText(effect.intent.key), effect);
  return [...open.values()].filter((effect) => {
    const { key } = effect.intent;
    const ended =
      history.done.get(keyText(key)) ?? history.done.get(keyText({ ...key, round: undefined } as PlaceKey));
    return (
      stateOf(effect) === 'in flight' &&
      (ended === undefined || (ended.status === 'unreachable' && isBad(ended)))
    );
  });
}
