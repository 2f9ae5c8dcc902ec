import type { z } from 'zod';
import {
  defineModule as defineInCore,
  type ModuleDefinition,
  type Reads,
  type ResultFields,
} from '../../core/module.ts';
import type { ModuleOrAction, ModuleTable } from '../../modules/table.ts';
import { callModule, type FunctionOf } from './task.ts';

// Modules that a playbook defines are known by name, like ours, once the playbook is loaded.
const own = new Map<string, ModuleOrAction>();

/** The modules that have been defined since this was asked last. */
export function takeOwnModules(): ModuleTable {
  const table = Object.fromEntries([...own].map(([name, definition]) => [name, async () => definition]));
  own.clear();
  return table;
}

/** A module of one's own, typed and checked like those that ship: gives the function that makes tasks of it. */
export function defineModule<
  Schema extends z.ZodType,
  R extends Reads,
  Data,
  Result extends ResultFields = Readonly<Record<never, never>>,
>(
  definition: ModuleDefinition<Schema, R, Data, Result>,
): FunctionOf<ModuleDefinition<Schema, R, Data, Result>> & {
  readonly definition: ModuleDefinition<Schema, R, Data, Result>;
} {
  defineInCore(definition);
  own.set(definition.name, definition);
  const call = callModule(definition.name);
  return Object.assign(call, { definition }) as unknown as FunctionOf<typeof definition> & {
    readonly definition: typeof definition;
  };
}
