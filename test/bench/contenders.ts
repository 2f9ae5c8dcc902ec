import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Bed } from './bed.ts';
import { limitScript } from './limit-script.ts';
import type { Command } from './measure.ts';
import { type Reached, writeInventory, writePlaybook, writeProject } from './playbook.ts';
import { isThere, MITOGEN_STRATEGIES } from './requirements.ts';
import type { Step } from './tasks.ts';

/** One way to do a workload. */
export interface Contender {
  readonly name: string;
  /** `limit` is what the ratios are to; `plain` the same with the key exchange that ssh takes by itself. */
  readonly kind: 'own' | 'limit' | 'plain' | 'tool' | 'peer';
  readonly command: Command;
  /** Before a first run: drops what an earlier run has left warm. */
  readonly coolDown?: () => void;
}

/** What is to be done: tasks, or a file or tree that is to be copied. */
export type Work =
  | { readonly kind: 'tasks'; readonly steps: readonly Step[]; readonly facts: boolean }
  /** `source` is a path on this machine (a directory has no slash at its end), `name` what it is called on the host. */
  | { readonly kind: 'files'; readonly source: string; readonly name: string; readonly tree: boolean };

export interface Course {
  readonly bed: Bed;
  readonly directory: string;
  readonly work: Work;
  readonly hosts: readonly Reached[];
}

const TUNED = ['-o', 'KexAlgorithms=curve25519-sha256'];

/** Other checkouts of Hostwright to compare with, and whether Ansible runs too. */
export interface Field {
  readonly against: readonly string[];
  readonly peers: boolean;
}

export function contendersFor(course: Course, field: Field): readonly Contender[] {
  const { work } = course;
  const own = [
    ownContender(course, 'Hostwright', resolve('.'), 'own'),
    ...field.against.map((checkout) =>
      ownContender(course, `Hostwright in ${checkout}`, resolve(checkout), 'tool'),
    ),
  ];
  const peers = field.peers && isThere('ansible-playbook') ? ansibleContenders(course) : [];
  if (work.kind === 'files') return [...own, ...copyContenders(course), ...peers];
  return [
    ...own,
    limitContender(course, work, 'ssh with a script', 'limit', TUNED),
    limitContender(course, work, 'the same, default key exchange', 'plain', []),
    ...peers,
  ];
}

function place(course: Course, name: string): string {
  const directory = join(course.directory, name.replace(/\W+/g, '-'));
  mkdirSync(directory, { recursive: true });
  return directory;
}

function ownContender(course: Course, name: string, checkout: string, kind: 'own' | 'tool'): Contender {
  const { bed, work } = course;
  const directory = place(course, name);
  writeAll(course, directory, 'hostwright');
  const argv = [
    process.execPath,
    join(checkout, 'bin/hostwright.js'),
    'run',
    'site.yaml',
    '-i',
    'hosts.yaml',
  ];
  return {
    name,
    kind,
    command: {
      argv: [
        ...argv,
        '--known-hosts',
        bed.knownHosts,
        '--reporter',
        'plain',
        '-f',
        work.kind === 'tasks' ? '100' : '1',
      ],
      directory,
    },
  };
}

function writeAll(course: Course, directory: string, language: 'hostwright' | 'ansible'): void {
  const { bed, work, hosts } = course;
  if (work.kind === 'tasks') {
    writeProject(directory, language, bed, work.steps, work.facts, hosts);
    return;
  }
  const copy = work.tree
    ? { src: `${work.source}/`, dest: `${bed.hostDirectory}/${work.name}/` }
    : { src: work.source, dest: `${bed.hostDirectory}/${work.name}` };
  writePlaybook(directory, [{ name: 'Copy', copy }], false);
  writeInventory(directory, bed, hosts, language);
}

function limitContender(
  course: Course,
  work: Work & { kind: 'tasks' },
  name: string,
  kind: 'limit' | 'plain',
  options: readonly string[],
): Contender {
  const { bed, hosts } = course;
  const directory = place(course, name);
  writeFileSync(join(directory, 'script'), limitScript(work.steps, bed.hostDirectory, work.facts));
  const lines = hosts.map(
    ({ host, address, port }) =>
      `ssh ${sshWords(bed, options).join(' ')} -p ${port} root@${address} sh -s ${host.name} < script & pids="$pids $!"`,
  );
  const wait = 'for pid in $pids; do wait "$pid" || exit 1; done';
  writeFileSync(join(directory, 'all'), `pids=\n${lines.join('\n')}\n${wait}\n`);
  return { name, kind, command: { argv: ['sh', 'all'], directory } };
}

