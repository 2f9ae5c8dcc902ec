import { NotKnownYet } from '../../core/not-known.ts';
import type { PlayContext, Rest } from '../context.ts';
import { EndOfWindow } from '../control-flow.ts';
import type { HostAccess } from '../host-access.ts';
import type { HostState } from '../host-state.ts';
import { type ChangesSoFar, keyOfRead, type ReadCache, type Wanted } from './read-cache.ts';
import { walkAhead } from './walk-ahead.ts';

/**
 * The reads that the coming tasks of a host will ask for and that are not known, `limit` of them at most, as far as that can be told. It
 * may find too much or too little, never do harm: the real walk takes what it needs.
 */
export async function scoutReads(
  play: PlayContext,
  host: HostState,
  rest: Rest,
  cache: ReadCache,
  changes: ChangesSoFar,
  limit: number,
): Promise<readonly Wanted[]> {
  const wanted = new Map<string, Wanted>();
  cache.expectNothing();
  const access: HostAccess = {
    read: async (route, reads) => {
      const asked = reads.map((read) => ({ route, read }));
      for (const one of asked) cache.expect(one);
      const missing = asked.filter((one) => !cache.has(one, changes));
      for (const one of missing) wanted.set(keyOfRead(one), one);
      if (wanted.size >= limit) throw new EndOfWindow();
      if (missing.length > 0) throw new NotKnownYet(missing.map(({ read }) => read.name).join(', '));
      return asked.map(cache.value);
    },
    runThenRead: async () => {
      throw new NotKnownYet('what a change brings');
    },
  };
  await walkAhead(play, host, 'reads', access).walk(rest);
  return [...wanted.values()];
}
