import { loadYamlFile } from '../source/yaml.ts';
import { isMapping } from './parse/values.ts';
import { notVariables } from './problems.ts';
import type { Variables } from './tree.ts';

/** The variables of a YAML or JSON file; none where it is empty. Throws HostwrightError(s). */
export async function loadVariableFile(file: string): Promise<Variables> {
  return variablesOf(await loadYamlFile(file), file);
}

/** A document as variables. Throws a HostwrightError where it is no map. */
export function variablesOf(document: unknown, file: string): Variables {
  if (document === null || document === undefined) return {};
  if (!isMapping(document)) throw notVariables(undefined, file, document);
  return document;
}
