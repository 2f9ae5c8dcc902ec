import { main } from '../../src/cli/main.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process on a terminal that only records. */
export async function runMain(words: readonly string[], options: Partial<Terminal> = {}): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  const exitCode = await main(words, {
    output: {
      write: (text) => {
        stdout += text;
      },
      size: () => ({ columns: 80, rows: 24 }),
      onResize: () => () => {},
      isTerminal: false,
      ofProcess: false,
    },
    writeError: (text) => {
      stderr += text;
    },
    color: false,
    errorColor: false,
    unicode: true,
    environment: { HOSTWRIGHT_RUNS: 'off' },
    ask: undefined,
    onInterrupt: () => () => {},
    ...options,
  });
  return { exitCode, stdout, stderr };
}
