import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a finished command left: its exit status (128 + n after signal n, 124 after a timeout) and its output as text. */
export interface CommandResult {
  rc: number;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  /** What the command reads on standard input; nothing by default. */
  input?: string;
  /** Milliseconds after which the command is killed; 60 s by default. */
  timeout?: number;
}

/** Runs a command on this machine without a shell. Never throws for a non-zero status. */
export function run(command: string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [file = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, options.timeout ?? 60_000);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined); // a command may end without reading its input
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      const text = Buffer.concat(stderr).toString();
      resolve({
        rc: timedOut ? 124 : (code ?? 128),
        stdout: Buffer.concat(stdout).toString(),
        stderr: timedOut ? `${text}[killed after ${options.timeout ?? 60_000} ms]` : text,
      });
    });
    child.stdin.end(options.input ?? '');
  });
}

/** Runs a command that must succeed, and waits for it right here: for the steps that open a run. */
export function runNow(command: string[]): string {
  const [file = '', ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr || stdout}`);
  return stdout;
}

/** Calls `attempt` until it returns something other than undefined; throws `failure()` after `timeout` ms. */
export async function until<Value>(
  attempt: () => Promise<Value | undefined> | Value | undefined,
  failure: () => string,
  { timeout = 30_000, interval = 50 } = {},
): Promise<Value> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const value = await attempt();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(failure());
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}

/** The path of one of the scripts beside this file. */
export function labScript(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
