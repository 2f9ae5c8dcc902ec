import type { RunOptions } from '../engine/options.ts';
import type { UndoTable } from '../engine/undo-playbook.ts';

/** What was asked for on the command line beside the options of the engine. */
export interface RunOrigin {
  readonly command: 'run' | 'exec' | 'apply' | 'undo';
  /** Playbooks, as given. */
  readonly files: readonly string[];
  /** Where the inventory came from, as given. */
  readonly inventory: readonly string[];
  /** The run that is taken back. */
  readonly undoes?: string;
  readonly table?: UndoTable;
}

/** Everything that is needed to begin a run again, but no password. */
export interface KeptOrigin extends RunOrigin {
  /** The directory in which it was begun. */
  readonly directory: string;
  readonly options: Pick<
    RunOptions,
    'diff' | 'limit' | 'tags' | 'skipTags' | 'extraVars' | 'forks' | 'startAtTask' | 'forceHandlers'
  > & {
    readonly pipeline: boolean;
    readonly connection: Omit<RunOptions['connection'], 'password' | 'becomePassword'>;
  };
}

export function originOf(origin: RunOrigin, options: RunOptions): Readonly<Record<string, unknown>> {
  const { diff, limit, tags, skipTags, extraVars, forks, startAtTask, forceHandlers } = options;
  const { password: _login, becomePassword: _become, ...connection } = options.connection;
  const kept: KeptOrigin = {
    ...origin,
    directory: process.cwd(),
    options: {
      ...{ diff, limit, tags, skipTags, extraVars, forks, startAtTask, forceHandlers },
      pipeline: options.pipeline !== false,
      connection,
    },
  };
  return { ...kept };
}
