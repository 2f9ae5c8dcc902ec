import type { RunEnd } from '../../core/event.ts';
import type { HostRecap } from '../../core/result.ts';
import { cleanLine } from '../clean.ts';
import { toWidth, widthOf } from '../measure.ts';
import { adviceOf, styleOfHost, summaryOf } from '../recap.ts';
import { type Look, paragraph } from './layout.ts';

const ALWAYS: readonly (keyof HostRecap)[] = ['ok', 'changed', 'skipped', 'failed'];
const SOMETIMES: readonly (keyof HostRecap)[] = ['unreachable', 'rescued', 'ignored'];

/** Hosts beyond which those with the same counts share a row. */
const ONE_ROW_EACH = 16;

interface Row {
  readonly name: string;
  readonly counts: HostRecap;
}

/** The end of a run: a table with a row per host, how it went, how long it took, and what to do next. */
export function recapTable(event: RunEnd, look: Look): string[] {
  const rows = rowsOf(event);
  const bad = Object.values(event.recap).some((host) => host.failed > 0 || host.unreachable > 0);
  const mark = bad ? look.marks.failed : look.marks.done;
  const summary = paragraph(summaryOf(event), 4, look).join('\n').trimStart().split('\n');
  return [
    ...(rows.length > 0 ? ['', ...table(rows, look)] : []),
    '',
    ...summary.map((line, index) =>
      index === 0 ? `  ${look.paint(bad ? 'failed' : 'ok', mark)} ${look.paint('bold', line)}` : line,
    ),
    ...adviceOf(event).flatMap((line) => paragraph(line, 4, look)),
    '',
  ];
}

function table(rows: readonly Row[], look: Look): string[] {
  const columns = [...ALWAYS, ...SOMETIMES.filter((name) => rows.some(({ counts }) => counts[name] > 0))];
  const cells = columns.reduce((sum, name) => sum + name.length + 2, 0);
  const widest = Math.max(4, ...rows.map(({ name }) => widthOf(name)));
  const nameWidth = Math.max(8, Math.min(widest, 60, look.columns - 5 - cells));
  const head = ' '.repeat(4 + nameWidth) + columns.map((name) => `  ${name}`).join('');
  if (widthOf(head) > look.columns - 1) return rows.flatMap((row) => sentence(row, columns, look));
  return [look.paint('dim', head), ...rows.map((row) => tableRow(row, columns, nameWidth, look))];
}

function tableRow(
  { name, counts }: Row,
  columns: readonly (keyof HostRecap)[],
  width: number,
  look: Look,
): string {
  const cells = columns.map((column) => {
    const cell = String(counts[column]).padStart(column.length + 2);
    return counts[column] > 0 ? look.paint(column, cell) : look.paint('dim', cell.replace(/0$/, '·'));
  });
  const style = styleOfHost(counts);
  const mark = style === 'failed' ? look.marks.failed : look.marks.done;
  return `  ${look.paint(style, mark)} ${toWidth(name, width)}${cells.join('')}`;
}

// Where the table does not fit, each host is a line of words.
function sentence({ name, counts }: Row, columns: readonly (keyof HostRecap)[], look: Look): string[] {
  const words = columns.filter((column) => counts[column] > 0).map((column) => `${counts[column]} ${column}`);
  const style = styleOfHost(counts);
  const mark = style === 'failed' ? look.marks.failed : look.marks.done;
  const [first = '', ...rest] = paragraph(`${name}: ${words.join(', ') || 'nothing'}`, 4, look);
  return [`  ${look.paint(style, mark)} ${first.trimStart()}`, ...rest];
}

// Those that failed come last, nearest to the prompt.
function rowsOf({ recap }: RunEnd): Row[] {
  const rows = Object.entries(recap).map(([name, counts]) => ({ name: cleanLine(name), counts }));
  const failed = rows.filter(({ counts }) => styleOfHost(counts) === 'failed');
  const fine = rows.filter(({ counts }) => styleOfHost(counts) !== 'failed');
  return rows.length > ONE_ROW_EACH ? [...merge(fine), ...merge(failed)] : [...fine, ...failed];
}

function merge(rows: readonly Row[]): Row[] {
  const groups = new Map<string, { names: string[]; counts: HostRecap }>();
  for (const { name, counts } of rows) {
    const key = Object.values(counts).join(' ');
    const group = groups.get(key) ?? { names: [], counts };
    group.names.push(name);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ names, counts }) => ({
    name: names.length === 1 ? (names[0] ?? '') : `${names.length} hosts, each: ${names.join(', ')}`,
    counts,
  }));
}
