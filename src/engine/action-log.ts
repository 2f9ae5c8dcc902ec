import type { Difference } from '../core/change.ts';
import { sha256 } from '../core/digest.ts';
import type { Script } from '../core/script.ts';
import { type EffectHistory, stateOf } from '../journal/history.ts';
import { keptScript } from '../journal/journal.ts';
import type { Route } from './host-access.ts';
import { type Authorship, keptRoute } from './intent.ts';

/** What the engine does for an action beside the host's session, as it is written down. */
export interface Deed {
  readonly apply: Script;
  readonly differences: readonly Difference[];
  /** What was looked at, by name, in words that tell one state from the next. */
  readonly seen: Readonly<Record<string, string>>;
}

/** The journal as an action sees it. */
export interface ActionLog {
  /** Resolves when it is on the disk; gives what is to be told of its end. */
  readonly announce: (deed: Deed) => Promise<(rc: number | undefined) => void>;
  /** What the run that is continued was about to do here, where nobody knows how it ended; `accepted`: the host had agreed. */
  readonly interrupted:
    | { readonly saw: (name: string, value: string) => boolean; readonly accepted: boolean }
    | undefined;
}

export function createActionLog(
  author: Authorship | undefined,
  module: string,
  route: () => Route,
  before: EffectHistory | undefined,
): ActionLog {
  return {
    announce: async ({ apply, differences, seen }) => {
      if (!author) return () => {};
      const { journal, key, on, play, task, item, noLog } = author;
      const [id = 0] = await journal.intend([
        {
          ...{ key, on, play, task, module, noLog, differences },
          ...(item === undefined ? {} : { item }),
          scripts: { apply: keptScript(apply), undo: null, before: [] },
          route: keptRoute(route()),
          fleeting: true,
          converges: true,
          read: Object.fromEntries(Object.entries(seen).map(([name, value]) => [name, wordOf(value)])),
        },
      ]);
      return (rc) => journal.effect(id, rc === undefined ? { outcome: 'lost' } : { outcome: 'done', rc });
    },
    interrupted: before && {
      saw: (name, value) => before.intent.read[name] === wordOf(value),
      accepted: stateOf(before) === 'done',
    },
  };
}

function wordOf(value: string): string {
  return sha256(new TextEncoder().encode(value)).slice(0, 16);
}
