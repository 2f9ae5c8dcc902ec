import {
  formatError,
  type HostwrightError,
  HostwrightErrors,
  HostwrightError as OwnError,
} from '../core/error.ts';
import type { ExitCode } from '../core/result.ts';
import { cleanText } from '../reporters/clean.ts';
import { createPaint } from '../reporters/paint.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { version } from './version.ts';

/**
 * The command line. Gives the exit code. Every error that a person can mend is one message on standard error, never a stack trace;
 * a defect of the program is one line, and its trace is shown with HOSTWRIGHT_DEBUG=1.
 */
export async function main(
  words: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<ExitCode> {
  // Asked by scripts and by completions: answered before anything else is loaded.
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
    terminal.output.write(`${version}\n`);
    return 0;
  }
  try {
    const { runProgram } = await import('./program.ts');
    return await runProgram(words, terminal);
  } catch (thrown) {
    terminal.writeError(describe(thrown, terminal));
    return 1;
  }
}

function describe(thrown: unknown, terminal: Terminal): string {
  const debug = Boolean(terminal.environment.HOSTWRIGHT_DEBUG);
  if (thrown instanceof OwnError || thrown instanceof HostwrightErrors) {
    const errors = thrown instanceof HostwrightErrors ? thrown.errors : [thrown];
    const shown = errors.map((error) => `${describeError(error, terminal)}\n`).join('');
    const count = errors.length > 1 ? `\n${errors.length} errors.\n` : '';
    return shown + count + (debug ? `\n${trace(thrown)}\n` : '');
  }
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  const line = cleanText(message).split('\n')[0];
  const advice = debug
    ? trace(thrown)
    : '  This is a defect of Hostwright. HOSTWRIGHT_DEBUG=1 shows where it happened.';
  return `hostwright: internal error: ${line}\n${advice}\n`;
}

function describeError(error: HostwrightError, { errorColor }: Terminal): string {
  const paint = createPaint(errorColor);
  const [first = '', ...rest] = cleanText(formatError(error)).split('\n');
  return [paint('failed', first), ...rest].join('\n');
}

function trace(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause === undefined ? '' : `\nCaused by ${trace(thrown.cause)}`;
  return cleanText(`${thrown.stack ?? thrown.message}${cause}`);
}
