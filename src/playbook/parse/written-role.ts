import type { Included, RoleContext, Variables } from '../tree.ts';
import type { WrittenRole } from '../typescript/written-role.ts';
import { flattenHandlers } from './inherit.ts';
import { readInputs } from './inputs.ts';
import { gatherImports, type Reading } from './reading.ts';

/** A role that a TypeScript playbook defines, read like the files of a role's directory. */
export async function readWrittenRole(
  { content }: WrittenRole,
  params: Variables,
  outer: Reading,
): Promise<Included> {
  const { loading } = outer;
  const parent = outer.origin.role;
  const role: RoleContext = {
    name: content.name,
    path: content.directory,
    defaults: content.defaults,
    vars: content.vars,
    params,
    inputs: readInputs(content.inputs, { owner: content, key: 'inputs' }, loading),
    dependents: parent ? [parent, ...parent.dependents] : [],
  };
  const reading: Reading = { ...outer, origin: { ...outer.origin, file: content.file, role } };
  const section = (key: 'tasks' | 'handlers') =>
    outer.readNodes(content[key], { owner: content, key }, { ...reading, handlers: key === 'handlers' });
  const [tasks, handlers] = await Promise.all([section('tasks'), section('handlers')]);
  const imported = gatherImports([...tasks, ...handlers], reading);
  return {
    nodes: tasks,
    handlers: [...flattenHandlers(handlers), ...imported.handlers],
    roles: [role, ...imported.roles],
  };
}
