import type { SourcePosition } from '../core/position.ts';

/** How bad a finding is. `error`: it will not run, or not as meant; `warning`: most probably a mistake; `hint`: there is a better way. */
export type Level = 'error' | 'warning' | 'hint';

/** Replaces the characters from `start` up to `end` (offsets in the file's text without a byte order mark). */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Edits of one file that mend a finding; all of them are made or none. */
export interface Fix {
  /** Absolute path. */
  readonly path: string;
  readonly edits: readonly Edit[];
}

/** One thing that a rule found. */
export interface Finding {
  readonly rule: string;
  readonly level: Level;
  /** One full sentence. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string | undefined;
  readonly position: SourcePosition | undefined;
  readonly fix: Fix | undefined;
}
