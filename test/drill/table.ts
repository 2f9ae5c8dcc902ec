import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../integration/command.ts';
import { backends } from '../lab/backends.ts';
import type { Verdict } from './judge.ts';

/** Marks between which the tables stand in docs/safety.md. */
const MARKS = {
  scenarios: ['<!-- table of the drill: npm run drill -- --record -->', '<!-- end of the table -->'],
  refusals: [
    '<!-- refusals of the drill: npm run drill -- --record --refusals -->',
    '<!-- end of the refusals -->',
  ],
} as const;

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

type Row = readonly string[];

export function formatTable(verdicts: readonly Verdict[]): string {
  return formatRows(COLUMNS, verdicts.map(scenarioRow));
}

function formatRows(titles: Row, rows: readonly Row[]): string {
  return [titles, titles.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function scenarioRow(verdict: Verdict): Row {
  const { number, name, tool, backend, outage, guestOutage, late } = verdict;
  return [
    ...[number, name, tool, backend, outcomeOf(verdict)],
    ...[outage, guestOutage, late].map((value) => (value === undefined ? '' : `${value} s`)),
  ];
}

/** Bold, and why, where it is not as it should be. */
function outcomeOf({ outcome, problems }: Verdict): string {
  const [first = ''] = problems;
  if (problems.length === 0) return outcome;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return `**${outcome}: ${first.replaceAll('|', '/').replaceAll('\n', ' ').slice(0, 120)}${more}**`;
}

/** Number, name, tool and backend of everything that there is, in the order of the tables. */
export type Known = Pick<Verdict, 'number' | 'name' | 'tool' | 'backend'>;

let writing: Promise<void> = Promise.resolve();

/** Writes what was found into docs/safety.md. Rows that were not played now stay as they are; of what there is no more they go. */
export function record(
  verdicts: readonly Verdict[],
  known: { readonly scenarios: readonly Known[]; readonly refusals: readonly Known[] },
): Promise<void> {
  writing = writing.then(async () => {
    const file = join(root, 'docs', 'safety.md');
    const text = await readFile(file, 'utf8');
    const isRefusal = (verdict: Verdict) => known.refusals.some((one) => keyOf(one) === keyOf(verdict));
    const played = verdicts.filter((verdict) => !isRefusal(verdict)).map(scenarioRow);
    const scenarios = replaced(text, MARKS.scenarios, (old) => {
      const rows = new Map([...old, ...played].map((row) => [row.slice(0, 4).join(' | '), row]));
      return formatRows(
        COLUMNS,
        known.scenarios.flatMap((one) => {
          const row = rows.get(keyOf(one));
          return row ? [row] : [];
        }),
      );
    });
    await writeFile(
      file,
      replaced(scenarios, MARKS.refusals, (old) => {
        const cells = new Map<string, string>();
        for (const [number, name, ...rest] of old)
          for (const [index, cell] of rest.entries())
            if (cell) cells.set(`${number} | ${name} | Hostwright | ${backends[index]}`, cell);
        for (const verdict of verdicts.filter(isRefusal)) cells.set(keyOf(verdict), outcomeOf(verdict));
        const names = new Map(
          known.refusals.map(({ number, name }) => [`${number} ${name}`, { number, name }]),
        );
        const rows = [...names.values()].map(({ number, name }) => [
          number,
          name,
          ...backends.map((backend) => cells.get(keyOf({ number, name, tool: 'Hostwright', backend })) ?? ''),
        ]);
        return formatRows(['No.', 'What is refused', ...backends], rows);
      }),
    );
  });
  return writing;
}

function keyOf({ number, name, tool, backend }: Known): string {
  return [number, name, tool, backend].join(' | ');
}

/** The text with another table between the marks, made of the rows that stand there. */
function replaced(
  text: string,
  [begin, end]: readonly [string, string],
  make: (old: readonly Row[]) => string,
) {
  const [head, rest = ''] = text.split(begin);
  const [old = '', tail = ''] = rest.split(end);
  const rows = old
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) => line.replace(/^\| /, '').replace(/ \|$/, '').split(' | '));
  return `${head}${begin}\n\n${make(rows)}\n\n${end}${tail}`;
}
