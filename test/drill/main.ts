import { parseArgs } from 'node:util';
import { type Backend, backends, lab } from '../lab/lab.ts';
import { scenarios } from './all.ts';
import { judge, judgeRefusals, type Verdict } from './judge.ts';
import { refusals } from './refusals.ts';
import { rivals } from './rivals.ts';
import type { Scenario } from './scenario.ts';
import { formatTable, type Known, record } from './table.ts';

const USAGE = `npm run drill -- [OPTIONS]
  --only TEXT       scenarios whose number is TEXT, or whose name holds it; may be repeated
  --backend NAME    one of ${backends.join(', ')}; may be repeated
  --no-rivals       without netplan try and NetworkManager's checkpoint
  --rivals          only these
  --refusals        only what must be refused before anything is touched
  --list            what would be played, and nothing more
  --at-once N       hosts at the same time (5)
  --record          write the table into docs/safety.md
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    backend: { type: 'string', multiple: true },
    'no-rivals': { type: 'boolean', default: false },
    rivals: { type: 'boolean', default: false },
    refusals: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    'at-once': { type: 'string', default: '5' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Something that is played on a host of its own. */
interface Entry {
  readonly name: string;
  readonly backend: Backend;
  readonly last?: true | undefined;
  readonly play: () => Promise<readonly Verdict[]>;
}

function isChosen({ number, name }: { readonly number: string; readonly name: string }): boolean {
  return values.only?.some((text) => number === text || name.includes(text)) ?? true;
}

const isWanted = (backend: Backend) => values.backend?.includes(backend) ?? true;

function entriesOf(some: readonly Scenario[]): readonly Entry[] {
  return some.filter(isChosen).flatMap((scenario) =>
    scenario.backends.filter(isWanted).map((backend) => ({
      name: `${scenario.number} ${scenario.name}`,
      backend,
      last: scenario.last,
      play: async () => [await judge(scenario, backend)],
    })),
  );
}

/** All refusals of a backend are put to the same host. */
function refusalEntries(): readonly Entry[] {
  return backends.filter(isWanted).flatMap((backend) => {
    const some = refusals.filter((one) => isChosen(one) && one.backends.includes(backend));
    const name = `${some.length} refusals`;
    return some.length === 0 ? [] : [{ name, backend, play: () => judgeRefusals(some, backend) }];
  });
}

const KNOWN = {
  scenarios: [...scenarios, ...rivals].flatMap(knownOf),
  refusals: refusals.flatMap(knownOf),
};

function knownOf(one: {
  readonly number: string;
  readonly name: string;
  readonly tool?: string;
  readonly backends: readonly Backend[];
}): readonly Known[] {
  const { number, name, tool = 'Hostwright' } = one;
  return one.backends.map((backend) => ({ number, name, tool, backend }));
}

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const only = values.rivals || values.refusals;
  const entries = [
    ...(values.refusals || !only ? refusalEntries() : []),
    ...(only ? [] : entriesOf(scenarios)),
    ...(values.rivals || !(only || values['no-rivals']) ? entriesOf(rivals) : []),
  ];
  if (values.list) {
    for (const { name, backend } of entries) process.stdout.write(`${name} (${backend})\n`);
    return 0;
  }
  const all: (readonly Verdict[])[] = new Array(entries.length).fill([]);
  for (const last of [undefined, true]) {
    const places = entries.flatMap((entry, place) => (entry.last === last ? [place] : []));
    const line = async () => {
      for (let place = places.shift(); place !== undefined; place = places.shift()) {
        const verdicts = await (entries[place] as Entry).play();
        all[place] = verdicts;
        if (values.record)
          await record(
            verdicts.filter(({ outcome }) => outcome !== 'nothing'),
            KNOWN,
          );
        for (const verdict of verdicts) process.stdout.write(said(verdict));
      }
    };
    await Promise.all(Array.from({ length: Number(values['at-once']) }, line));
  }
  const verdicts = all.flat();
  process.stdout.write(`\n${formatTable(verdicts)}\n`);
  await lab.down();
  return verdicts.some(({ tool, problems }) => tool === 'Hostwright' && problems.length > 0) ? 2 : 0;
}

function said({ number, name, tool, backend, outcome, problems }: Verdict): string {
  const mark = problems.length === 0 ? 'as expected' : 'NOT AS EXPECTED';
  const lines = problems.map((problem) => `    ${problem}\n`);
  return `${mark}: ${number} ${name} (${tool} ${backend}): ${outcome}\n${lines.join('')}`;
}

process.exit(await main());
