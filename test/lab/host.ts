import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { stripVTControlCharacters } from 'node:util';
import type { Backend, NicPlan } from './backends.ts';
import { type Guest, type GuestOptions, startGuest } from './guest.ts';
import { makeDisk } from './host-disk.ts';
import { formatInventory, type InventoryOptions } from './inventory.ts';
import type { LabRun } from './lab-run.ts';
import { type CommandResult, labScript, run, until } from './process.ts';

export interface HostOptions {
  /** What configures its network; networkd by default. */
  backend?: Backend;
  /** libvirtd running, its network `default` active with a subnet of its own. */
  libvirt?: boolean;
  /** Host name; h1, h2 … by default. */
  name?: string;
  /** Names of its network cards, all plugged into the office network; the first has the address. ['eth0'] by default. */
  nics?: string[];
  /** 'dhcp': the first card asks the office network and is given the host's address by it. Static by default. */
  address?: 'static' | 'dhcp';
}

/** The accounts of a host: root and operator have these passwords, nopasswd has none and needs none for sudo. */
export type Account = 'root' | 'operator' | 'nopasswd';
export const passwords = { root: 'root-secret', operator: 'operator-secret' };

export interface ExecOptions {
  user?: Account;
  /** Milliseconds; 60 s by default. */
  timeout?: number;
}

/** A real machine for a test: systemd, sshd, a network of its own. */
export interface Host {
  name: string;
  address: string;
  port: 22;
  user: 'root';
  passwords: typeof passwords;
  /** Private key of root, operator and nopasswd. */
  privateKey: string;
  /** Written from the host's own keys before it booted: nothing is accepted on sight. */
  knownHosts: string;
  backend: Backend;
  nics: { name: string; mac: string }[];
  /** Subnet of libvirt's network `default`, where the host has libvirt. */
  natSubnet: string;
  /** Arguments of ssh, up to and with `user@address`. */
  sshCommand: (user?: Account) => string[];
  /** Runs a script with `ssh … sh -s`, through this machine's OpenSSH. */
  exec: (script: string, options?: ExecOptions) => Promise<CommandResult>;
  /** Runs a script as root inside the host without ssh or network: what someone at its console would see. */
  inside: (script: string, options?: { timeout?: number }) => Promise<CommandResult>;
  /** The text of a file; throws when it cannot be read. Both take the way of `inside`. */
  read: (path: string) => Promise<string>;
  write: (path: string, text: string, mode?: string) => Promise<void>;
  /** A YAML inventory of this host alone; `lab.inventory` takes several. */
  inventory: (options?: InventoryOptions) => string;
  /** Defines and starts a guest in the host's libvirt and waits for its DHCP lease. */
  guest: (options?: GuestOptions) => Promise<Guest>;
  /** Waits until ssh answers and the boot is over. */
  ready: (options?: { timeout?: number }) => Promise<void>;
  /** True when sshd answers now. */
  answers: () => Promise<boolean>;
  /** Reboots in an orderly way and waits until the host is ready again. */
  reboot: () => Promise<void>;
  /** Shuts down in an orderly way and waits for it; `start` boots the same disk again. */
  powerOff: () => Promise<void>;
  /** A power cut. The disk stays as it is. */
  kill: () => Promise<void>;
  /** Boots after `powerOff` or `kill`. */
  start: () => Promise<void>;
  /** Pulls the cable of a card out, or puts it back. A boot puts all of them back. */
  unplug: (nic?: string) => Promise<void>;
  plug: (nic?: string) => Promise<void>;
  /** What systemd printed on the console in all its boots. */
  console: () => string;
  /** Removes the host and its disk. Not needed at the end of a test file: the run takes its hosts along. */
  down: () => Promise<void>;
}

let hostsMade = 0;
/** Of hosts that were removed: theirs may be used again. */
const freed: number[] = [];

