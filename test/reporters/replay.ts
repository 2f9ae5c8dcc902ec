// Plays a scene on this terminal, in its own time: `npx jiti test/reporters/replay.ts SCENE [REPORTER] [SPEED]`.
import { setTimeout as sleep } from 'node:timers/promises';
import { standardOutput } from '../../src/cli/terminal.ts';
import { type ReporterName, reporters } from '../../src/reporters/index.ts';
import { scenes } from './scenes.ts';

const [name = 'one-host', reporterName = 'listr', speed = '1'] = process.argv.slice(2);
const scene = scenes[name];
if (!scene || !(reporterName in reporters)) {
  console.error(`Scenes: ${Object.keys(scenes).join(' ')}; reporters: ${Object.keys(reporters).join(' ')}`);
  process.exit(1);
}
const create = await reporters[reporterName as ReporterName]();
const reporter = create({
  output: standardOutput(process.stdout),
  color: process.env.NO_COLOR === undefined,
  verbosity: Number(process.env.VERBOSITY ?? 0),
  now: () => performance.now(),
});
let last: number | undefined;
for (const event of scene().events) {
  const time = Date.parse(event.time);
  const wait = last === undefined ? 0 : (time - last) / Number(speed);
  if (wait > 0) await sleep(wait);
  last = time;
  reporter.handle(event);
}
await reporter.close?.();
