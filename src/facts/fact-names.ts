/**
 * Facts of the system that every host may have, but for those named after its own interfaces. Ansible puts each of them among the
 * variables too, as `ansible_NAME`.
 */
export const factNames: readonly string[] = `
  all_ipv4_addresses all_ipv6_addresses apparmor architecture bios_date bios_vendor bios_version cmdline date_time default_ipv4
  default_ipv6 distribution distribution_major_version distribution_minor_version distribution_release distribution_version dns domain
  fips fqdn hostname interfaces kernel kernel_version loadavg machine machine_id memavailable_mb memfree_mb memory_mb memtotal_mb
  mounts nodename os_family pkg_mgr processor processor_cores processor_count processor_nproc processor_threads_per_core
  processor_vcpus product_name product_version selinux service_mgr swapfree_mb swaptotal_mb system system_vendor uptime_seconds
  user_dir user_gecos user_gid user_id user_shell user_uid virtualization_role virtualization_type
`
  .trim()
  .split(/\s+/);

/**
 * Whether a variable looks as if it were named after an interface of a host (`ansible_eth0`, `ansible_br_lan`): which of them there are,
 * only the host's facts tell. The beginnings are those that the kernel, systemd and libvirt give.
 */
export function mayBeInterface(variable: string): boolean {
  return /^ansible_(?:lo|en[opsx]\w+|(?:bond|br|docker|dummy|em|eth|host|ib|p\d+p|team|tun|tap|veth|virbr|vlan|vnet|wg|wl[opsx]?)\d\w*|br_\w+)$/.test(
    variable,
  );
}

/** Facts as Ansible names them among the variables; `filter`: names with * and ?, with or without `ansible_`; empty: all. */
export function variablesOf(
  facts: Readonly<Record<string, unknown>>,
  filter: readonly string[],
): Readonly<Record<string, unknown>> {
  const patterns = filter.map(
    (name) =>
      new RegExp(
        `^(?:ansible_)?${name
          .replace(/^ansible_/, '')
          .replace(/[.+^${}()|[\]\\]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.')}$`,
      ),
  );
  const entries = Object.entries(facts).filter(
    ([name]) => patterns.length === 0 || patterns.some((pattern) => pattern.test(name)),
  );
  return Object.fromEntries(entries.map(([name, value]) => [`ansible_${name}`, value]));
}
