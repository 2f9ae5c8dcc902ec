import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type Backend, type NicPlan, planBackend } from './backends.ts';
import type { LabRun } from './lab-run.ts';
import { labScript, run } from './process.ts';

/** What a host's disk is made from. */
export interface DiskPlan {
  directory: string;
  hostname: string;
  /** For the known_hosts file. */
  address: string;
  backend: Backend;
  nics: NicPlan[];
  libvirt: boolean;
  /** The third octet of libvirt's network `default`, 192.168.X.0/24: another one on every host of a run. */
  natOctet: number;
}

/** Makes a host's root: the base tree below, memory above. Returns the lines of its known_hosts file. */
export async function makeDisk(labRun: LabRun, plan: DiskPlan): Promise<string> {
  const { directory } = plan;
  const root = `${directory}/root`;
  for (const part of ['upper', 'work', 'root']) mkdirSync(`${directory}/${part}`, { recursive: true });
  const layers = `lowerdir=${labRun.base}/root,upperdir=${directory}/upper,workdir=${directory}/work`;
  await must(['mount', '-t', 'overlay', '-o', layers, `hwl${labRun.number}`, root]);

  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(`${root}/${path}`), { recursive: true });
    // A link in this tree points into the host, but would be followed on this machine.
    if (lstatSync(`${root}/${path}`, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(`${root}/${path}`);
    writeFileSync(`${root}/${path}`, text);
    chmodSync(`${root}/${path}`, mode);
  };
  write('etc/hostname', `${plan.hostname}\n`);
  write('etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${plan.hostname}\n::1 localhost\n`);
  write('etc/resolv.conf', `search lab\nnameserver ${labRun.lan.address}\n`);
  // An empty machine-id would make this a first boot, which enables every preset unit again.
  write('etc/machine-id', readFileSync('/proc/sys/kernel/random/uuid', 'utf8').replaceAll('-', ''));

  const publicKey = readFileSync(`${labRun.key}.pub`, 'utf8');
  write('root/.ssh/authorized_keys', publicKey, 0o600);
  for (const user of ['operator', 'nopasswd']) write(`home/${user}/.ssh/authorized_keys`, publicKey, 0o600);

  const backend = planBackend(plan.backend, plan.nics);
  for (const [path, text] of Object.entries(backend.files)) {
    write(path, text, /nmconnection$|netplan/.test(path) ? 0o600 : 0o644);
  }
  if (plan.backend === 'ifcfg') installIfcfgService(root);
  const enable = [...backend.enable];
  if (plan.libvirt) {
    enable.push(
      'libvirtd.service',
      'libvirtd.socket',
      'libvirtd-ro.socket',
      'virtlogd.socket',
      'libvirt-guests.service',
    );
    moveDefaultNetwork(root, plan.natOctet);
  }
  const systemctl = ['systemctl', '--quiet', `--root=${root}`];
  const [keys] = await Promise.all([
    makeHostKeys(root, plan.address),
    must([...systemctl, 'enable', ...enable]).then(() => must([...systemctl, 'mask', ...backend.mask])),
  ]);
  return keys;
}

async function makeHostKeys(root: string, address: string): Promise<string> {
  const kinds = ['ed25519', 'ecdsa'];
  const file = (kind: string) => `${root}/etc/ssh/ssh_host_${kind}_key`;
  await Promise.all(
    kinds.map((kind) => must(['ssh-keygen', '-q', '-t', kind, '-N', '', '-C', 'host', '-f', file(kind)])),
  );
  return kinds
    .map((kind) =>
      readFileSync(`${file(kind)}.pub`, 'utf8')
        .split(' ')
        .slice(0, 2)
        .join(' '),
    )
    .map((key) => `${address} ${key}\n`)
    .join('');
}

/** `default` starts with libvirtd, in a subnet of its own. */
function moveDefaultNetwork(root: string, octet: number): void {
  const networks = `${root}/etc/libvirt/qemu/networks`;
  const xml = readFileSync(`${networks}/default.xml`, 'utf8');
  writeFileSync(`${networks}/default.xml`, xml.replaceAll('192.168.122.', `192.168.${octet}.`));
  symlinkSync('/etc/libvirt/qemu/networks/default.xml', `${networks}/autostart/default.xml`);
}

function installIfcfgService(root: string): void {
  const script = '/etc/rc.d/init.d/network';
  mkdirSync(`${root}/etc/rc.d/init.d`, { recursive: true });
  copyFileSync(labScript('ifcfg/network'), `${root}${script}`);
  copyFileSync(labScript('ifcfg/network.service'), `${root}/etc/systemd/system/network.service`);
  for (const name of ['ifup', 'ifdown']) {
    rmSync(`${root}/usr/sbin/${name}`, { force: true }); // Debian's, of ifupdown
    symlinkSync(script, `${root}/usr/sbin/${name}`);
  }
}

async function must(command: string[]): Promise<void> {
  const { rc, stdout, stderr } = await run(command);
  if (rc !== 0) throw new Error(`${command.join(' ')} ended with ${rc}: ${stderr || stdout}`);
}
