import { parseArgs } from 'node:util';
import { makeBed } from './bed.ts';
import { PARTS } from './parts.ts';
import { type RaceOptions, race } from './race.ts';
import { formatStandings, record, recordPart } from './report.ts';
import { missingPeers, missingRequirements } from './requirements.ts';
import { WORKLOADS } from './workloads.ts';

const NAMES = [...WORKLOADS.map(({ name }) => name), ...Object.keys(PARTS)];

const USAGE = `npm run bench -- [OPTIONS]
  --only NAME       one workload or part; may be repeated: ${NAMES.join(', ')}
  --runs N          rounds that count (3), after one that does not
  --peer-runs N     rounds of Ansible (1)
  --peer-limit N    seconds after which a run of Ansible is ended (60)
  --no-peers        without Ansible
  --quick           one round, no Ansible
  --against DIR     another built checkout of Hostwright as well; may be repeated
  --node FILE       another program of Node to measure the start with; may be repeated
  --hosts N         simulated hosts (1000)
  --record          write the results to docs/performance.json and the tables of docs/performance.md
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    runs: { type: 'string', default: '3' },
    'peer-runs': { type: 'string', default: '1' },
    'peer-limit': { type: 'string', default: '60' },
    'no-peers': { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    against: { type: 'string', multiple: true, default: [] },
    node: { type: 'string', multiple: true, default: [] },
    hosts: { type: 'string', default: '1000' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const tell = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const unknown = (values.only ?? []).filter((name) => !NAMES.includes(name));
  if (values.help || unknown.length > 0) {
    tell(`${unknown.map((name) => `There is no workload "${name}".\n`).join('')}${USAGE}`);
    return unknown.length > 0 ? 1 : 0;
  }
  const problems = missingRequirements();
  if (problems.length > 0) {
    tell(`The benchmark cannot run here:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    return 1;
  }
  const peers = !values['no-peers'] && !values.quick;
  if (peers)
    for (const missing of missingPeers()) tell(`Not compared with, since it is not there: ${missing}`);
  const options: RaceOptions = {
    runs: values.quick ? 1 : Math.max(1, Number(values.runs)),
    peerRuns: Math.max(1, Number(values['peer-runs'])),
    peerLimit: Math.max(1, Number(values['peer-limit'])),
    against: values.against,
    peers,
    tell,
  };
  const chosen = WORKLOADS.filter(({ name }) => values.only?.includes(name) ?? true);
  const parts = Object.entries(PARTS).filter(([name]) => values.only?.includes(name) ?? !values.quick);
  const bed = await makeBed(Math.max(1, ...chosen.map(({ hosts }) => hosts)));
  const interrupt = () => void bed.close().then(() => process.exit(130));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    for (const workload of chosen) {
      tell(`${workload.title} (${workload.name})`);
      const standings = await race(bed, workload, options);
      tell(formatStandings(workload, standings));
      if (values.record) record(workload, standings);
    }
    for (const [name, measurePart] of parts) {
      const nodes = [process.execPath, ...values.node];
      const table = await measurePart(bed, { runs: 9, nodes, simulatedHosts: Number(values.hosts) });
      tell([table.title, ...[table.head, ...table.rows].map((row) => `  ${row.join(' | ')}`), ''].join('\n'));
      if (values.record) recordPart(name, table);
    }
  } finally {
    await bed.close();
  }
  return 0;
}

process.exitCode = await main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : thrown}\n`);
  return 1;
});
