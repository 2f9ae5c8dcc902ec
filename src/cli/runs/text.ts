import { renderDiff } from '../../core/diff.ts';
import { keyText } from '../../journal/record.ts';
import { cleanLine, cleanText } from '../../reporters/clean.ts';
import { formatDuration } from '../../reporters/duration.ts';
import type { Recorded } from './recorded.ts';
import type { RunSummary, TaskRow } from './summary.ts';

/** Runs as a table, the latest first. */
export function formatList(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return 'No run is recorded here.\n';
  const rows = runs.map((run) => [
    run.runId,
    run.began.replace('T', ' ').slice(0, 19),
    formatDuration(run.durationMs),
    `${run.state}${run.check ? ' (check)' : ''}`,
    `${run.hosts.length} ${run.hosts.length === 1 ? 'host' : 'hosts'}`,
    titleOf(run),
  ]);
  return table([['RUN', 'BEGAN (UTC)', 'TOOK', 'STATE', 'HOSTS', 'WHAT'], ...rows]);
}

function titleOf({ command, undoes, playbooks }: RunSummary): string {
  return cleanLine(undoes === undefined ? [command, ...playbooks].join(' ') : `undo of ${undoes}`);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** How far a run came: a line for each host, and what is not simply done. */
export function formatShow(run: RunSummary, whole: boolean): string {
  const head = `${run.runId}  ${run.state}${run.check ? ' (check run)' : ''}, ${titleOf(run)}, began ${run.began}, took ${formatDuration(run.durationMs)}\n`;
  const hosts = run.hosts.map(({ host, tasks }) => {
    const counts = [...countOf(tasks)].map(([status, count]) => `${count} ${status}`).join(', ');
    const told = tasks.filter((task) => whole || !QUIET.has(task.status));
    return `\n${cleanLine(host)}: ${counts || 'nothing'}\n${told.map(rowLine).join('')}`;
  });
  return head + hosts.join('');
}

const QUIET = new Set<TaskRow['status']>(['ok', 'changed', 'skipped', 'not begun']);

function countOf(tasks: readonly TaskRow[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { status, place } of tasks) {
    // A loop is one task, with its rounds told apart below it.
    if (!place.includes('#') || status === 'in flight') counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return counts;
}

function rowLine({ place, task, module, item, status }: TaskRow): string {
  const shown = item === undefined ? '' : ` (${typeof item === 'string' ? item : JSON.stringify(item)})`;
  return `  ${status.padEnd(11)} ${place.padEnd(10)} ${cleanLine(task + shown)} [${module}]\n`;
}

/** Everything that a run did on its hosts: each change with its diff, what it printed, and on demand what was sent. */
export function formatReport(run: RunSummary, { history, open }: Recorded, commands: boolean): string {
  const parts = run.hosts.map(({ host, tasks }) => {
    const lines = tasks.map((row) => rowLine(row) + changeText(row, host));
    return `\n${cleanLine(host)}\n${lines.join('')}`;
  });
  return formatShow({ ...run, hosts: [] }, false) + parts.join('');

  function changeText({ place }: TaskRow, host: string): string {
    const effect = history.effects.find(({ intent: { key } }) => {
      const [play, order] = place.split(' ');
      return keyText(key) === `${key.part} ${order} ${host}` && key.part.startsWith(`${play}.`);
    });
    if (!effect) return '';
    const { intent, effect: made } = effect;
    const sealed = 'sealed' in intent.differences;
    const diff = sealed ? '(the difference holds a secret)\n' : renderDiff(open(intent.differences));
    const output = [made?.stdout, made?.stderr].filter((text) => text && !intent.converges).join('');
    const sent = commands && intent.sent !== undefined ? `sent:\n${intent.sent}\n` : '';
    return indent(diff + sent + output);
  }
}

function indent(text: string): string {
  const lines = cleanText(text)
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => `      ${line}\n`).join('');
}

/** What two runs did differently, task by task. */
export function formatRunDiff(before: RunSummary, after: RunSummary): string {
  const lines: string[] = [];
  const hosts = new Set([...before.hosts, ...after.hosts].map(({ host }) => host));
  for (const host of hosts) {
    const one = rowsOf(before, host);
    const other = rowsOf(after, host);
    for (const [key, row] of new Map([...one, ...other])) {
      const was = one.get(key);
      const is = other.get(key);
      if (was?.status === is?.status && was?.change === is?.change) continue;
      const same = was?.status === is?.status ? ' (another change)' : '';
      lines.push(
        `${cleanLine(host)}  ${cleanLine(row.task)}: ${was?.status ?? 'not there'} -> ${is?.status ?? 'not there'}${same}\n`,
      );
    }
  }
  return lines.length === 0 ? `${before.runId} and ${after.runId} did the same.\n` : lines.join('');
}

/** By name and item, not by place: a playbook that grew is still compared task by task; the n-th of a name is the n-th. */
function rowsOf(run: RunSummary, name: string): ReadonlyMap<string, TaskRow> {
  const rows = new Map<string, TaskRow>();
  for (const row of run.hosts.find(({ host }) => host === name)?.tasks ?? []) {
    const round = row.place.includes('#') ? row.place.replace(/^[^#]*/, '') : '';
    const key = `${row.module}\n${row.task}${round}`;
    let number = 1;
    while (rows.has(`${key}\n${number}`)) number++;
    rows.set(`${key}\n${number}`, row);
  }
  return rows;
}
