import { cleanLine } from '../clean.ts';
import { formatDuration } from '../duration.ts';
import { explainFailure } from '../explain.ts';
import { toWidth, truncate } from '../measure.ts';
import { titleOf } from './finished-task.ts';
import { countStatuses, type Look, statusPart, taskLine } from './layout.ts';
import { noteOf, type RunningHost, type TaskView, tailOf } from './task-view.ts';

/** Milliseconds that a host must have been busy before it gets a line: quick tasks pass without a flicker. */
const PATIENCE = 400;

/** A running task in at most `budget` lines (at least 1): its line, then who is busy with what, longest first. */
export function liveTask(view: TaskView, spinner: string, now: number, budget: number, look: Look): string[] {
  const elapsed = now - view.since;
  const counts = countStatuses(view.results);
  const status = look.manyHosts ? progressPart(view, counts, look) : notePart(view, now, look);
  const mark = { text: spinner, painted: look.paint('hunk', spinner) };
  const line = taskLine(mark, titleOf(view, look), status, elapsed >= 1000 ? elapsed : 0, look);
  const room = budget - 1;
  if (room <= 0) return [line];
  return [line, ...(look.manyHosts ? hostLines(view, now, room, look) : outputLines(view, now, room, look))];
}

function progressPart(view: TaskView, counts: ReturnType<typeof countStatuses>, look: Look) {
  const done = `${view.results.length}/${view.hosts.length}`;
  const bad = new Map([...counts].filter(([status]) => status === 'failed' || status === 'unreachable'));
  const { text, painted } = statusPart(bad, look);
  const dot = text === '' ? '' : ' · ';
  return { text: done + dot + text, painted: look.paint('dim', done + dot) + painted };
}

function notePart(view: TaskView, now: number, look: Look) {
  const [host] = view.running.values();
  const usually =
    view.usually !== undefined && now - view.since > PATIENCE
      ? `usually ${formatDuration(view.usually)}`
      : '';
  const text = (host && noteOf(host, now)) || usually;
  const shown = truncate(text, Math.max(look.columns - 60, 20));
  return { text: shown, painted: look.paint('dim', shown) };
}

function outputLines(view: TaskView, now: number, room: number, look: Look): string[] {
  const [host] = view.running.values();
  if (!host || now - host.since < PATIENCE) return [];
  return tailLines(host, Math.min(room, 5), 6, look);
}

function tailLines(host: RunningHost, room: number, indent: number, look: Look): string[] {
  if (room <= 0) return [];
  const margin = ' '.repeat(indent);
  return tailOf(host)
    .slice(-room)
    .map((line) => look.paint('dim', `${margin}${look.bar} ${truncate(line, look.columns - indent - 3)}`));
}

function hostLines(view: TaskView, now: number, room: number, look: Look): string[] {
  const failed = view.results.filter((event) => event.status === 'failed' || event.status === 'unreachable');
  const shownFailures = failed.slice(-Math.min(3, Math.max(0, room - 2)));
  const names = [...view.running.keys(), ...shownFailures.map((event) => event.host)];
  const width = Math.min(24, Math.max(...names.map((name) => name.length), 4));
  const lines = shownFailures.map((event) => {
    const reason = event.noLog
      ? ''
      : (explainFailure(event.result, event.status).message.split('\n')[0] ?? '');
    const text = `${toWidth(cleanLine(event.host), width)}  ${reason}`;
    return `      ${look.paint('failed', truncate(text, look.columns - 8))}`;
  });
  const busy = [...view.running]
    .filter(([, host]) => now - host.since >= PATIENCE)
    .sort(([, a], [, b]) => a.since - b.since);
  const left = room - lines.length;
  const shown = busy.slice(0, busy.length > left ? Math.max(0, left - 1) : left);
  for (const [name, host] of shown) lines.push(hostLine(name, host, now, width, look));
  const more = busy.length - shown.length;
  if (more > 0 && lines.length < room) {
    lines.push(look.paint('dim', `      … and ${more} more ${more === 1 ? 'host' : 'hosts'}`));
  }
  const only = busy.length === 1 ? busy[0] : undefined;
  if (only) lines.push(...tailLines(only[1], Math.min(3, room - lines.length), 8, look));
  return lines;
}

function hostLine(name: string, host: RunningHost, now: number, width: number, look: Look): string {
  const time = formatDuration(now - host.since).padStart(6);
  const doing = [noteOf(host, now), tailOf(host).at(-1) ?? ''].filter((part) => part !== '').join('  ');
  const room = look.columns - 6 - width - 2 - time.length - 2 - 1;
  const text = truncate(doing, Math.max(0, room));
  return `      ${toWidth(cleanLine(name), width)}  ${look.paint('dim', time)}${text && `  ${look.paint('dim', text)}`}`;
}
