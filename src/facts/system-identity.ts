import { assignments, type FileLines, firstLine } from './system-files.ts';

/** Kernel and names of the host. `asked` is what `hostname -f` said, where it had to be asked. */
export function kernelFacts(files: FileLines, machine: string, asked: string) {
  const nodename = firstLine(files, '/proc/sys/kernel/hostname');
  const fqdn = fullName(nodename, asked, files.get('/etc/hosts') ?? []);
  const dot = fqdn.indexOf('.');
  const architecture = /^i[3-6]86$/.test(machine) ? 'i386' : machine;
  return {
    system: firstLine(files, '/proc/sys/kernel/ostype') || 'Linux',
    kernel: firstLine(files, '/proc/sys/kernel/osrelease'),
    kernel_version: firstLine(files, '/proc/sys/kernel/version'),
    machine,
    architecture,
    nodename,
    hostname: nodename.split('.')[0] ?? '',
    fqdn,
    domain: dot < 0 ? '' : fqdn.slice(dot + 1),
    machine_id: firstLine(files, '/etc/machine-id'),
    uptime_seconds: Math.floor(Number(firstLine(files, '/proc/uptime').split(' ')[0] ?? 0)),
    cmdline: commandLine(firstLine(files, '/proc/cmdline')),
  };
}

/** hosts(5) says it without asking any name server: the canonical name is the first after the address. */
function fullName(nodename: string, asked: string, hosts: readonly string[]): string {
  if (nodename.includes('.')) return nodename;
  const names = hosts
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1))
    .find((candidates) => candidates.includes(nodename));
  const dotted = names?.find((name) => name.startsWith(`${nodename}.`)) ?? names?.[0];
  return dotted || asked.trim() || nodename;
}

function commandLine(line: string): Readonly<Record<string, string | true>> {
  const words = line.split(' ').filter((word) => word !== '');
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf('=');
      return equals < 0 ? [word, true] : [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}

const PACKAGE_TOOLS: Readonly<Record<string, string>> = { 'apt-get': 'apt' };

/** What installs packages and what starts services. `tools` are in the order of preference. */
export function toolFacts(files: FileLines, tools: readonly string[], places: readonly string[]) {
  const tool = tools.find((candidate) => candidate !== 'virsh');
  const initd = places.includes('/etc/init.d') && firstLine(files, '/proc/1/comm') === 'init';
  const service = places.includes('/run/systemd/system')
    ? 'systemd'
    : places.includes('/run/openrc')
      ? 'openrc'
      : initd
        ? 'sysvinit'
        : 'service';
  return { pkg_mgr: tool === undefined ? 'unknown' : (PACKAGE_TOOLS[tool] ?? tool), service_mgr: service };
}

/** SELinux, AppArmor and FIPS mode. */
export function securityFacts(files: FileLines) {
  const config = assignments(files.get('/etc/selinux/config') ?? []);
  const enforce = firstLine(files, '/sys/fs/selinux/enforce');
  const selinux =
    enforce === ''
      ? { status: 'disabled' }
      : {
          status: 'enabled',
          mode: enforce === '1' ? 'enforcing' : 'permissive',
          config_mode: config.get('SELINUX') ?? 'unknown',
          type: config.get('SELINUXTYPE') ?? 'unknown',
          policyvers: Number(firstLine(files, '/sys/fs/selinux/policyvers')) || 'unknown',
        };
  const apparmor =
    firstLine(files, '/sys/module/apparmor/parameters/enabled') === 'Y' ? 'enabled' : 'disabled';
  return {
    selinux,
    apparmor: { status: apparmor },
    fips: firstLine(files, '/proc/sys/crypto/fips_enabled') === '1',
  };
}

/** The user whom tasks run as: what `id` says, and the line of passwd(5). */
export function accountFacts(id: string, line: string) {
  const [, uid, name, gid] = /^uid=(\d+)(?:\(([^)]*)\))? gid=(\d+)/.exec(id) ?? [];
  const [, , , , gecos = '', directory = '', shell = ''] = line.split(':');
  return {
    user_id: name ?? uid ?? '',
    user_uid: Number(uid),
    user_gid: Number(gid),
    user_gecos: gecos,
    user_dir: directory,
    user_shell: shell,
  };
}
