import type { HostResult, RunEnd, RunEvent } from '../core/event.ts';
import { formatPosition } from '../core/position.ts';
import type { Status } from '../core/result.ts';
import { cleanLine, lastOverprint } from './clean.ts';
import {
  cleanDiff,
  explainFailure,
  formatItem,
  showDebug,
  showResult,
  unexplained,
  warningsOf,
} from './explain.ts';
import { createPaint, type Paint, paintDiff, type Style } from './paint.ts';
import { adviceOf, recapLine, summaryOf } from './recap.ts';
import type { CreateReporter, ReporterOptions } from './reporter.ts';

const WORDS: Readonly<Record<Status, string>> = {
  ok: 'ok',
  changed: 'changed',
  skipped: 'skipping',
  failed: 'fatal',
  unreachable: 'fatal',
  rescued: 'fatal',
  ignored: 'fatal',
};

/** Nothing new of a change under the guard is said again after so long. */
const GUARD_PAUSE_MS = 15_000;

/** Lines for pipes, logs and CI, in Ansible's order and words. */
export const createPlainReporter: CreateReporter = (options) => {
  const { output, verbosity } = options;
  const paint = createPaint(options.color);
  const print = (...lines: readonly string[]) => output.write(`${lines.join('\n')}\n`);
  const banner = (text: string) => print('', starred(cleanLine(text), options));
  // Tasks of which a host has reported items: the task's own result then says nothing new.
  const itemsSeen = new Set<string>();
  let shownTask: number | undefined;
  /** Beginnings of lines of live output, by host and stream. */
  const unfinished = new Map<string, string>();
  /** When something was said last of a change under the guard, by host and what it was; milliseconds. */
  const guardSaid = new Map<string, number>();
  const showOutput = (host: string, stream: string, line: string) =>
    print(paint('dim', `${stream}: [${cleanLine(host)}] ${lastOverprint(line)}`));

  const showTask = (event: RunEvent & { task: string; taskId: number }, handler: boolean) => {
    if (shownTask === event.taskId) return;
    shownTask = event.taskId;
    banner(`${handler ? 'RUNNING HANDLER' : 'TASK'} [${event.task}]`);
  };

  const handlers: { [Type in RunEvent['type']]?: (event: Extract<RunEvent, { type: Type }>) => void } = {
    runStart: ({ check }) => {
      if (check) print('CHECK RUN: nothing is changed on any host.');
    },
    playStart: ({ play, hosts }) => {
      shownTask = undefined;
      banner(`PLAY [${play}]`);
      if (hosts.length === 0) print('skipping: no hosts matched');
    },
    taskStart: (event) => {
      showTask(event, event.handler === true);
      if (verbosity >= 2 && event.position) {
        print(paint('dim', `task path: ${cleanLine(formatPosition(event.position))}`));
      }
    },
    hostRetry: (event) => {
      showTask(event, false);
      const left = event.retriesLeft === 1 ? '1 retry' : `${event.retriesLeft} retries`;
      const subject = `[${cleanLine(event.host)}]: ${cleanLine(event.task)}`;
      print(`FAILED - RETRYING: ${subject} (${left} left, next in ${event.delaySeconds}s).`);
    },
    guardProgress: (event) => {
      showTask(event, false);
      // The countdown goes on; a line says something new, or that it still is so.
      const said = `${event.taskId}\0${event.host}\0${event.message}`;
      const at = Date.parse(event.time);
      if (at - (guardSaid.get(said) ?? Number.NEGATIVE_INFINITY) < GUARD_PAUSE_MS) return;
      guardSaid.set(said, at);
      const left = event.secondsLeft ? ` (back in ${event.secondsLeft} s unless confirmed)` : '';
      print(`guard: [${cleanLine(event.host)}] ${cleanLine(event.message)}${left}`);
    },
    hostOutput: (event) => {
      if (verbosity < 3) return;
      const key = `${event.host}\0${event.stream}`;
      const lines = ((unfinished.get(key) ?? '') + event.text).split('\n');
      unfinished.set(key, lines.pop() ?? '');
      for (const line of lines) showOutput(event.host, event.stream, line);
    },
    hostResult: (event) => {
      showTask(event, false);
      for (const stream of ['stdout', 'stderr'] as const) {
        const line = unfinished.get(`${event.host}\0${stream}`);
        if (line) showOutput(event.host, stream, line);
        unfinished.delete(`${event.host}\0${stream}`);
      }
      const key = `${event.taskId}\0${event.host}`;
      if (event.item !== undefined) itemsSeen.add(key);
      else if (itemsSeen.delete(key)) {
        if (event.status === 'ignored') print('...ignoring');
        if (event.status === 'rescued') print('...rescuing');
        return;
      }
      print(...resultLines(event, verbosity, paint));
    },
    warning: ({ message, host, position }) => {
      const place = position ? `${formatPosition(position)}: ` : '';
      const where = host === undefined ? '' : `[${host}] `;
      print(paint('warning', `[WARNING]: ${cleanLine(where + place + message)}`));
    },
    runEnd: (event) => print(...endLines(event, options, paint)),
  };
  return {
    handle: (event) => (handlers[event.type] as ((event: RunEvent) => void) | undefined)?.(event),
  };
};

