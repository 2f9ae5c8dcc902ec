import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnyModule } from '../../src/core/module.ts';
import type { Read } from '../../src/core/read.ts';
import { command } from '../../src/modules/builtin/command.ts';
import { ping } from '../../src/modules/builtin/ping.ts';
import { raw } from '../../src/modules/builtin/raw.ts';
import { script } from '../../src/modules/builtin/script.ts';
import { shell } from '../../src/modules/builtin/shell.ts';
import { waitFor } from '../../src/modules/builtin/wait_for.ts';
import { type Bench, openBench, runRead, runScript, SHELLS } from './real-shell.ts';

/** What the engine does with a command: guards, then the command itself; a status other than 0 is no accident here. */
function run(bench: Bench, module: AnyModule, input: Record<string, unknown>) {
  const params = module.params.parse(input) as never;
  const reads: [string, Read<unknown>][] = Object.entries(module.reads?.(params) ?? {});
  const values = Object.fromEntries(reads.map(([name, read]) => [name, runRead(bench, read)])) as never;
  const change = module.check(params, values, { checkMode: false, pendingChanges: false });
  const output = change && runScript(bench, module.apply(change, params));
  return { ran: change !== null, ...module.result?.(params, { values, change, output }) } as Record<
    string,
    unknown
  >;
}

