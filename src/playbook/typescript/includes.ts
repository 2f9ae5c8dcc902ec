import { callPosition } from '../../source/call-position.ts';
import { authored, placed } from './authored.ts';
import type { IncludeKeywords } from './keywords.ts';
import { addNode, type Document, type PlaybookNode } from './node.ts';
import type { Lazy, Scope } from './scope.ts';

/** What an included role may be asked for beside its name. */
export interface RoleFiles {
  readonly name: string;
  readonly tasks_from?: string;
  readonly vars_from?: string;
  readonly defaults_from?: string;
  readonly handlers_from?: string;
}

function include(keyword: string) {
  const call = (target: unknown, keywords: object = {}): PlaybookNode => {
    const position = callPosition(call, keyword);
    const document = { [keyword]: authored(target, position), ...(authored(keywords, position) as Document) };
    return addNode({ document: placed(document, position), position, notified: [] });
  };
  return call;
}

type ImportTasks = (
  file: string,
  keywords?: Omit<IncludeKeywords<undefined>, 'loop' | 'loop_control'>,
) => PlaybookNode;
type ImportRole = (
  role: RoleFiles,
  keywords?: Omit<IncludeKeywords<undefined>, 'loop' | 'loop_control'>,
) => PlaybookNode;
type IncludeTasks = <const Item = undefined>(
  file: Lazy<string, Scope<Item>>,
  keywords?: IncludeKeywords<Item>,
) => PlaybookNode;
type IncludeRole = <const Item = undefined>(
  role: Lazy<RoleFiles, Scope<Item>>,
  keywords?: IncludeKeywords<Item>,
) => PlaybookNode;

/** The tasks of a YAML file, read when the playbook is loaded. */
export const import_tasks: ImportTasks = include('import_tasks');
/** The tasks of a YAML file, read when the task runs. */
export const include_tasks: IncludeTasks = include('include_tasks');
/** A role in a directory, read when the playbook is loaded. */
export const import_role: ImportRole = include('import_role');
/** A role in a directory, read when the task runs. */
export const include_role: IncludeRole = include('include_role');
