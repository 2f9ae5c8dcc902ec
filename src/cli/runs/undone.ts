import { takenBack } from '../../engine/undo-playbook.ts';
import { listRuns } from '../../journal/directory.ts';
import type { Terminal } from '../terminal.ts';
import { originOfRun, type Recorded, recordedRun, runsOf } from './recorded.ts';

/** Numbers of the intents of a run that later runs have taken back, and that were not brought back since. */
export function undoneIntents(runId: string, terminal: Terminal): ReadonlySet<number> {
  const later = listRuns(runsOf(terminal)).filter((id) => id > runId);
  const undone = later.flatMap((id) => {
    const undo = undoOf(runId, id, terminal);
    if (!undo) return [];
    return takenBack(undo.history, originOfRun(undo).table ?? [], undoneIntents(id, terminal));
  });
  return new Set(undone);
}

/** The later run, where it takes the other back; a journal that cannot be read takes nothing back. */
function undoOf(runId: string, later: string, terminal: Terminal): Recorded | undefined {
  try {
    const recorded = recordedRun(later, terminal);
    const isUndo = !recorded.history.begin.check && originOfRun(recorded).undoes === runId;
    return isUndo ? recorded : undefined;
  } catch {
    return undefined;
  }
}
