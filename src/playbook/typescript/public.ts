/** What `import … from 'hostwright'` gives. */

export { z } from 'zod';
export type { Change, Difference } from '../../core/change.ts';
export { HostwrightError } from '../../core/error.ts';
export type { HostRead, ReadOutput } from '../../core/read.ts';
export type { Script } from '../../core/script.ts';
export { sh } from '../../shell/sh.ts';
export { type BlockOptions, block } from './block.ts';
export { type HandlerOptions, handler } from './handler.ts';
export { import_role, import_tasks, include_role, include_tasks, type RoleFiles } from './includes.ts';
export {
  defineInputs,
  type Input,
  type InputDefinitions,
  type InputOptions,
  type InputValues,
  input,
} from './inputs.ts';
export type { BlockKeywords, IncludeKeywords, Notify, SharedKeywords, TaskKeywords } from './keywords.ts';
export { defineModule } from './module.ts';
export * from './modules.ts';
export type { Handler, PlaybookNode, Section } from './node.ts';
export { type ImportPlaybookOptions, import_playbook, type Play, type PlayOptions, play } from './play.ts';
export { definePlaybook, type Playbook, type PlaybookOptions } from './playbook.ts';
export { defineRole, type Role, type RoleDefinition, type RoleUse } from './role.ts';
export type { Condition, Data, Facts, Lazy, ResultScope, Scope } from './scope.ts';
export { type BaseResult, type ModuleFunction, type Registered, type Task, task } from './task.ts';
