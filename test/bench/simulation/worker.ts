// A process of its own: HOSTS DIRECTORY. Runs site.yaml against so many hosts that are not there, and prints what that took as JSON.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEngine, loadInventoryFrom, loadModules, loadPlaybooks } from '../../../src/cli/parts.ts';
import type { RunOptions } from '../../../src/engine/options.ts';
import { createPlainReporter } from '../../../src/reporters/plain.ts';
import { createFakeHosts } from './fake-host.ts';

const [count = '1', directory = '.'] = process.argv.slice(2);
const options: RunOptions = {
  check: false,
  diff: false,
  limit: undefined,
  tags: [],
  skipTags: [],
  extraVars: [],
  forks: 100,
  startAtTask: undefined,
  confirmTask: undefined,
  prompt: undefined,
  forceHandlers: false,
  verbosity: 0,
  connection: {
    user: undefined,
    privateKeyFile: undefined,
    password: undefined,
    transport: undefined,
    timeoutSeconds: undefined,
    knownHostsFile: undefined,
    become: false,
    becomeUser: undefined,
    becomeMethod: undefined,
    becomePassword: undefined,
  },
};

async function once(hosts: number, answers: Map<string, never>) {
  const names = Array.from({ length: hosts }, (_, index) => [`host${index}`, {}]);
  const file = join(directory, 'hosts.yaml');
  writeFileSync(file, JSON.stringify({ all: { hosts: Object.fromEntries(names) } }));
  const playbook = join(directory, 'site.yaml');
  const [playbooks, inventory] = [
    await loadPlaybooks([playbook]),
    await loadInventoryFrom([file], [playbook]),
  ];
  const [run, modules] = [await loadEngine(), await loadModules()];
  const fake = createFakeHosts(answers);
  const output = { write: () => {}, isTerminal: false, columns: 80, rows: 24 };
  const reporter = createPlainReporter({
    output,
    color: false,
    verbosity: 0,
    now: () => performance.now(),
  } as never);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const parts = { modules, transports: { ssh: async () => fake.transport }, reporters: [reporter] };
  const { exitCode, recap } = await run(playbooks, inventory, options, parts);
  const seconds = (performance.now() - startedAt) / 1000;
  if (exitCode !== 0) throw new Error(`The simulated run ended with ${exitCode}.`);
  const { user, system } = process.cpuUsage(cpu);
  const changed = Object.values(recap).reduce((sum, one) => sum + one.changed, 0);
  return { cpuSeconds: (user + system) / 1e6, seconds, changed };
}

const first = new Map<string, never>();
const second = new Map<string, never>();
// What really happens; later hosts are told the same. Two of them, since a play of one host goes other ways.
const changes = (await once(2, first)).changed / 2;
await once(2, second);
const before = process.memoryUsage().rss;
const measured = { first: await once(Number(count), first), second: await once(Number(count), second) };
if (measured.first.changed !== changes * Number(count) || measured.second.changed !== 0) {
  throw new Error(`Hosts were told otherwise than the first: ${JSON.stringify(measured)}`);
}
process.stdout.write(
  `${JSON.stringify({ hosts: Number(count), before, peak: process.resourceUsage().maxRSS * 1024, ...measured })}\n`,
);
process.exit(0);
