import { parseArgs } from 'node:util';
import { type Backend, backends, lab } from '../lab/lab.ts';
import { controllerScenarios } from './controller.ts';
import { guestScenarios } from './guests.ts';
import { hostScenarios } from './host-faults.ts';
import { judge, type Verdict } from './judge.ts';
import { rivals } from './rivals.ts';
import type { Scenario } from './scenario.ts';
import { formatTable, record } from './table.ts';

const USAGE = `npm run drill -- [OPTIONS]
  --only TEXT       scenarios whose number is TEXT, or whose name holds it; may be repeated
  --backend NAME    one of ${backends.join(', ')}; may be repeated
  --no-rivals       without netplan try and NetworkManager's checkpoint
  --rivals          only these
  --at-once N       hosts at the same time (5)
  --record          write the table into docs/safety.md
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    backend: { type: 'string', multiple: true },
    'no-rivals': { type: 'boolean', default: false },
    rivals: { type: 'boolean', default: false },
    'at-once': { type: 'string', default: '5' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

interface Entry {
  readonly scenario: Scenario;
  readonly backend: Backend;
}

function chosen(scenarios: readonly Scenario[]): readonly Entry[] {
  const { only, backend } = values;
  return scenarios
    .filter(({ number, name }) => only?.some((text) => number === text || name.includes(text)) ?? true)
    .flatMap((scenario) =>
      scenario.backends
        .filter((one) => backend?.includes(one) ?? true)
        .map((one) => ({ scenario, backend: one })),
    );
}

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const entries = [
    ...(values.rivals ? [] : chosen([...controllerScenarios, ...hostScenarios, ...guestScenarios])),
    ...(values['no-rivals'] ? [] : chosen(rivals)),
  ];
  const verdicts: Verdict[] = new Array(entries.length);
  let next = 0;
  const line = async () => {
    for (let place = next++; place < entries.length; place = next++) {
      const { scenario, backend } = entries[place] as Entry;
      const verdict = await judge(scenario, backend);
      verdicts[place] = verdict;
      if (values.record)
        await record(verdicts.filter((one) => one?.outcome !== undefined && one.outcome !== 'nothing'));
      const mark = verdict.problems.length === 0 ? 'as expected' : 'NOT AS EXPECTED';
      process.stdout.write(
        `${mark}: ${scenario.number} ${scenario.name} (${verdict.tool} ${backend}): ${verdict.outcome}\n`,
      );
      for (const problem of verdict.problems) process.stdout.write(`    ${problem}\n`);
    }
  };
  await Promise.all(Array.from({ length: Number(values['at-once']) }, line));
  process.stdout.write(`\n${formatTable(verdicts)}\n`);
  await lab.down();
  return verdicts.some(({ tool, problems }) => tool === 'Hostwright' && problems.length > 0) ? 2 : 0;
}

process.exit(await main());
