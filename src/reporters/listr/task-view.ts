import type { HostResult, RunEvent, TaskStart } from '../../core/event.ts';
import { cleanLine, lastOverprint } from '../clean.ts';
import { formatItem } from '../explain.ts';

/** Last lines of output that are kept per running host. */
const TAIL = 5;

/** A host that is busy with a task. */
export interface RunningHost {
  /** Milliseconds on the reporter's clock. */
  readonly since: number;
  /** What it does just now: a loop item, a retry. */
  note: string;
  /** On the reporter's clock: when the host takes a guarded change back unless it is confirmed. */
  until: number | undefined;
  /** The last lines of output, cleaned; the last one may be unfinished. */
  readonly tail: string[];
}

/** What is known of a task while it runs and until its lines are printed. */
export interface TaskView {
  readonly title: string;
  readonly start: Pick<TaskStart, 'taskId' | 'module' | 'handler' | 'position'>;
  /** Milliseconds: by the event's own time, and on the reporter's clock. */
  readonly startTime: number;
  readonly since: number;
  /** Milliseconds that it took in an earlier run, where that is known and worth waiting for. */
  readonly usually: number | undefined;
  endTime: number;
  /** Hosts that the task runs on, in the order of the play. */
  readonly hosts: readonly string[];
  readonly pending: Set<string>;
  readonly running: Map<string, RunningHost>;
  /** Results of the task itself, in the order they came. */
  readonly results: HostResult[];
  /** Results of loop items that have something to show. */
  readonly items: HostResult[];
  readonly itemCounts: { done: number };
}

type TaskEvent = Extract<RunEvent, { taskId: number }>;

/** A view of a task that is about to run on these hosts. */
export function createTaskView(
  event: TaskEvent,
  hosts: readonly string[],
  now: number,
  usually?: number,
): TaskView {
  const handler = event.type === 'taskStart' && event.handler === true;
  const position = event.type === 'taskStart' ? event.position : undefined;
  const start = { taskId: event.taskId, module: event.module };
  return {
    title: cleanLine(event.task) || event.module,
    start: { ...start, ...(handler && { handler }), ...(position && { position }) },
    startTime: Date.parse(event.time),
    endTime: Date.parse(event.time),
    since: now,
    usually,
    hosts,
    pending: new Set(hosts),
    running: new Map(),
    results: [],
    items: [],
    itemCounts: { done: 0 },
  };
}

/** Takes an event of one host into the view. `until`: when it takes a change back that is not confirmed. */
export function updateTaskView(view: TaskView, event: TaskEvent, now: number, until?: number): void {
  if (event.type === 'taskStart') return;
  view.endTime = Date.parse(event.time);
  if (event.type === 'hostResult' && event.item === undefined) {
    view.results.push(event);
    view.running.delete(event.host);
    view.pending.delete(event.host);
    return;
  }
  const host = runningHost(view, event.host, now);
  host.until = until;
  if (event.type === 'hostStart') host.note = event.item === undefined ? '' : formatItem(event.item);
  if (event.type === 'hostRetry') {
    host.note = `try ${event.attempt} failed, next in ${event.delaySeconds}s (${event.retriesLeft} left)`;
  }
  if (event.type === 'guardProgress') host.note = cleanLine(event.message);
  if (event.type === 'hostOutput') addOutput(host.tail, event.text);
  if (event.type === 'hostResult') {
    view.itemCounts.done += 1;
    host.tail.length = 0;
    view.items.push(event);
  }
}

function runningHost(view: TaskView, name: string, now: number): RunningHost {
  const known = view.running.get(name);
  if (known) return known;
  const host: RunningHost = { since: now, note: '', until: undefined, tail: [] };
  view.running.set(name, host);
  return host;
}

// The last entry of the tail is the line that is still being written.
function addOutput(tail: string[], text: string): void {
  // Of a flood only the end can be seen, so only the end is looked at.
  const recent = text.length > 4000 ? text.slice(-4000) : text;
  const [first = '', ...others] = recent.split('\n');
  tail.push(((tail.pop() ?? '') + first).slice(-2000), ...others);
  tail.splice(0, Math.max(0, tail.length - TAIL - 1));
}

/** What a host is doing, with what is left of the time after which it takes a guarded change back. */
export function noteOf({ note, until }: RunningHost, now: number): string {
  if (until === undefined || until <= now) return note;
  const left = `back in ${Math.ceil((until - now) / 1000)}s unless confirmed`;
  return note === '' ? left : `${left} · ${note}`;
}

/** The last lines of a host's output as a terminal would show them. */
export function tailOf(host: RunningHost): string[] {
  return host.tail
    .map((line) => lastOverprint(line).trimEnd())
    .filter((line) => line !== '')
    .slice(-TAIL);
}
