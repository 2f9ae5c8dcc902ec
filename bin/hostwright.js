#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadProgram } from './load-program.js';

const entry = fileURLToPath(new URL('../dist/main.cjs', import.meta.url));
if (existsSync(entry)) {
  const { main } = loadProgram(entry);
  const code = await main(process.argv.slice(2));
  // A reader that is slower than we are still gets everything; one that has gone ends the waiting.
  const { stdout, stderr } = process;
  await Promise.all([stdout, stderr].map((stream) => new Promise((done) => stream.write('', done))));
  // Whatever is still open (a timer, a socket to a host that hangs) must not keep a finished command from ending.
  process.exit(code);
} else {
  console.error('hostwright is not built yet: run `npm run build` in its directory.');
  process.exit(1);
}
