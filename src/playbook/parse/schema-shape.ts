import type { z } from 'zod';
import { parameterObject } from '../../modules/params.ts';
import type { ModuleOrAction } from '../../modules/table.ts';

/**
 * Looks into a schema of parameters, so that messages can name what exists. Reads only zod's public `def`; where a schema is of a kind
 * that is not known here, nothing is found and the message is shorter.
 */
type Definition = Readonly<Record<string, unknown>> & { readonly type?: string };

function definitionOf(schema: unknown): Definition {
  return ((schema as { def?: Definition } | undefined)?.def ?? {}) as Definition;
}

const WRAPPERS = new Set(['optional', 'nullable', 'default', 'prefault', 'catch', 'readonly', 'nonoptional']);

/** The schema inside optional, default, pipes and the like. */
function unwrap(schema: unknown): unknown {
  const definition = definitionOf(schema);
  if (WRAPPERS.has(definition.type ?? '')) return unwrap(definition.innerType);
  if (definition.type === 'pipe') {
    // A preprocessing step comes first and says nothing about the form; a transformation comes last.
    const isPreprocess = definitionOf(definition.in).type === 'transform';
    return unwrap(isPreprocess ? definition.out : definition.in);
  }
  return schema;
}

/** Fields of an object schema (of all variants of a union); undefined where it is no object. */
export function fieldsOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  const inner = unwrap(schema);
  const definition = definitionOf(inner);
  if (definition.type === 'object') return definition.shape as Readonly<Record<string, unknown>>;
  const parts =
    definition.type === 'union'
      ? (definition.options as readonly unknown[])
      : definition.type === 'intersection'
        ? [definition.left, definition.right]
        : [];
  const found = parts.flatMap((part) => fieldsOf(part) ?? []);
  return found.length === 0 ? undefined : Object.assign({}, ...found);
}

/** The schema of the value at a path. */
export function schemaAt(schema: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((current, step) => {
    const inner = unwrap(current);
    const definition = definitionOf(inner);
    if (definition.type === 'array') return definition.element;
    if (definition.type === 'record') return definition.valueType;
    const fields = fieldsOf(inner);
    if (fields && Object.hasOwn(fields, step)) return fields[String(step)];
    if (definition.type === 'union') {
      const options = definition.options as readonly unknown[];
      return options.map((option) => schemaAt(option, [step])).find((found) => found !== undefined);
    }
    return undefined;
  }, schema);
}

/** A module's parameters by name, without their other names. */
export function parameterNames(module: ModuleOrAction): readonly string[] {
  return Object.keys(fieldsOf(module.params) ?? {});
}

/** Other names of parameters, by the name that the schema uses. */
export function parameterAliases(module: ModuleOrAction): Readonly<Record<string, readonly string[]>> {
  if (!['object', 'pipe'].includes(definitionOf(module.params).type ?? '')) return {};
  try {
    return parameterObject(module.params as z.ZodType).aliases;
  } catch {
    return {};
  }
}
