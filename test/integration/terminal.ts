import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { showScreen } from '../reporters/virtual-screen.ts';
import { type Place, root } from './command.ts';

/** What a person does when they have read a text: type a line, or pull at the window. */
export type Reaction = readonly [
  seen: string,
  does: string | { readonly columns: number; readonly rows: number },
];

export interface Watched {
  readonly code: number | null;
  /** Everything that was written to the terminal, what was typed and echoed among it. */
  readonly written: string;
  /** What stands on it in the end, its scrollback included. */
  readonly lines: readonly string[];
}

/** The command on a terminal of its own (script(1) makes it), with a person who waits for texts and answers. */
export async function onTerminal(
  args: readonly string[],
  { cwd, environment }: Place,
  reactions: readonly Reaction[] = [],
  { columns, rows }: { readonly columns: number; readonly rows: number } = { columns: 80, rows: 24 },
): Promise<Watched> {
  const words = [process.execPath, join(root, 'bin', 'hostwright.js'), ...args];
  const command = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const shell = `tty; stty cols ${columns} rows ${rows}; exec ${command}`;
  const { CI: _, ...own } = process.env;
  const child = spawn('script', ['-qfe', '-c', shell, '/dev/null'], {
    cwd: cwd ?? root,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...own, NO_COLOR: '1', TERM: 'xterm-256color', HOSTWRIGHT_RUNS: 'off', ...environment },
  });
  let written = '';
  let read = 0;
  const left = [...reactions];
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    written += text;
    for (let next = left[0]; next; next = left[0]) {
      const at = stripVTControlCharacters(written.slice(read)).indexOf(next[0]);
      if (at < 0) return;
      read = written.length;
      left.shift();
      if (typeof next[1] === 'string') child.stdin.write(`${next[1]}\r`);
      else resize(written, next[1]);
    }
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (left.length > 0) throw new Error(`${JSON.stringify(left[0]?.[0])} was never seen:\n${written}`);
  const [terminal = '', ...rest] = written.split('\n');
  return {
    code,
    written: rest.join('\n').replace(terminal, ''),
    lines: showScreen(rest.join('\n')).lines.map((line) => line.trimEnd()),
  };
}

function resize(
  written: string,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): void {
  const terminal = written.slice(0, written.indexOf('\n')).trim();
  execFileSync('stty', ['-F', terminal, 'cols', String(columns), 'rows', String(rows)]);
}