describe.each(SHELLS.filter(({ present }) => present))('commands under $name', (one) => {
  let bench: Bench;
  beforeEach(() => {
    bench = openBench(one);
  });
  afterEach(() => bench.remove());

  it('command: gives each word to the program as it is', () => {
    const argv = [
      'printf',
      '[%s]',
      'a  b',
      "it's",
      '$(id)',
      '`id`',
      '*',
      '\\n',
      '',
      '-n',
      '~nobody-here/x',
      'Grüße',
    ];
    expect(run(bench, command, { argv }).stdout).toBe(
      "[a  b][it's][$(id)][`id`][*][\\n][][-n][~nobody-here/x][Grüße]",
    );
  });

  it('command: replaces variables of the environment and leaves unknown ones', () => {
    const argv = [
      'printf',
      '[%s]',
      '$HOME',
      `\${HOME}/x`,
      'a$HOME',
      '$NOT_SET_HERE',
      `\${NOT_SET_HERE}`,
      '$',
      '~/x',
      '~root',
      '~root/.x',
    ];
    const home = process.env.HOME;
    expect(run(bench, command, { argv }).stdout).toBe(
      `[${home}][${home}/x][a${home}][$NOT_SET_HERE][\${NOT_SET_HERE}][$][${home}/x][/root][/root/.x]`,
    );
    expect(run(bench, command, { argv: ['printf', '%s', '$HOME'], expand_argument_vars: false }).stdout).toBe(
      '$HOME',
    );
  });

  it('command: registers status, output and lines', () => {
    const cmd = `sh -c 'echo one; echo two; echo bad >&2; exit 3'`;
    expect(run(bench, command, { cmd })).toEqual({
      ran: true,
      cmd: ['sh', '-c', 'echo one; echo two; echo bad >&2; exit 3'],
      rc: 3,
      stdout: 'one\ntwo',
      stdout_lines: ['one', 'two'],
      stderr: 'bad',
      stderr_lines: ['bad'],
      msg: 'non-zero return code',
      delta: '0:00:00.000000',
    });
    expect(run(bench, command, { cmd: 'no-such-program-here x' }).rc).toBe(127);
  });

  it('command: keeps bytes that are no text, and empty ends where told', () => {
    const result = run(bench, command, { argv: ['printf', 'a\\377b\\n\\n'], strip_empty_ends: false });
    expect(result.stdout).toBe('a\uFFFDb\n\n');
  });

  it('command: reads stdin, with a newline or without, and nothing where there is none', () => {
    expect(run(bench, command, { cmd: 'od -An -c', stdin: 'x' }).stdout).toMatch(/^ +x +\\n$/);
    expect(run(bench, command, { cmd: 'od -An -c', stdin: 'x', stdin_add_newline: false }).stdout).toMatch(
      /^ +x$/,
    );
    expect(run(bench, command, { cmd: 'cat' }).stdout).toBe('');
  });

  it('command: looks at creates and removes, patterns and blanks included, below chdir', () => {
    mkdirSync(join(bench.host, 'a b'));
    writeFileSync(join(bench.host, 'a b', 'done.txt'), '');
    const inside = { cmd: 'pwd', chdir: join(bench.host, 'a b') };
    expect(run(bench, command, inside).stdout).toBe(join(bench.host, 'a b'));
    expect(run(bench, command, { ...inside, creates: 'done.txt' }).ran).toBe(false);
    expect(run(bench, command, { ...inside, creates: 'do*.t?t' }).ran).toBe(false);
    expect(run(bench, command, { ...inside, creates: 'gone*' }).ran).toBe(true);
    expect(run(bench, command, { cmd: 'pwd', creates: 'a b/*.txt' }).ran).toBe(false);
    expect(run(bench, command, { cmd: 'pwd', removes: 'a b/done.txt' }).ran).toBe(true);
    expect(run(bench, command, { cmd: 'pwd', removes: '$(touch evil)' }).msg).toBe(
      "Did not run command since '$(touch evil)' does not exist",
    );
    expect(existsSync(join(bench.host, 'evil'))).toBe(false);
    expect(run(bench, command, { cmd: 'pwd', chdir: '/no/such/directory' }).rc).toBe(1);
  });

  it('shell and raw: run a line as a shell does', () => {
    expect(run(bench, shell, { cmd: `a='x y'; echo "$a" | tr xy ab`, chdir: bench.host }).stdout).toBe('a b');
    expect(run(bench, shell, { cmd: 'cat; exit 4', stdin: 'in' })).toMatchObject({ rc: 4, stdout: 'in' });
    expect(run(bench, shell, { cmd: 'echo $0', executable: '/bin/bash' }).stdout).toBe('/bin/bash');
    expect(run(bench, raw, { free_form: 'echo a; echo b >&2' })).toMatchObject({
      stdout: 'a\n',
      stderr: 'b\n',
    });
  });

  it('script: runs with its own interpreter and arguments, from another directory, and leaves nothing', () => {
    const text = `#!/usr/bin/env -S bash -u\necho "$1|$2|\${BASH_VERSION:+bash}"; pwd; cat; basename "$0"; umask; exit 5\n`;
    writeFileSync(join(bench.local, 'set up.sh'), text, { mode: 0o644 });
    const temporary = join(bench.host, 'tmp');
    mkdirSync(temporary);
    const before = process.env.TMPDIR;
    process.env.TMPDIR = temporary;
    try {
      const result = run(bench, script, { cmd: `'set up.sh' 'a b' c`, chdir: bench.host });
      const umask = process.umask().toString(8).padStart(4, '0');
      expect(result).toMatchObject({
        rc: 5,
        stdout: `a b|c|bash\n${bench.host}\nset up.sh\n${umask}`,
        stderr: '',
      });
      expect(readdirSync(temporary)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
    writeFileSync(join(bench.local, 'plain'), 'echo "plain $1"');
    expect(run(bench, script, { cmd: 'plain x' }).stdout).toBe('plain x');
    expect(run(bench, script, { cmd: 'plain x', executable: '/bin/sh -eu' }).stdout).toBe('plain x');
  });

  it('ping: answers', () => {
    expect(run(bench, ping, { data: 'there' })).toEqual({ ran: false, ping: 'there' });
  });

  it('wait_for: a file, a line in it, and its absence', () => {
    const path = join(bench.host, 'app log');
    expect(run(bench, waitFor, { path, state: 'absent' })).toMatchObject({ elapsed: expect.any(Number) });
    expect(run(bench, waitFor, { path, timeout: 1, sleep: 1 })).toMatchObject({
      msg: `Timeout when waiting for file ${path}`,
    });
    writeFileSync(path, 'starting\0\n  ready in 12 ms (v1.2)\n');
    expect(run(bench, waitFor, { path })).toMatchObject({ elapsed: expect.any(Number), state: 'started' });
    expect(
      run(bench, waitFor, { path, search_regex: 'ready\\s+in (?P<ms>\\d+?) ms \\(v([\\d.]+)\\)' }),
    ).toMatchObject({
      match_groups: ['12', '1.2'],
      match_groupdict: { ms: '12' },
    });
    expect(run(bench, waitFor, { path, search_regex: '^ready', timeout: 0, msg: 'not yet' }).msg).toBe(
      'not yet',
    );
    expect(run(bench, waitFor, { path, state: 'absent', timeout: 0 }).msg).toBe(
      `Timeout when waiting for ${path} to be absent`,
    );
  });

  it('wait_for: nothing but time', () => {
    expect(run(bench, waitFor, { timeout: 1 })).toMatchObject({ elapsed: 1 });
  });
});

describe.each(SHELLS.filter(({ present }) => present))('ports under $name', (one) => {
  // The loop of the test must run while the script looks, so the listener is a process of its own.
  it('wait_for: a port that listens, says something, closes', async () => {
    const bench = openBench(one);
    const { spawn } = await import('node:child_process');
    const source = `
      const server = require('node:net').createServer((socket) => socket.end('SSH-2.0-Test\\r\\n'));
      server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
    const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const port = await new Promise<number>((resolve) =>
        child.stdout.once('data', (text) => resolve(Number(text))),
      );
      expect(run(bench, waitFor, { port, timeout: 5 })).toMatchObject({ elapsed: expect.any(Number), port });
      expect(run(bench, waitFor, { host: 'localhost', port, timeout: 5 })).toMatchObject({
        elapsed: expect.any(Number),
      });
      expect(
        run(bench, waitFor, { port, search_regex: '^SSH-([0-9.]+)', timeout: 8, connect_timeout: 2 }),
      ).toMatchObject({
        match_groups: ['2.0'],
      });
      expect(run(bench, waitFor, { port, state: 'stopped', timeout: 0 }).msg).toBe(
        `Timeout when waiting for 127.0.0.1:${port} to stop`,
      );
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await exited;
      expect(run(bench, waitFor, { port, state: 'stopped', timeout: 5 })).toMatchObject({ state: 'stopped' });
      expect(run(bench, waitFor, { port, timeout: 0 }).msg).toBe(
        `Timeout when waiting for 127.0.0.1:${port}`,
      );
    } finally {
      child.kill();
      bench.remove();
    }
  });

  it('wait_for: connections that must end, but for those of excluded hosts', async () => {
    const bench = openBench(one);
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const { connect } = await import('node:net');
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    try {
      const drained = { port, state: 'drained', timeout: 0 };
      expect(run(bench, waitFor, drained).msg).toBe(`Timeout when waiting for 127.0.0.1:${port} to drain`);
      expect(run(bench, waitFor, { ...drained, host: '0.0.0.0' }).msg).toContain('to drain');
      expect(run(bench, waitFor, { ...drained, exclude_hosts: ['127.0.0.1'] }).msg).toBeUndefined();
      expect(run(bench, waitFor, { ...drained, active_connection_states: ['SYN_RECV'] }).msg).toBeUndefined();
    } finally {
      socket.destroy();
      server.close();
      bench.remove();
    }
  });
});
