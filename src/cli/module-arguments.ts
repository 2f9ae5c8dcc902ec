import { looksLikeTemplate, Template } from '../core/template.ts';
import type { ModuleOrAction } from '../modules/table.ts';
import { keyValue, splitWords, typedValue } from './key-values.ts';
import { parametersSchema } from './module-doc.ts';
import { badArguments } from './problems.ts';

/** The parameters in `-a`: `name=value …`, a map in YAML or JSON, or text for modules that take one (`-m command -a uptime`). */
export async function moduleArguments(
  text: string,
  module: ModuleOrAction,
): Promise<Readonly<Record<string, unknown>>> {
  const trimmed = text.trim();
  if (trimmed === '') return {};
  if (trimmed.startsWith('{') && !trimmed.startsWith('{{')) {
    const { parseYaml } = await import('../source/yaml.ts');
    return parseYaml(trimmed, '-a') as Record<string, unknown>;
  }
  const pairs = splitWords(trimmed)?.map(keyValue);
  const known = parametersSchema(module).properties ?? {};
  const allPairs = pairs?.every((pair) => pair !== undefined);
  // `A=1 make` is a command, `creates=/x` a parameter: the names decide.
  if (pairs && allPairs && (!module.freeForm || pairs.every(([name]) => Object.hasOwn(known, name)))) {
    return Object.fromEntries(pairs.map(([name, value]) => [name, templated(typedValue(value))]));
  }
  if (!module.freeForm) throw badArguments(text, module.name);
  return { [module.freeForm]: templated(trimmed) };
}

function templated(value: string | number | boolean): unknown {
  return typeof value === 'string' && looksLikeTemplate(value) ? new Template(value) : value;
}
