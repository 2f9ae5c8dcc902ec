import type { HostResult } from '../../core/event.ts';
import { formatPosition } from '../../core/position.ts';
import type { TaskResult } from '../../core/result.ts';
import { cleanLine } from '../clean.ts';
import {
  cleanDiff,
  explainFailure,
  formatItem,
  showDebug,
  showResult,
  unexplained,
  warningsOf,
} from '../explain.ts';
import { truncate, widthOf } from '../measure.ts';
import { paintDiff, type Style } from '../paint.ts';
import {
  countStatuses,
  type Look,
  outputBlock,
  type Part,
  paragraph,
  statusPart,
  taskLine,
} from './layout.ts';
import type { TaskView } from './task-view.ts';

/** Lines of a command's output that a failure shows without -v. */
const OUTPUT_LIMIT = 60;

const FAILURES = new Set<HostResult['status']>(['failed', 'unreachable', 'ignored', 'rescued']);

/** A finished task: one line, and below it what deserves to be read (failures in full, diffs, what `debug` says). */
export function finishedTask(view: TaskView, look: Look): string[] {
  const counts = countStatuses(view.results);
  const status = statusPart(counts, look);
  const line = taskLine(
    markOf(counts, look),
    titleOf(view, look),
    status,
    view.endTime - view.startTime,
    look,
  );
  const failures = [...failedItems(view), ...view.results.filter((event) => tellsFailure(event, view))];
  const details = [...view.items, ...view.results].filter((event) => !FAILURES.has(event.status));
  const inOrder = inOrderOf(view.hosts);
  // Under the name of a host the text stands two columns further in.
  const below = { ...look, columns: look.columns - 2 };
  return [
    line,
    ...grouped(inOrder(failures), (event) => failureLines(event, below), look),
    ...grouped(inOrder(details), (event) => detailLines(event, below), look),
  ];
}

/** Sorts events as the play lists its hosts: two runs of one playbook look alike, whichever host was faster. */
function inOrderOf(hosts: readonly string[]) {
  const places = new Map(hosts.map((host, index) => [host, index]));
  const placeOf = ({ host }: HostResult) => places.get(host) ?? hosts.length;
  return (events: readonly HostResult[]) => events.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** The title of a task; what a handler is shows. */
export function titleOf(view: TaskView, look: Look): Part {
  const suffix = view.start.handler ? ' (handler)' : '';
  const text = view.title + suffix;
  return {
    text,
    painted:
      view.results.every((event) => event.status === 'skipped') && view.pending.size === 0
        ? look.paint('dim', text)
        : text,
  };
}

function markOf(counts: ReturnType<typeof countStatuses>, look: Look): Part {
  const { paint, marks } = look;
  const mark = (text: string, style: Style) => ({ text, painted: paint(style, text) });
  if (counts.has('failed') || counts.has('unreachable')) return mark(marks.failed, 'failed');
  if (counts.has('rescued')) return mark(marks.warning, 'rescued');
  if (counts.has('ignored')) return mark(marks.warning, 'ignored');
  if (counts.has('changed')) return mark(marks.done, 'changed');
  if (counts.has('ok')) return mark(marks.done, 'ok');
  return mark(marks.skipped, 'dim');
}

function failedItems(view: TaskView): HostResult[] {
  return view.items.filter((event) => FAILURES.has(event.status));
}

// Where items have told their failures, the task's own result ("one item failed") says nothing new.
function tellsFailure(event: HostResult, view: TaskView): boolean {
  if (!FAILURES.has(event.status)) return false;
  return !view.items.some((item) => item.host === event.host && FAILURES.has(item.status));
}

// Hosts that have the very same to say share one paragraph.
function grouped(
  events: readonly HostResult[],
  render: (event: HostResult) => string[],
  look: Look,
): string[] {
  const groups = new Map<string, { lines: string[]; names: string[]; style: Style }>();
  for (const event of events) {
    const lines = render(event);
    if (lines.length === 0) continue;
    const key = `${event.status}\n${lines.join('\n')}`;
    const group = groups.get(key) ?? { lines, names: [], style: event.status };
    group.names.push(nameOf(event, look));
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ lines, names, style }) => {
    const unique = [...new Set(names)].filter((name) => name !== '');
    if (unique.length === 0) return lines;
    const heading = truncate(unique.join(', '), look.columns - 8);
    const [only = ''] = lines;
    // What one host has to say in one short line needs no heading of its own.
    if (lines.length === 1 && unique.length === 1 && widthOf(heading) + widthOf(only) < look.columns) {
      return [`      ${look.paint(style, heading)}  ${only.trimStart()}`];
    }
    return [`      ${look.paint(style, heading)}`, ...lines.map((line) => (line === '' ? '' : `  ${line}`))];
  });
}

function nameOf(event: HostResult, look: Look): string {
  const item = event.item === undefined ? '' : `(${formatItem(event.item)})`;
  return [look.manyHosts ? cleanLine(event.host) : '', item].filter((part) => part !== '').join(' ');
}

function failureLines(event: HostResult, look: Look): string[] {
  if (event.noLog) return paragraph('The result is not shown, because of no_log.', 6, look);
  const { message, outputs } = explainFailure(event.result, event.status);
  const limit = look.verbosity > 0 ? Number.POSITIVE_INFINITY : OUTPUT_LIMIT;
  return [
    ...paragraph(message, 6, look).map((line) =>
      line.replace(/\S.*$/, (text) => look.paint(event.status, text)),
    ),
    ...warningLines(event, look),
    ...outputs.flatMap(({ name, text }) => outputBlock(name, text, 6, limit, look)),
    ...(look.verbosity > 0 ? resultBlock(unexplained(event.result), look) : []),
    ...(event.position
      ? paragraph(`at ${cleanLine(formatPosition(event.position))}`, 6, look).map((line) =>
          look.paint('dim', line),
        )
      : []),
    ...(event.diff ? diffLines(event.diff, look) : []),
  ];
}

function detailLines(event: HostResult, look: Look): string[] {
  if (event.noLog) return [];
  const shown =
    event.status === 'skipped' && look.verbosity === 0
      ? []
      : event.module === 'debug' && event.result.results === undefined
        ? showDebug(event.result).flatMap((line) => paragraph(line, 6, look))
        : look.verbosity > 0
          ? resultBlock(event.result, look)
          : [];
  return [...warningLines(event, look), ...shown, ...(event.diff ? diffLines(event.diff, look) : [])];
}

function warningLines({ result }: HostResult, look: Look): string[] {
  return warningsOf(result).flatMap((text) =>
    paragraph(`${look.marks.warning} ${text}`, 6, look).map((line) =>
      line.replace(/\S.*$/, (words) => look.paint('warning', words)),
    ),
  );
}

function resultBlock(result: TaskResult, look: Look): string[] {
  const lines = showResult(result).flatMap((line) => paragraph(line, 6, look));
  return lines.map((line) => look.paint('dim', line));
}

function diffLines(diff: string, look: Look): string[] {
  // A diff is not wrapped: the terminal does that, and copying it stays possible.
  return paintDiff(cleanDiff(diff), look.paint).map((line) => `      ${line}`);
}
