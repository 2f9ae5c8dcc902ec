import type { AnyAction } from '../core/action.ts';
import type { AnyModule } from '../core/module.ts';

export type ModuleOrAction = AnyModule | AnyAction;

/** Modules by the name that users type. Each is loaded when first used, so that a run starts as fast as what it uses. */
export type ModuleTable = Readonly<Record<string, () => Promise<ModuleOrAction>>>;

/** True for modules that work on the controller. */
export function isAction(module: ModuleOrAction): module is AnyAction {
  return 'action' in module;
}
