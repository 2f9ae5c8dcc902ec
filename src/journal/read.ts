import { readFileSync } from 'node:fs';
import { problems } from './problems.ts';
import { type BeginRecord, FORMAT, type JournalRecord } from './record.ts';

/** The records of a journal and how it began. A line that was torn when its writer died is left out. Throws HostwrightError. */
export function readJournal(file: string): {
  readonly begin: BeginRecord;
  readonly records: readonly JournalRecord[];
} {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw problems.notJournal(file);
  }
  const records = text.split('\n').flatMap(recordOf);
  const [begin] = records;
  if (begin?.type !== 'begin') throw problems.notJournal(file);
  for (const record of records) {
    if (record.type === 'begin' && record.format > FORMAT) throw problems.laterFormat(file, record.format);
  }
  return { begin, records };
}

/** A record of a kind that this version does not know is left out as well. */
function recordOf(line: string): readonly JournalRecord[] {
  if (line === '') return [];
  try {
    const record: unknown = JSON.parse(line);
    return isRecord(record) ? [record] : [];
  } catch {
    return [];
  }
}

const TYPES = new Set(['begin', 'intent', 'effect', 'left', 'done', 'facts', 'live', 'event', 'end']);

function isRecord(value: unknown): value is JournalRecord {
  const type = (value as { readonly type?: unknown } | null)?.type;
  return typeof type === 'string' && TYPES.has(type);
}
