/** A task as it stands in a playbook: a module's name and its parameters. */
export type FixTask = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** One thing that was looked at. */
export type Finding = {
  readonly network: string;
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  readonly expected: string;
  /** What to do, for people; only where something is wrong. */
  readonly fix?: string;
  /** The same as tasks of a playbook, in order. */
  readonly fix_tasks?: readonly FixTask[];
};

/** A finding before it is known of which network it is; what to do is left out where nothing is wrong. */
export type Look = Omit<Finding, 'network' | 'fix' | 'fix_tasks'> &
  Partial<Pick<Finding, 'fix' | 'fix_tasks'>>;