/** Makes and boots a host in a run. */
export async function startHost(labRun: LabRun, options: HostOptions): Promise<Host> {
  const id = freed.shift() ?? ++hostsMade;
  if (id > 80) throw new Error('The lab has addresses for 80 hosts in one test file.');
  const { backend = 'networkd', libvirt = false, name = `h${id}` } = options;
  const directory = `${labRun.directory}/${id}`;
  const address = `10.87.${labRun.number}.${10 + id}`;
  const hex = (number: number) => number.toString(16).padStart(2, '0');
  const nics = (options.nics ?? ['eth0']).map(
    (nic, index): NicPlan => ({
      name: nic,
      mac: `02:87:${hex(labRun.number)}:${hex(id)}:00:${hex(index)}`,
      address: index > 0 ? undefined : options.address === 'dhcp' ? 'dhcp' : `${address}/24`,
      gateway: labRun.lan.address,
      dns: labRun.lan.address,
    }),
  );
  if (options.address === 'dhcp') labRun.lan.reserve(nics[0]?.mac ?? '', address);
  const natOctet = 121 + id;
  const plan = { directory, hostname: name, address, backend, nics, libvirt, natOctet };
  const knownHosts = `${directory}/known_hosts`;
  writeFileSync(knownHosts, await makeDisk(labRun, plan), { mode: 0o600 });

  const sshCommand = (user: Account = 'root') => [
    ...['ssh', '-F', '/dev/null', '-i', labRun.key, '-o', `UserKnownHostsFile=${knownHosts}`],
    ...['GlobalKnownHostsFile=/dev/null', 'StrictHostKeyChecking=yes', 'IdentitiesOnly=yes'].flatMap(
      asOption,
    ),
    ...['BatchMode=yes', 'ConnectTimeout=5', 'LogLevel=ERROR'].flatMap(asOption),
    `${user}@${address}`,
  ];
  const inside: Host['inside'] = async (script, { timeout } = {}) => {
    const leader = leaderOf(directory);
    if (leader === undefined) throw new Error(`${name} has no power.`);
    const environment = ['env', '-i', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin', 'HOME=/root'];
    return run(['nsenter', '--target', leader, '--all', ...environment, 'sh', '-s'], {
      input: script,
      timeout,
    });
  };
  const must = async (result: Promise<CommandResult>, what: string): Promise<string> => {
    const { rc, stdout, stderr } = await result;
    if (rc !== 0) throw new Error(`${name}: ${what} ended with ${rc}: ${stderr || stdout}`);
    return stdout;
  };
  const consoleText = () => stripVTControlCharacters(readFileSync(`${directory}/console`, 'utf8'));
  const lastLines = () => `Console of ${name}:\n${consoleText().split('\n').slice(-15).join('\n')}`;
  const hasPower = () => leaderOf(directory) !== undefined;
  const script = (...args: (string | number)[]) => ['bash', labScript('down'), ...args.map(String)];
  const link = (nic: string, state: 'up' | 'down') => {
    const index = nics.findIndex((one) => one.name === nic);
    if (index < 0) throw new Error(`${name} has no card ${nic}.`);
    return must(
      run(['ip', 'link', 'set', `hwl${labRun.number}-${id}-${index}`, state]),
      `the cable of ${nic}`,
    );
  };

  const host: Host = {
    name,
    address,
    port: 22,
    user: 'root',
    passwords,
    privateKey: labRun.key,
    knownHosts,
    backend,
    nics: nics.map(({ name, mac }) => ({ name, mac })),
    natSubnet: `192.168.${natOctet}.0/24`,
    sshCommand,
    exec: (script, { user, timeout } = {}) =>
      run([...sshCommand(user), 'sh', '-s'], { input: script, timeout }),
    inside,
    read: (path) => must(inside(`cat ${quote(path)}`), `reading ${path}`),
    async write(path, text, mode = '644') {
      const encoded = Buffer.from(text).toString('base64');
      const file = quote(path);
      await must(
        inside(
          `mkdir -p "$(dirname ${file})" && echo ${encoded} | base64 -d > ${file} && chmod ${mode} ${file}`,
        ),
        `writing ${path}`,
      );
    },
    inventory: (inventoryOptions) => formatInventory([host], inventoryOptions),
    guest: (guestOptions = {}) => startGuest(host, `${directory}/root`, libvirt, guestOptions),
    answers: () => sshdAnswers(address),
    async ready({ timeout = 60_000 } = {}) {
      const failure = (what: string) => () =>
        `${name} (${backend}): ${what} within ${timeout} ms. ${lastLines()}`;
      await until(async () => (await host.answers()) || undefined, failure('sshd did not answer'), {
        timeout,
      });
      // Asked over ssh, so that the key, the account and the known_hosts file are proved too.
      const state = await host.exec('systemctl is-system-running --wait', { timeout });
      if (state.stdout.trim() === 'running') return;
      const failed = await inside('systemctl --failed --no-legend --plain');
      throw new Error(
        `${failure(`the boot ended as "${state.stdout.trim()}", ${state.stderr}`)()}\n${failed.stdout}`,
      );
    },
    async reboot() {
      const before = leaderOf(directory);
      await must(inside('systemctl reboot'), 'reboot');
      const next = () => (leaderOf(directory) !== before && hasPower()) || undefined;
      await until(next, () => `${name} did not reboot. ${lastLines()}`);
      await host.ready();
    },
    async powerOff() {
      await must(inside('systemctl poweroff'), 'poweroff');
      await until(
        () => !hasPower() || undefined,
        () => `${name} did not power off. ${lastLines()}`,
      );
    },
    async kill() {
      await must(run(script('--power', labRun.number, id)), 'a power cut');
    },
    async start() {
      if (hasPower()) throw new Error(`${name} is running.`);
      spawnMachine(labRun, id, name, nics);
      await until(
        () => hasPower() || undefined,
        () => `${name} did not start. ${lastLines()}`,
      );
      await host.ready();
    },
    unplug: async (nic = nics[0]?.name ?? '') => void (await link(nic, 'down')),
    plug: async (nic = nics[0]?.name ?? '') => void (await link(nic, 'up')),
    console: consoleText,
    async down() {
      await must(run(script('--host', labRun.number, id)), 'taking it down');
      freed.push(id);
    },
  };
  await host.start();
  return host;
}

function asOption(text: string): string[] {
  return ['-o', text];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The machine script outlives this call and leaves by itself; the run's warden finds it by its cgroup. */
function spawnMachine(labRun: LabRun, id: number, name: string, nics: NicPlan[]): void {
  const cards = nics.map((nic) => `${nic.name}=${nic.mac}`);
  const args = [labScript('machine'), String(labRun.number), String(id), name, labRun.base, ...cards];
  const output = openSync(`${labRun.directory}/${id}/console`, 'a');
  spawn('bash', args, { stdio: ['ignore', output, output], detached: true }).unref();
  closeSync(output);
}

/** The host's process 1 as this machine numbers it: the child of nspawn that is 1 in a namespace of its own. */
function leaderOf(directory: string): string | undefined {
  try {
    const nspawn = readFileSync(`${directory}/nspawn.pid`, 'utf8').trim();
    const children = readFileSync(`/proc/${nspawn}/task/${nspawn}/children`, 'utf8').trim().split(' ');
    return children.find((child) => /^NSpid:\t\d+\t1$/m.test(readFileSync(`/proc/${child}/status`, 'utf8')));
  } catch {
    return undefined; // not started yet, or gone meanwhile
  }
}

function sshdAnswers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 1000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (data) => end(data.toString().startsWith('SSH-')));
    socket.on('timeout', () => end(false));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
  });
}
