#!/usr/bin/env node
import { existsSync, mkdirSync, statSync } from 'node:fs';
import nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const entry = new URL('../dist/main.js', import.meta.url);
if (existsSync(entry)) {
  keepCompiledCode();
  const { main } = await import(entry.href);
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

// From Node 22.1 on: compiled code is kept between runs. What lies there is run as it is, so that the directory must be ours alone; Node's
// own choice is below /tmp, where others could have made it before us.
function keepCompiledCode() {
  if (!nodeModule.enableCompileCache) return;
  try {
    const directory = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hostwright', 'compiled');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(directory);
    if (uid === process.getuid?.() && (mode & 0o022) === 0) nodeModule.enableCompileCache(directory);
  } catch {
    // Without a home that can be written to it starts slower, no more.
  }
}
