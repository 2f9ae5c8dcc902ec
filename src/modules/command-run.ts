import { z } from 'zod';
import { NOT_KNOWN } from '../core/not-known.ts';
import type { Captured, JobOutput, Script } from '../core/script.ts';
import { raw, sh, withInput } from '../shell/sh.ts';
import { type GuardState, type Guards, skipReason } from './command-guards.ts';
import { flag } from './params.ts';

/** What `command`, `shell` and `script` share: guards, the directory, standard input, and the fields of the result. */

const path = z.string().min(1);

export const guardParams = {
  creates: path
    .optional()
    .describe('Path or pattern (`*`, `?`, `[…]`); where it exists already, the command is not run.'),
  removes: path
    .optional()
    .describe('Path or pattern (`*`, `?`, `[…]`); where it does not exist, the command is not run.'),
  chdir: path
    .optional()
    .describe('Directory to change to first; `creates` and `removes` are relative to it too.'),
};

export const inputParams = {
  stdin: z.string().optional().describe('Text for the standard input of the command. Default: empty.'),
  stdin_add_newline: flag.default(true).describe('End stdin with a newline.'),
};

export const stripParam = {
  strip_empty_ends: flag
    .default(true)
    .describe('Remove newlines at the end of stdout and stderr in the result.'),
};

/** The script with the task's standard input. */
export function withStdin(
  script: Script,
  params: { readonly stdin?: string | undefined; readonly stdin_add_newline: boolean },
): Script {
  if (params.stdin === undefined) return script;
  return withInput(script, params.stdin_add_newline ? `${params.stdin}\n` : params.stdin);
}

export interface CommandOutcome {
  /** As Ansible shows it: the words of `command`, the text of `shell`. */
  readonly cmd: string | readonly string[];
  readonly strip: boolean;
  readonly guards: Guards;
  readonly values: { readonly [name: string]: unknown };
  readonly output: JobOutput | null;
}

/** What a program gave. */
export type OutputFields = {
  readonly rc: number;
  readonly stdout: string;
  readonly stdout_lines: readonly string[];
  readonly stderr: string;
  readonly stderr_lines: readonly string[];
  /** Bytes left out in the middle, where there was too much to keep. */
  readonly stdout_omitted?: number;
  readonly stderr_omitted?: number;
  readonly msg?: string;
};

export type CommandFields = OutputFields & {
  readonly cmd: string | readonly string[];
  /** How long it took: hours, minutes, seconds. */
  readonly delta?: string;
};

/** The fields that Ansible's command modules register. */
export function commandResult({ cmd, strip, guards, values, output }: CommandOutcome): CommandFields {
  if (output) return { cmd, ...outputFields(output, strip), delta: duration(output.durationMs) };
  const reason = skipReason(guards, values.guards as GuardState | undefined);
  if (reason !== undefined) {
    const stdout = `skipped, since ${reason.replaceAll("'", '')}`;
    const msg = `Did not run command since ${reason}`;
    return { cmd, rc: 0, msg, stdout, stdout_lines: [stdout], stderr: '', stderr_lines: [] };
  }
  // A check run. Where a guard decides, it is known that the command would run; otherwise nothing is known.
  const known = guards.creates !== undefined || guards.removes !== undefined;
  const msg = 'Command would have run if not in check mode';
  return { cmd, msg, ...(known ? { changed: true, skipped: undefined } : {}), ...unknownOutput };
}

const unknownOutput = {
  rc: NOT_KNOWN,
  stdout: NOT_KNOWN,
  stdout_lines: NOT_KNOWN,
  stderr: NOT_KNOWN,
  stderr_lines: NOT_KNOWN,
  // Whoever looks at one of them is told that it is not known yet; nobody gets to see the symbol.
} as unknown as OutputFields;

/** rc, stdout, stderr and their lines; says how much was left out where the output was too long to keep. */
export function outputFields(output: JobOutput, strip: boolean): OutputFields {
  const stdout = decode(output.stdout, strip);
  const stderr = decode(output.stderr, strip);
  return {
    rc: output.rc,
    stdout,
    stdout_lines: lines(stdout),
    stderr,
    stderr_lines: lines(stderr),
    ...(output.stdout.omitted > 0 ? { stdout_omitted: output.stdout.omitted } : {}),
    ...(output.stderr.omitted > 0 ? { stderr_omitted: output.stderr.omitted } : {}),
    ...(output.rc === 0 ? {} : { msg: 'non-zero return code' }),
  };
}

/** UTF-8 with replacement characters; a gap in the middle is marked, so that no one takes its two sides for one text. */
function decode(captured: Captured, strip: boolean): string {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const { bytes, omitted, gapAt } = captured;
  const whole =
    omitted === 0
      ? text(bytes)
      : `${text(bytes.subarray(0, gapAt))}\n[… ${omitted} bytes left out …]\n${text(bytes.subarray(gapAt))}`;
  return strip ? whole.replace(/[\r\n]+$/, '') : whole;
}

function lines(text: string): readonly string[] {
  const all = text.split(/\r\n|\n|\r/);
  if (all.at(-1) === '') all.pop();
  return all;
}

/** Hours, minutes, seconds and microseconds, as Ansible writes a `delta`. */
function duration(milliseconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const microseconds = String(Math.round((milliseconds % 1000) * 1000)).padStart(6, '0');
  const seconds = milliseconds / 1000;
  return `${Math.floor(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${microseconds}`;
}

/** For the one that runs the text as it stands: `sh -c TEXT`. */
export function shellCommand(executable: string | undefined, text: string): Script {
  return executable === undefined ? sh`exec ${raw('/bin/sh')} -c ${text}` : sh`exec ${executable} -c ${text}`;
}