function sshWords(bed: Bed, options: readonly string[]): readonly string[] {
  return [
    ...['-F', '/dev/null', '-i', bed.privateKey, '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes'],
    ...['-o', `UserKnownHostsFile=${bed.knownHosts}`, ...options],
  ];
}

function copyContenders(course: Course): readonly Contender[] {
  const { bed, work, hosts } = course;
  const [reached] = hosts;
  if (work.kind !== 'files' || !reached) return [];
  const dest = `${bed.hostDirectory}/${work.name}`;
  const to = `root@${reached.address}`;
  const script = (name: string, kind: Contender['kind'], text: string): Contender => ({
    name,
    kind,
    command: { argv: ['sh', '-c', text], directory: place(course, name) },
  });
  const ssh = (options: readonly string[]) => `ssh ${sshWords(bed, options).join(' ')} ${to}`;
  const words = sshWords(bed, TUNED).join(' ');
  const pipe = (options: readonly string[]) =>
    work.tree
      ? `tar -C ${work.source} -cf - . | ${ssh(options)} 'mkdir -p ${dest} && tar -C ${dest} -xf -'`
      : `${ssh(options)} 'cat > ${dest}.new && mv ${dest}.new ${dest}' < ${work.source}`;
  const tool = work.tree ? 'tar | ssh' : 'cat | ssh';
  return [
    script(tool, 'limit', pipe(TUNED)),
    script(`${tool}, default key exchange`, 'plain', pipe([])),
    // Like tar, scp is to leave the same tree behind a second time, not one in the other.
    script(
      'scp',
      'tool',
      `${work.tree ? `${ssh(TUNED)} mkdir -p ${dest} && ` : ''}scp -q -r ${words} ${work.source}${work.tree ? '/*' : ''} ${to}:${dest}`,
    ),
    ...(isThere('rsync')
      ? [
          script(
            'rsync',
            'tool',
            `rsync -a -e 'ssh ${words}' ${work.source}${work.tree ? '/' : ''} ${to}:${dest}`,
          ),
        ]
      : []),
  ];
}

function ansibleContenders(course: Course): readonly Contender[] {
  const make = (name: string, strategy: string): Contender => {
    const directory = place(course, name);
    writeAll(course, directory, 'ansible');
    writeFileSync(join(directory, 'ansible.cfg'), ansibleConfiguration(course.bed, directory, strategy));
    const argv = ['ansible-playbook', '-i', 'hosts.yaml', 'site.yaml'];
    const environment = { ANSIBLE_CONFIG: join(directory, 'ansible.cfg') };
    return {
      name,
      kind: 'peer',
      command: { argv, directory, environment },
      coolDown: () => endMasters(directory),
    };
  };
  const mitogen = `strategy = mitogen_linear\nstrategy_plugins = ${MITOGEN_STRATEGIES}\n`;
  return [
    make('Ansible', ''),
    ...(existsSync(MITOGEN_STRATEGIES) ? [make('Ansible with Mitogen', mitogen)] : []),
  ];
}

/** What people tune: pipelining, warm connections, many forks, no search for an interpreter. */
function ansibleConfiguration(bed: Bed, directory: string, strategy: string): string {
  return `[defaults]
forks = 50
host_key_checking = True
retry_files_enabled = False
remote_tmp = ${bed.hostDirectory}.ansible
local_tmp = ${directory}/tmp
${strategy}
[ssh_connection]
pipelining = True
control_path_dir = ${directory}/c
ssh_args = -F /dev/null -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=${bed.knownHosts} ${TUNED.join(' ')}
`;
}

function endMasters(directory: string): void {
  const sockets = join(directory, 'c');
  if (!existsSync(sockets)) return;
  for (const name of readdirSync(sockets)) {
    try {
      execFileSync('ssh', ['-O', 'exit', '-o', `ControlPath=${join(sockets, name)}`, 'master'], {
        stdio: 'ignore',
      });
    } catch {
      // It is gone already.
    }
  }
}
