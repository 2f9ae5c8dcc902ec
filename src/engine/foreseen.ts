import type { Change } from '../core/change.ts';
import type { AnyModule } from '../core/module.ts';
import { NOT_KNOWN, NotKnownYet } from '../core/not-known.ts';
import type { HostRead } from '../core/read.ts';
import type { Script } from '../core/script.ts';

/** A read and what it gave. */
export type Seen = readonly [read: HostRead<unknown>, value: unknown];

/** What the reads of later tasks would give after the change, by their subjects; NOT_KNOWN where its module does not say. */
export function foreseenAfter(
  module: AnyModule,
  params: unknown,
  change: Change,
  values: Readonly<Record<string, unknown>>,
  reads: readonly HostRead<unknown>[],
): ReadonlyMap<string, unknown> {
  const after = new Map<string, unknown>(reads.map((read) => [subjectOf(read), NOT_KNOWN]));
  try {
    const expected: object = module.expected?.(change, params, values) ?? {};
    for (const [subject, value] of Object.entries(expected)) after.set(subject, value);
  } catch (thrown) {
    // What depends on what is not known stays not known.
    if (!(thrown instanceof NotKnownYet)) throw thrown;
  }
  return after;
}

/**
 * Which reads a change is about: a module that only looks at something (the source of a link, what a backup is made of) says that it leaves
 * it as it is. Whoever asks later whether the change still stands does not ask about that.
 */
export function concernOf(
  seen: readonly Seen[],
  after: ReadonlyMap<string, unknown>,
): (read: HostRead<unknown>) => boolean {
  const leaves = ([read, value]: Seen) => after.has(subjectOf(read)) && after.get(subjectOf(read)) === value;
  const left = new Set(seen.filter(leaves).map(([read]) => subjectOf(read)));
  return left.size === new Set(seen.map(([read]) => subjectOf(read))).size
    ? () => true
    : (read) => !left.has(subjectOf(read));
}

/** Scripts that end with 0 where the change has been made, as far as that can be foreseen; undefined where it cannot. */
export function guardsAfter(
  seen: readonly Seen[],
  after: ReadonlyMap<string, unknown>,
): readonly Script[] | undefined {
  try {
    const guards = toldOf(seen, after).map(([{ foresight }, value]) => {
      const then = foresight?.foresee(value, after);
      return then === undefined ? undefined : foresight?.holds(then);
    });
    return guards.length > 0 && guards.every((guard) => guard !== undefined) ? guards : undefined;
  } catch (thrown) {
    if (!(thrown instanceof NotKnownYet)) throw thrown;
    return undefined;
  }
}

/** What a module says of what it changes; what it looks at beside that (how large something is) may be compared with nothing. */
export function toldOf(seen: readonly Seen[], after: ReadonlyMap<string, unknown>): readonly Seen[] {
  return seen.filter(([read]) => after.has(subjectOf(read)));
}

function subjectOf({ subject, name }: HostRead<unknown>): string {
  return subject ?? name;
}
