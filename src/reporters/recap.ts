import type { RunEnd } from '../core/event.ts';
import type { HostRecap } from '../core/result.ts';
import { cleanLine } from './clean.ts';
import { formatDuration } from './duration.ts';
import type { Paint, Style } from './paint.ts';

/** Ansible's counts in Ansible's order, which scripts read. */
const COUNTS = ['ok', 'changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored'] as const;

/** One host of the recap, as Ansible writes it; the name is clean. */
export function recapLine(host: string, counts: HostRecap, width: number, paint: Paint): string {
  const cells = COUNTS.map((name) => {
    const cell = `${name}=${String(counts[name]).padEnd(4)}`;
    return counts[name] > 0 ? paint(name, cell) : cell;
  });
  return `${paint(styleOfHost(counts), host)}${' '.repeat(width - host.length)} : ${cells.join(' ')}`.trimEnd();
}

/** The style that says how a host fared. */
export function styleOfHost(counts: HostRecap): Style {
  if (counts.failed > 0 || counts.unreachable > 0) return 'failed';
  return counts.changed > 0 ? 'changed' : 'ok';
}

/** How it went, in one sentence, with how long it took. */
export function summaryOf({ recap, durationMs, check }: RunEnd): string {
  const hosts = Object.values(recap);
  const failed = hosts.filter((host) => host.failed > 0).length;
  const unreachable = hosts.filter((host) => host.unreachable > 0).length;
  const changes = hosts.reduce((sum, host) => sum + host.changed, 0);
  const changed = hosts.filter((host) => host.changed > 0).length;
  const took = formatDuration(durationMs);
  const parts = [
    failed > 0 ? `${failed} failed` : '',
    unreachable > 0 ? `${unreachable} unreachable` : '',
    changes === 0
      ? check
        ? 'nothing to change'
        : 'nothing changed'
      : `${count(changes, check ? 'change to make' : 'change', check ? 'changes to make' : 'changes')} on ${count(changed, 'host', 'hosts')}`,
  ].filter((part) => part !== '');
  const of = hosts.length === 1 ? '1 host' : `${hosts.length} hosts`;
  return `${check ? 'Checked' : 'Finished'} ${of} in ${took}: ${parts.join(', ')}.`;
}

/** Hosts beyond which a list of names helps nobody. */
const NAMED = 12;

/** What to do next, where something is left to do. */
export function adviceOf(event: RunEnd): string[] {
  return [...debtLines(event), ...nextLines(event)];
}

function nextLines({ recap }: RunEnd): string[] {
  const hosts = Object.entries(recap).filter(([, host]) => host.failed > 0 || host.unreachable > 0);
  if (hosts.length === 0) return [];
  const lost = hosts.filter(([, host]) => host.unreachable > 0).length;
  const names = cleanLine(hosts.map(([name]) => name).join(','));
  const again = hosts.length > NAMED ? 'run it again' : `run it again with --limit ${names}`;
  const first =
    lost > 0
      ? `see why ${lost === 1 ? 'that host does' : 'those hosts do'} not answer (address, port, user, key)`
      : 'mend the cause named above';
  return [`Next: ${first}, then ${again}; what is done is not done twice.`];
}

/** Debts that are named one by one; more are counted. */
const NAMED_DEBTS = 8;

/** What a failure kept from being done, and what to do about it; no line where nothing is owed. */
function debtLines({ owed = {}, runId }: RunEnd): string[] {
  const debts = Object.entries(owed).flatMap(([host, list]) =>
    list.map(({ what, name }) => `${what} "${name}" on ${host}`),
  );
  if (debts.length === 0) return [];
  const named = cleanLine(debts.slice(0, NAMED_DEBTS).join(', '));
  const more = debts.length > NAMED_DEBTS ? `, and ${debts.length - NAMED_DEBTS} more` : '';
  return [`Owed: ${named}${more}. They did not run; "hostwright resume ${runId}" runs them.`];
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
