import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { problems } from './problems.ts';

/** Runs that are kept; older ones are removed when a new one begins. HOSTWRIGHT_KEEP_RUNS says another number. */
const KEPT = 200;

type Environment = Readonly<Record<string, string | undefined>>;

/** Where runs are recorded: HOSTWRIGHT_RUNS, else `.hostwright/runs` in the current directory; undefined: nowhere (`off`). */
export function runsDirectory(environment: Environment): string | undefined {
  const named = environment.HOSTWRIGHT_RUNS;
  if (named === 'off') return undefined;
  return path.resolve(named || path.join('.hostwright', 'runs'));
}

/** The journal of a run in the directory of runs. */
export function journalFile(runs: string, runId: string): string {
  return path.join(runs, runId, 'journal.jsonl');
}

/** Ids of the recorded runs, the latest first; none where there is no directory. */
export function listRuns(runs: string): readonly string[] {
  try {
    const entries = readdirSync(runs, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return entries
      .map(({ name }) => name)
      .filter((name) => /^\d{8}-\d{6}-/.test(name))
      .toSorted()
      .toReversed();
  } catch {
    return [];
  }
}

/** The run that an id, the beginning of one, or `latest` means. Throws HostwrightError where none or several fit. */
export function findRun(runs: string, wanted: string): string {
  const known = listRuns(runs);
  const matching = wanted === 'latest' ? known.slice(0, 1) : known.filter((id) => id.startsWith(wanted));
  const [run] = known.includes(wanted) ? [wanted] : matching;
  if (run === undefined) throw problems.unknownRun(wanted, known);
  if (matching.length > 1 && run !== wanted) throw problems.ambiguousRun(wanted, matching);
  return run;
}

/** Makes the directory of a run (0700), with what keeps it out of version control. Throws what the file system says. */
export function makeRunDirectory(runs: string, runId: string): string {
  mkdirSync(runs, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path.join(runs, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  }
  const directory = path.join(runs, runId);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/** Says that this process works on the run; gives how to take that back. Throws HostwrightError where another one does. */
export function lockRun(runs: string, runId: string): () => void {
  const pid = ownerOf(runs, runId);
  if (pid !== undefined && pid !== process.pid) throw problems.stillRunning(runId, pid);
  const file = lockFile(runs, runId);
  writeFileSync(file, `${process.pid} ${startTimeOf(process.pid) ?? ''}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** The process that works on the run; undefined where none does (any more). */
export function ownerOf(runs: string, runId: string): number | undefined {
  try {
    const [pid, started] = readFileSync(lockFile(runs, runId), 'utf8').trim().split(' ');
    const alive = startTimeOf(Number(pid));
    // A number is given again; together with the time of its start it is one process.
    return alive !== undefined && (started === undefined || started === alive) ? Number(pid) : undefined;
  } catch {
    return undefined;
  }
}

function lockFile(runs: string, runId: string): string {
  return path.join(runs, runId, 'lock');
}

/** When a process started (proc(5), field 22; where there is no /proc, only whether it is there); undefined: there is none. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    // A zombie works on nothing.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    if (process.platform === 'linux') return undefined;
    try {
      process.kill(pid, 0);
      return 'running';
    } catch {
      return undefined;
    }
  }
}

/** Removes the oldest runs beyond the number that is kept, but none that is going on. */
export function pruneRuns(runs: string, environment: Environment): void {
  const wanted = Number(environment.HOSTWRIGHT_KEEP_RUNS);
  const kept = Number.isInteger(wanted) && wanted > 0 ? wanted : KEPT;
  for (const runId of listRuns(runs).slice(kept)) {
    if (ownerOf(runs, runId) === undefined) {
      rmSync(path.join(runs, runId), { recursive: true, force: true });
    }
  }
}
