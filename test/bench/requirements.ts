import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Programs that the benchmark needs, and the Debian package of each. */
const NEEDED: Readonly<Record<string, string>> = {
  '/usr/sbin/sshd': 'openssh-server',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  ip: 'iproute2',
  unshare: 'util-linux',
  tar: 'tar',
  '/usr/bin/time': 'time',
};

/** What is compared where it is there. */
export const OPTIONAL: Readonly<Record<string, string>> = {
  rsync: 'rsync',
  'ansible-playbook': 'ansible-core',
};

/** Why the benchmark cannot run here, one sentence each; empty where it can. */
export function missingRequirements(): readonly string[] {
  const problems: string[] = [];
  if (process.getuid?.() !== 0) problems.push('It makes network namespaces and a bridge, which needs root.');
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=debian$/m.test(release)) problems.push('It is written for Debian: its hosts are this machine.');
  const packages = Object.entries(NEEDED).filter(([program]) => !isThere(program));
  if (packages.length > 0) {
    const names = [...new Set(packages.map(([, name]) => name))].join(' ');
    problems.push(
      `Programs are missing: ${packages.map(([program]) => program).join(', ')}. apt-get install ${names}`,
    );
  }
  if (!existsSync('dist/main.cjs')) problems.push('Hostwright is not built: run npm run build.');
  return problems;
}

/** Optional programs that are not there, with the packages that bring them. */
export function missingPeers(): readonly string[] {
  return Object.entries(OPTIONAL)
    .filter(([program]) => !isThere(program))
    .map(([program, name]) => `${program} (apt-get install ${name})`);
}

export function isThere(program: string): boolean {
  if (program.startsWith('/')) return existsSync(program);
  return (process.env.PATH ?? '').split(':').some((directory) => existsSync(`${directory}/${program}`));
}

/** Where Debian's ansible-mitogen has its strategy plug-ins. */
export const MITOGEN_STRATEGIES = '/usr/lib/python3/dist-packages/ansible_mitogen/plugins/strategy';

/** Versions of everything that is compared, by name. */
export function versions(): Readonly<Record<string, string>> {
  const first = (program: string, ...words: readonly string[]) => {
    const { stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
    return `${stdout}${stderr}`.split('\n')[0]?.trim() ?? '';
  };
  return {
    Node: process.version,
    OpenSSH: first('ssh', '-V'),
    ...(isThere('ansible-playbook') ? { Ansible: first('ansible-playbook', '--version') } : {}),
    ...(existsSync(MITOGEN_STRATEGIES)
      ? { Mitogen: first('dpkg-query', '-W', '-f', '$' + '{Version}', 'ansible-mitogen') }
      : {}),
    ...(isThere('rsync') ? { rsync: first('rsync', '--version') } : {}),
    ssh2: packageVersion('ssh2'),
  };
}

function packageVersion(name: string): string {
  return JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;
}
