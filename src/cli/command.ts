import type { Command } from 'commander';
import type { ExitCode } from '../core/result.ts';
import type { Terminal } from './terminal.ts';

/** What a command gets besides its options. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Writes to standard output. */
  readonly write: (text: string) => void;
  /** Says with which exit code the program ends; 0 unless said. */
  readonly finish: (exitCode: ExitCode) => void;
}

/** Gives a command its arguments, options, help and action. */
export type DefineCommand = (command: Command, context: CommandContext) => void;

/** An entry of the table of commands: enough for `--help` without loading the command. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<DefineCommand>;
  /** What `--help` says instead, where the command is given something to be helped with. */
  readonly helpWith?: (operands: readonly string[], color: boolean) => Promise<string>;
}
