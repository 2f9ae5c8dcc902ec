import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../integration/command.ts';
import type { Verdict } from './judge.ts';

const BEGIN = '<!-- table of the drill: npm run drill -- --record -->';
const END = '<!-- end of the table -->';

const COLUMNS = [
  'No.',
  'Scenario',
  'Tool',
  'Backend',
  'Outcome',
  'Host silent',
  'Guest silent',
  'Rollback late',
];

export function formatTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((verdict) => [
    verdict.number,
    verdict.name,
    verdict.tool,
    verdict.backend,
    verdict.problems.length === 0 ? verdict.outcome : `**${verdict.outcome}: ${summary(verdict)}**`,
    seconds(verdict.outage),
    seconds(verdict.guestOutage),
    seconds(verdict.late),
  ]);
  return [COLUMNS, COLUMNS.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function summary({ problems }: Verdict): string {
  const [first = ''] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return `${first.replaceAll('|', '/').slice(0, 120)}${more}`;
}

function seconds(value: number | undefined): string {
  return value === undefined ? '' : `${value} s`;
}

/** Writes the table into docs/safety.md, between its marks; rows of scenarios that were not played now stay as they are. */
export async function record(verdicts: readonly Verdict[]): Promise<void> {
  const file = join(root, 'docs', 'safety.md');
  const text = await readFile(file, 'utf8');
  const [head, rest = ''] = text.split(BEGIN);
  const [old = '', tail = ''] = rest.split(END);
  const rows = new Map<string, string>();
  const [title = '', line = '', ...played] = formatTable(verdicts).split('\n');
  for (const row of [
    ...old
      .split('\n')
      .filter((one) => one.startsWith('| '))
      .slice(2),
    ...played,
  ]) {
    rows.set(row.split(' | ').slice(0, 4).join(' | '), row);
  }
  await writeFile(file, `${head}${BEGIN}\n\n${[title, line, ...rows.values()].join('\n')}\n\n${END}${tail}`);
}
