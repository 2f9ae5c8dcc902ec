import type { SourcePosition } from '../core/position.ts';
import type { Edit, Level } from './finding.ts';
import type { Judged } from './judged.ts';
import type { LintedFile } from './linted-file.ts';

/** A finding as a rule reports it; level and name come from the rule. */
export interface Report {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly position: SourcePosition | undefined;
  /** Where it is less certain or less bad than the rule's own level says. */
  readonly level?: Level;
  /** Edits of the file that is looked at. */
  readonly edits?: readonly Edit[] | undefined;
}

/** A small playbook (or tasks) that shows the rule; `files` are others beside it. */
export interface RuleExample {
  readonly text: string;
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * A rule of the linter: one file, with the texts that docs/lint.md is made of. `bad` and `good` are whole playbooks, which a test lints:
 * the rule must find something in the one and nothing in the other; where `fixable`, mending `bad` must give what the rule is content with.
 */
export interface Rule {
  readonly name: string;
  /** `off`: only where it is asked for with --rule. */
  readonly level: Level | 'off';
  /** One sentence: what it finds. */
  readonly summary: string;
  /** Why that matters. */
  readonly why: string;
  readonly bad: RuleExample;
  readonly good: RuleExample;
  readonly fixable: boolean;
  /** Codes of the loader that this rule says better: at the same place only the rule speaks. */
  readonly replaces?: readonly string[];
  /** Looks at how one file is written. */
  readonly checkFile?: (file: LintedFile) => readonly Report[];
  /** Looks at the meaning of a whole playbook or role, which has loaded without an error. */
  readonly checkPlaybook?: (playbook: Judged) => readonly Report[];
}

/** Declares a rule; only gives types. */
export function defineRule(rule: Rule): Rule {
  return rule;
}
