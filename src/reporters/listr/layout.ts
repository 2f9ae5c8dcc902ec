import type { HostResult } from '../../core/event.ts';
import type { Status } from '../../core/result.ts';
import { formatDuration } from '../duration.ts';
import { toWidth, truncate, widthOf, wrapLine } from '../measure.ts';
import type { Paint } from '../paint.ts';

/** What the drawing functions need to know of the terminal and of the run. */
export interface Look {
  readonly paint: Paint;
  readonly columns: number;
  readonly verbosity: number;
  /** False where the play has one host: then names and counts say nothing. */
  readonly manyHosts: boolean;
  readonly marks: {
    readonly done: string;
    readonly failed: string;
    readonly skipped: string;
    readonly warning: string;
  };
  /** Stands before output of commands. */
  readonly bar: string;
}

const ORDER: readonly Status[] = ['failed', 'unreachable', 'changed', 'ok', 'skipped', 'rescued', 'ignored'];

/** How many hosts ended how, for counting and for colour. */
export function countStatuses(results: readonly HostResult[]): Map<Status, number> {
  const counts = new Map<Status, number>();
  for (const status of ORDER) {
    const number = results.filter((result) => result.status === status).length;
    if (number > 0) counts.set(status, number);
  }
  return counts;
}

/** A part of a line: plain text and how it is painted. */
export interface Part {
  readonly text: string;
  readonly painted: string;
}

/** `17 ok · 3 changed`, or only the word for a single host. */
export function statusPart(counts: ReadonlyMap<Status, number>, look: Look): Part {
  const words = [...counts].map(([status, number]) => ({
    status,
    word: look.manyHosts ? `${number} ${status}` : status,
  }));
  const dot = ' · ';
  return {
    text: words.map(({ word }) => word).join(dot),
    painted: words
      .map(({ status, word }) => (status === 'skipped' ? look.paint('dim', word) : look.paint(status, word)))
      .join(look.paint('dim', dot)),
  };
}

/** A task's line: mark, title, status, time; in columns that stay where they are from task to task. */
export function taskLine(mark: Part, title: Part, status: Part, milliseconds: number, look: Look): string {
  const time = milliseconds >= 100 ? formatDuration(milliseconds) : '';
  const titleWidth = titleWidthFor(look.columns);
  const left = `  ${mark.painted} `;
  if (look.columns < 50) {
    // Too narrow for columns: what matters is the title, then the status.
    const room = look.columns - 5 - widthOf(status.text) - 1;
    const shown = truncate(title.text, Math.max(10, room));
    return `${left}${repaint(title, shown)} ${room >= 10 ? status.painted : ''}`.trimEnd();
  }
  const shown = repaint(title, toWidth(title.text, titleWidth));
  const room = look.columns - 4 - titleWidth - 2 - 1;
  if (status.text === '' && time === '') return `${left}${shown}`.trimEnd();
  if (widthOf(status.text) > room) return `${left}${shown}  ${truncate(status.text, room)}`;
  const timeRoom = Math.max(room - widthOf(status.text) - 2, 0);
  const gap = ' '.repeat(Math.max(2, Math.min(24, room - 7) - widthOf(status.text)));
  const tail = time !== '' && gap.length + widthOf(time) <= timeRoom + 2 ? gap + look.paint('dim', time) : '';
  return `${left}${shown}  ${status.painted}${tail}`.trimEnd();
}

// A title keeps its paint when it is cut or filled.
function repaint(title: Part, shown: string): string {
  return title.painted === title.text ? shown : title.painted.replace(title.text, () => shown);
}

function titleWidthFor(columns: number): number {
  return Math.min(Math.max(columns - 40, 16), 48);
}

/** Text of any number of lines, wrapped and indented. */
export function paragraph(text: string, indent: number, look: Look): string[] {
  const margin = ' '.repeat(indent);
  return text
    .replaceAll('\t', '    ')
    .split('\n')
    .flatMap((line) => wrapLine(line, look.columns - indent - 1))
    .map((line) => (line === '' ? '' : margin + line));
}

/** Output of a command with a bar at its left, and its name before the first line. */
export function outputBlock(name: string, text: string, indent: number, limit: number, look: Look): string[] {
  const margin = ' '.repeat(indent);
  const lines = cutMiddle(text.replaceAll('\t', '    ').split('\n'), limit);
  const width = look.columns - indent - 10;
  return lines
    .flatMap((line) => wrapLine(line, width))
    .map((line, index) => {
      const label = look.paint('dim', `${(index === 0 ? name : '').padEnd(6)} ${look.bar} `);
      return `${margin}${label}${line}`.trimEnd();
    });
}

function cutMiddle(lines: readonly string[], limit: number): readonly string[] {
  if (lines.length <= limit) return lines;
  const head = Math.floor(limit / 3);
  const left = lines.length - limit;
  return [
    ...lines.slice(0, head),
    `… ${left} more lines; -v shows them all …`,
    ...lines.slice(lines.length - (limit - head)),
  ];
}
