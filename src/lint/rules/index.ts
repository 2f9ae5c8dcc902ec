import type { Rule } from '../rule.ts';
import { alwaysChanged } from './always-changed.ts';
import { bareLoop } from './bare-loop.ts';
import { constantCondition } from './constant-condition.ts';
import { duplicateTaskName } from './duplicate-task-name.ts';
import { jinjaCondition } from './jinja-condition.ts';
import { jinjaTemplate } from './jinja-template.ts';
import { keyValueText } from './key-value-text.ts';
import { localAction } from './local-action.ts';
import { octalMode } from './octal-mode.ts';
import { oldLoop } from './old-loop.ts';
import { qualifiedName } from './qualified-name.ts';
import { shadowedName } from './shadowed-name.ts';
import { templateFile } from './template-file.ts';
import { undefinedVariable } from './undefined-variable.ts';
import { unquotedTemplate } from './unquoted-template.ts';
import { unreachableHandler } from './unreachable-handler.ts';
import { unusedRegister } from './unused-register.ts';
import { unusedVariable } from './unused-variable.ts';
import { yamlBoolean } from './yaml-boolean.ts';

/** Every rule, in alphabetical order. */
export const rules: readonly Rule[] = [
  alwaysChanged,
  bareLoop,
  constantCondition,
  duplicateTaskName,
  jinjaCondition,
  jinjaTemplate,
  keyValueText,
  localAction,
  octalMode,
  oldLoop,
  qualifiedName,
  shadowedName,
  templateFile,
  undefinedVariable,
  unquotedTemplate,
  unreachableHandler,
  unusedRegister,
  unusedVariable,
  yamlBoolean,
];
