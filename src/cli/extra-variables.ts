import type { Layer } from '../core/scope.ts';
import { looksLikeTemplate, Template } from '../core/template.ts';
import { keyValue, splitWords, typedValue } from './key-values.ts';
import { badExtraVariables } from './problems.ts';

/** The values of `-e`, in order: `name=value …`, `@file`, or a map in YAML or JSON. Templates in them are rendered at use. */
export function loadExtraVariables(texts: readonly string[]): Promise<readonly Layer[]> {
  return Promise.all(texts.map(loadOne));
}

async function loadOne(text: string): Promise<Layer> {
  const trimmed = text.trim();
  if (trimmed.startsWith('@')) return mapOf(text, await loadFile(trimmed.slice(1)));
  const words = splitWords(trimmed);
  const pairs = words?.map(keyValue);
  if (pairs && pairs.length > 0 && pairs.every((pair) => pair !== undefined)) {
    return Object.fromEntries(pairs.map(([name, value]) => [name, templated(typedValue(value))]));
  }
  if (!/^\{|^[\w-]+\s*:/.test(trimmed))
    throw badExtraVariables(text, 'is neither name=value, @file nor a map');
  const { parseYaml } = await import('../source/yaml.ts');
  return mapOf(text, parseYaml(trimmed, '-e'));
}

async function loadFile(path: string): Promise<unknown> {
  const { loadYamlFile } = await import('../source/yaml.ts');
  return loadYamlFile(path);
}

function mapOf(text: string, value: unknown): Layer {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw badExtraVariables(text, 'does not give a map of variables');
  return value as Layer;
}

function templated(value: string | number | boolean): unknown {
  return typeof value === 'string' && looksLikeTemplate(value) ? new Template(value) : value;
}