function resultLines(event: HostResult, verbosity: number, paint: Paint): string[] {
  const { status, result } = event;
  const item = event.item === undefined ? '' : `(item=${formatItem(event.item)})`;
  const host = `[${cleanLine(event.host)}]`;
  const lines: string[] = [];
  if (WORDS[status] !== 'fatal') {
    lines.push(paint(status, `${WORDS[status]}: ${host}${item && ` => ${item}`}`));
    if (!event.noLog) lines.push(...indent(fieldsOf(event, verbosity)));
  } else {
    const style: Style = status === 'ignored' || status === 'rescued' ? status : 'failed';
    const subject = item ? `failed: ${host} ${item}` : `fatal: ${host}: ${failureWord(status)}!`;
    const { message, outputs } = event.noLog
      ? { message: 'The result is not shown, because of no_log.', outputs: [] }
      : explainFailure(result, status);
    const [first, ...rest] = message.split('\n');
    lines.push(paint(style, `${subject} => ${first}`), ...indent(rest));
    for (const { name, text } of outputs) lines.push(...indent(block(name, text)));
    if (verbosity > 0 && !event.noLog) lines.push(...indent(showResult(unexplained(result))));
    if (event.position) lines.push(...indent([`at ${cleanLine(formatPosition(event.position))}`]));
  }
  if (!event.noLog)
    lines.push(...warningsOf(result).map((text) => paint('warning', `[WARNING]: ${host} ${text}`)));
  if (event.diff && !event.noLog) lines.push(...paintDiff(cleanDiff(event.diff), paint));
  if (event.item === undefined && status === 'ignored') lines.push(paint('ignored', '...ignoring'));
  if (event.item === undefined && status === 'rescued') lines.push(paint('rescued', '...rescuing'));
  return lines;
}

function fieldsOf(event: HostResult, verbosity: number): string[] {
  if (event.status === 'skipped' && verbosity === 0) return [];
  if (event.module === 'debug' && event.result.results === undefined) return showDebug(event.result);
  return verbosity > 0 ? showResult(event.result) : [];
}

function failureWord(status: Status): string {
  return status === 'unreachable' ? 'UNREACHABLE' : 'FAILED';
}

function block(name: string, text: string): string[] {
  const lines = text.split('\n');
  return lines.length === 1 ? [`${name}: ${text}`] : [`${name}: |`, ...indent(lines, 2)];
}

function indent(lines: readonly string[], by = 4): string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line));
}

function starred(text: string, { output }: ReporterOptions): string {
  const width = output.isTerminal ? output.size().columns - 1 : 79;
  return `${text} ${'*'.repeat(Math.max(3, width - text.length - 1))}`;
}

function endLines(event: RunEnd, options: ReporterOptions, paint: Paint): string[] {
  const hosts = Object.keys(event.recap);
  const width = Math.max(26, ...hosts.map((host) => cleanLine(host).length));
  const table = Object.entries(event.recap).map(([host, counts]) =>
    recapLine(cleanLine(host), counts, width, paint),
  );
  return ['', starred('PLAY RECAP', options), ...table, '', summaryOf(event), ...adviceOf(event)];
}
