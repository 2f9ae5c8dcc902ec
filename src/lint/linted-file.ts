import type { Node, Pair, Scalar } from 'yaml';
import type { SourcePosition } from '../core/position.ts';
import type { ModuleOrAction, ModuleTable } from '../modules/table.ts';
import type { Expressions } from '../playbook/expressions.ts';
import type { YamlSource } from '../source/yaml.ts';
import { type Shape, shapeOf, type WrittenMap, writtenMaps } from './task-maps.ts';

/** A key of a task that names a module, and what is given to it. */
export interface WrittenCall {
  readonly pair: Pair<Scalar, Node | null>;
  /** As written, maybe with a collection in front. */
  readonly key: string;
  readonly task: WrittenMap;
  readonly module: ModuleOrAction;
}

/** A file as rules look at it. */
export interface LintedFile {
  /** Absolute. */
  readonly path: string;
  readonly source: YamlSource;
  readonly shape: Shape;
  readonly maps: readonly WrittenMap[];
  /** The module calls of all tasks whose module exists. */
  readonly calls: readonly WrittenCall[];
  readonly modules: ModuleTable;
  readonly expressions: Pick<Expressions, 'checkSyntax'>;
  readonly at: (offset: number) => SourcePosition;
}

/** What a file looks like before its modules are known. */
export function mapsOf(path: string, source: YamlSource): Pick<LintedFile, 'shape' | 'maps'> {
  const root = source.document?.contents;
  return { shape: shapeOf(root), maps: [...writtenMaps(root, /(^|\/)handlers\//.test(path))] };
}

export function startOf(node: { readonly range?: readonly number[] | null } | null | undefined): number {
  return node?.range?.[0] ?? 0;
}

/** Where the value itself ends, without what follows on its line. */
export function endOf(node: { readonly range?: readonly number[] | null } | null | undefined): number {
  return node?.range?.[1] ?? 0;
}
