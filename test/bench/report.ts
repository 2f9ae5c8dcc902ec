import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import type { Table } from './parts.ts';
import type { Standing } from './race.ts';
import { versions } from './requirements.ts';
import type { Workload } from './workloads.ts';

const RESULTS = 'docs/performance.json';
const PAGE = 'docs/performance.md';

interface Circumstances {
  readonly date: string;
  readonly revision: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: string;
  /** Load average of the last minute: how much else ran. */
  readonly load: number;
}

interface Recorded extends Circumstances {
  readonly title: string;
  readonly target: readonly [number, number];
  readonly targetOf: 'limit' | 'plain';
  readonly standings: readonly Standing[];
}

/** Results of one workload for a terminal. */
export function formatStandings(workload: Workload, standings: readonly Standing[]): string {
  const lines = standings.map((standing) => `  ${row(standing).join(' | ')}`);
  return `${lines.join('\n')}\n  target: ${workload.target.join(' / ')} of ${workload.targetOf}\n`;
}

interface Results {
  readonly workloads: Record<string, Recorded>;
  readonly parts: Record<string, Table & Circumstances>;
}

/** Keeps the results of a workload and writes the tables anew. */
export function record(workload: Workload, standings: readonly Standing[]): void {
  const results = load();
  results.workloads[workload.name] = {
    title: workload.title,
    target: workload.target,
    targetOf: workload.targetOf,
    ...circumstances(),
    standings: standings.map(rounded),
  };
  save(results);
}

/** The same for a part. */
export function recordPart(name: string, table: Table): void {
  const results = load();
  results.parts[name] = { ...table, ...circumstances() };
  save(results);
}

function load(): Results {
  return existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : { workloads: {}, parts: {} };
}

function save(results: Results): void {
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  if (existsSync(PAGE)) writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8'), results));
}

function circumstances(): Circumstances {
  return {
    date: new Date().toISOString().slice(0, 10),
    revision: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    versions: versions(),
    machine: `${cpus().length} x ${cpus()[0]?.model.trim()}, Linux ${release()}`,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

function rounded(standing: Standing): Standing {
  return JSON.parse(
    JSON.stringify(standing, (_, value) => (typeof value === 'number' ? Number(value.toFixed(3)) : value)),
  );
}

const BEGIN = '<!-- tables: written by npm run bench -- --record -->';
const END = '<!-- end of tables -->';

function withTables(page: string, results: Results): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) return page;
  return `${page.slice(0, begin)}${BEGIN}\n\n${tables(results)}\n\n${page.slice(end)}`;
}

function tables({ workloads, parts }: Results): string {
  const small = Object.values(parts).map(({ title, head, rows, ...around }) => {
    return `### ${title}\n\n${markdown([head, head.map(() => '---'), ...rows])}\n\n${when(around)}`;
  });
  const large = Object.values(workloads).map(({ title, target, targetOf, standings, ...around }) => {
    const aim = `Aim: ${target.join(' / ')}${targetOf === 'plain' ? ' of the one with the default key exchange' : ''}`;
    const head = ['', 's, first / second run', 'x limit', 'controller CPU, s', 'memory, MiB', 'runs'];
    const rows = [head, head.map(() => '---'), ...standings.map(row)];
    return `### ${title}\n\n${markdown(rows)}\n\n${when(around)} ${aim}.`;
  });
  return [...large, ...small].join('\n\n');
}

function markdown(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function when({ date, revision, load }: Circumstances): string {
  return `${date}, revision ${revision}, load average at the end ${load}.`;
}

function row({ name, kind, runs, first, second, ratios, plainRatios, cut }: Standing): readonly string[] {
  // Of a run that was ended it is known that it takes longer than that.
  const pair = (one: number, two: number, digits: number) =>
    cut === 'first'
      ? `> ${one.toFixed(digits)} / –`
      : `${one.toFixed(digits)} / ${cut ? '> ' : ''}${two.toFixed(digits)}`;
  const plain = kind === 'own' ? ` (${pair(plainRatios.first, plainRatios.second, 2)})` : '';
  return [
    kind === 'own' ? `**${name}**` : name.replaceAll('|', '\\|'),
    pair(first.seconds, second.seconds, 2),
    `${pair(ratios.first, ratios.second, 2)}${plain}`,
    cut === 'first' ? '' : pair(first.cpuSeconds, second.cpuSeconds, 2),
    first.memoryMiB === undefined || first.memoryMiB === 0 ? '' : first.memoryMiB.toFixed(0),
    String(runs),
  ];
}
