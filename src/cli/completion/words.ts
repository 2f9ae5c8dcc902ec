/** What the shells can complete: commands with their options. */
export interface CompletionCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletionOption[];
  /** What the command's own arguments are. */
  readonly argument: 'file' | 'directory' | 'module' | 'none';
}

export interface CompletionOption {
  /** `--limit`. */
  readonly long: string;
  /** `-l`. */
  readonly short: string | undefined;
  readonly description: string;
  /** What its value is; undefined where it takes none. */
  readonly value: 'file' | 'module' | 'reporter' | 'any' | undefined;
}

export interface CompletionWords {
  readonly commands: readonly CompletionCommand[];
  readonly modules: readonly string[];
  readonly reporters: readonly string[];
}

/** Every flag of an option. */
export function flagsOf({ long, short }: CompletionOption): readonly string[] {
  return short === undefined ? [long] : [short, long];
}

/** Text inside single quotes of a shell. */
export function single(text: string): string {
  return text.replaceAll("'", `'\\''`);
}
