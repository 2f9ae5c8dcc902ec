import path from 'node:path';
import type { Origin } from './tree.ts';

/**
 * Directories in which a relative path is looked for, the first hit winning, as Ansible does it: the role's own folder for that kind, the
 * role, its tasks; the same of the roles that brought it in; the directory of the file with the task; last the playbook's directory.
 * Files of tasks are first looked for beside the file that names them.
 */
export function searchPaths(
  origin: Origin,
  kind: 'files' | 'templates' | 'vars' | 'tasks',
): readonly string[] {
  const roles = origin.role ? [origin.role, ...origin.role.dependents] : [];
  const ofRoles = roles.flatMap((role) => [
    path.join(role.path, kind),
    role.path,
    path.join(role.path, 'tasks'),
  ]);
  const beside = path.dirname(origin.file);
  const homes = [beside, origin.playbookDirectory];
  const directories =
    kind === 'tasks'
      ? [beside, ...ofRoles, origin.playbookDirectory, ...homes.map((home) => path.join(home, kind))]
      : [...ofRoles, ...homes.flatMap((home) => [path.join(home, kind), home])];
  return [...new Set(directories.map((directory) => path.resolve(directory)))];
}
