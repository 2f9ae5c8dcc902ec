/** Collections whose modules have the names that we use. */
const PREFIX = /^(?:ansible\.(?:builtin|legacy|posix)|community\.(?:general|libvirt|crypto)|hostwright)\./;

/** The name without a collection that is known (`ansible.builtin.copy` is `copy`). */
export function shortName(name: string): string {
  return name.replace(PREFIX, '');
}

/** Modules of Ansible whose work is done in another way here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  package_facts: 'Ask with "package" in check mode, or with "command".',
  virt: 'Use libvirt_domain.',
  virt_net: 'Use libvirt_network.',
  virt_pool: 'Use "command" with virsh.',
  nmcli: 'Use host_bridge, or "command" with nmcli.',
  network_connections: 'Use host_bridge.',
  include: 'Use import_tasks or include_tasks.',
  synchronize: 'Use "copy" with a directory.',
  yum_repository: 'Use "template" for the file in /etc/yum.repos.d.',
  apt_repository: 'Use "copy" for the file in /etc/apt/sources.list.d.',
  apt_key: 'Use "get_url" into /etc/apt/keyrings.',
  expect: 'Use "command" with stdin.',
};

/** What to use instead of a module that Hostwright does not have. */
export function adviceFor(module: string): string | undefined {
  const name = shortName(module);
  return Object.hasOwn(ELSEWHERE, name) ? ELSEWHERE[name] : undefined;
}

/** Statements that are no modules: they bring in other files. */
export const INCLUDES = new Set(['import_tasks', 'include_tasks', 'import_role', 'include_role']);
