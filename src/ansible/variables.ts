import { Template } from '../core/template.ts';
import type { Kind, Names } from '../playbook/jinja/kinds.ts';
import { plainNames } from '../playbook/jinja/kinds.ts';
import { parseYamlSource } from '../source/yaml.ts';

/** Words that YAML 1.1 takes for booleans. */
const BOOLEAN = /^(yes|no|on|off)$/i;

/** What is known about the variables of a playbook or role from the files that define them. */
export function namesOf(texts: readonly string[]): Names {
  const kinds = new Map<string, Kind>();
  const own = new Set<string>();
  const take = (variables: unknown) => {
    if (!isMap(variables)) return;
    for (const [name, value] of Object.entries(variables)) {
      own.add(name);
      const kind = kindOfValue(value);
      kinds.set(name, kinds.has(name) && kinds.get(name) !== kind ? 'unknown' : kind);
    }
  };
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isMap(value)) return;
    take(value.vars);
    for (const [key, inner] of Object.entries(value)) {
      if (/(^|\.)set_fact$/.test(key) && isMap(inner)) for (const name of Object.keys(inner)) own.add(name);
      if (key === 'register' && typeof inner === 'string') own.add(inner);
      visit(inner);
    }
  };
  for (const text of texts) {
    const { value } = parseYamlSource(text, 'variables');
    // A map is a file of variables (or meta, whose keys do no harm); a list holds plays or tasks.
    take(value);
    visit(value);
  }
  return {
    ...plainNames,
    isOwn: (name) => own.has(name),
    kindOf: (name) => kinds.get(name) ?? 'unknown',
  };
}

function kindOfValue(value: unknown): Kind {
  if (value instanceof Template || value === null || value === undefined) return 'unknown';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'string') return BOOLEAN.test(value) ? 'bool' : 'text';
  return 'map';
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Template);
}
