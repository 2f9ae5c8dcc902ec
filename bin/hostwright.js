#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { loadProgram } = require('./load-program.js');

const entry = join(__dirname, '../dist/main.cjs');
if (existsSync(entry)) {
  void run();
} else {
  console.error('hostwright is not built yet: run `npm run build` in its directory.');
  process.exit(1);
}

async function run() {
  const { main } = loadProgram(entry);
  const code = await main(process.argv.slice(2));
  // A reader that is slower than we are still gets everything; one that has gone ends the waiting.
  const { stdout, stderr } = process;
  await Promise.all([stdout, stderr].map((stream) => new Promise((done) => stream.write('', done))));
  // Whatever is still open (a timer, a socket to a host that hangs) must not keep a finished command from ending.
  process.exit(code);
}
