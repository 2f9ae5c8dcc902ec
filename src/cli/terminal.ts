import type { Output } from '../reporters/reporter.ts';

/** What commands know of the world around the process; a test hands them another one. */
export interface Terminal {
  /** Standard output. */
  readonly output: Output;
  /** Standard error. */
  readonly writeError: (text: string) => void;
  readonly color: boolean;
  readonly errorColor: boolean;
  /** False where only ASCII can be shown. */
  readonly unicode: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Asks a person; undefined where nobody is there to answer. Rejects with a HostwrightError when interrupted. */
  readonly ask: ((question: string, echo: boolean) => Promise<string>) | undefined;
  /** Calls back at the first Ctrl-C (or SIGTERM, SIGHUP); the second ends the process. Returns how to stop listening. */
  readonly onInterrupt: (listener: () => void) => () => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdout, stderr, stdin, env } = process;
  for (const stream of [stdout, stderr]) {
    // Whoever read our output (`| head`) has gone; that is no reason to stop in the middle of work, nor to complain.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return {
    output: standardOutput(stdout),
    writeError: (text) => void stderr.write(text),
    color: wantsColor(stdout, env),
    errorColor: wantsColor(stderr, env),
    unicode: env.TERM !== 'linux' && /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || 'utf-8'),
    environment: env,
    ask: stdin.isTTY && (stdout.isTTY || stderr.isTTY) ? askOnTerminal : undefined,
    onInterrupt,
  };
}

async function askOnTerminal(question: string, echo: boolean): Promise<string> {
  const { ask } = await import('./ask.ts');
  return ask(question, echo);
}

/** A stream as reporters write to it. */
export function standardOutput(stream: NodeJS.WriteStream): Output {
  // Bound now: the listr reporter holds back what others write to the stream, but not what it writes itself.
  const write = stream.write.bind(stream);
  return {
    write: (text) => void write(text),
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    onResize: (listener) => {
      stream.on('resize', listener);
      return () => stream.off('resize', listener);
    },
    isTerminal: stream.isTTY === true,
    ofProcess: true,
  };
}

function wantsColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

function onInterrupt(listener: () => void): () => void {
  let times = 0;
  const interrupted = (signal: NodeJS.Signals) => {
    times += 1;
    // 128 + the signal's number, as shells report it.
    if (times > 1) process.exit(signal === 'SIGTERM' ? 143 : signal === 'SIGHUP' ? 129 : 130);
    listener();
  };
  for (const signal of SIGNALS) process.on(signal, interrupted);
  return () => {
    for (const signal of SIGNALS) process.off(signal, interrupted);
  };
}
