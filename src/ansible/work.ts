import type { Node, Pair, Scalar } from 'yaml';
import type { Edit } from '../lint/finding.ts';
import { endOf, startOf } from '../lint/linted-file.ts';
import type { Names } from '../playbook/jinja/kinds.ts';
import type { YamlSource } from '../source/yaml.ts';

export interface FileContext {
  readonly names: Names;
  readonly isModule: (name: string) => boolean;
  /** Template files that get another name, by their old one (`ntp.conf.j2`). */
  readonly isTemplate: (name: string) => boolean;
}

/** What one translation collects. */
export interface Work {
  readonly source: YamlSource;
  readonly context: FileContext;
  readonly edit: (edit: Edit | undefined) => void;
  readonly mark: (offset: number, reason: string) => void;
  /** Texts that something else has translated already. */
  readonly done: Set<unknown>;
  /** True for a file of variables. */
  readonly isVariables: boolean;
}

/** Gives a key another name. */
export function rename(pair: Pair<Scalar, Node | null>, name: string, work: Work): void {
  work.edit({ start: startOf(pair.key), end: endOf(pair.key), text: name });
}
