import type { HostwrightError } from '../core/error.ts';
import type { Journal } from '../journal/journal.ts';
import type { HostState } from './host-state.ts';
import { problems } from './problems.ts';

/** What becomes of a run that nobody can write down any more. */
export interface Unrecorded {
  /** True where the run must not go on: what it would change could be neither resumed nor undone. */
  readonly mustStop: () => boolean;
  /** Looks whether the journal still can be written; hosts that are at work by then are those that stop. */
  readonly look: (hosts: Iterable<HostState>) => void;
  /** Why the run stopped before its end, with the hosts that it stopped on; undefined where it did not. */
  readonly stopped: () => HostwrightError | undefined;
  /** What could not be written although everything was done. */
  readonly warning: () => string | undefined;
}

/** Watches the journal of a run. A check run goes on: it changes nothing. */
export function watchJournal(runId: string, check: boolean, journal: () => Journal | undefined): Unrecorded {
  const broken = () => (check ? undefined : journal()?.broken());
  let atWork: readonly HostState[] | undefined;
  const halted = () => (atWork ?? []).filter(({ standing }) => standing !== 'active');
  return {
    mustStop: () => broken() !== undefined,
    look: (hosts) => {
      if (atWork || !broken()) return;
      atWork = [...hosts].filter(({ played, standing }) => played && standing === 'active');
    },
    stopped: () => {
      const names = halted().map(({ name }) => name);
      const cause = broken();
      return names.length > 0 && cause ? problems.unrecorded(runId, names, cause) : undefined;
    },
    warning: () => (halted().length === 0 ? journal()?.broken()?.message : undefined),
  };
}
