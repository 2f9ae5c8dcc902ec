import path from 'node:path';
import { looksLikeTemplate, Template } from '../core/template.ts';
import { loadModule } from '../source/load-module.ts';
import type { Draft } from './draft.ts';
import * as problems from './problems.ts';
import { readYamlInventory } from './yaml-source.ts';

/** Reads an inventory that is a TypeScript or JavaScript module: its default export is the map, or a function that gives it. */
export async function readModuleInventory(source: string, draft: Draft): Promise<void> {
  let exported: unknown;
  try {
    exported = (await loadModule(path.resolve(source))).default;
    if (typeof exported === 'function') exported = await exported();
  } catch (cause) {
    throw problems.moduleShape(
      source,
      cause instanceof Error ? cause.message : 'it throws something that is no error',
    );
  }
  readYamlInventory(withTemplates(exported, source, 0), source, draft);
}

/** A module is written by a person, so `{{ }}` in its texts is a template, as in YAML. */
function withTemplates(value: unknown, file: string, depth: number): unknown {
  if (typeof value === 'string')
    return looksLikeTemplate(value) ? new Template(value, { file, line: 1, column: 1 }) : value;
  if (typeof value !== 'object' || value === null || value instanceof Template || depth > 60) return value;
  if (Array.isArray(value)) return value.map((item) => withTemplates(item, file, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withTemplates(item, file, depth + 1)]),
  );
}
