import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Host } from './host.ts';
import { type CommandResult, until } from './process.ts';

/** Where a guest's card is plugged in. */
export type NicSource = { network: string; mac?: string } | { bridge: string; mac?: string };

export interface GuestOptions {
  /** guest1, guest2 … by default. */
  name?: string;
  /** A libvirt network; `default` by default. */
  network?: string;
  /** A bridge of the host, in place of a network. */
  bridge?: string;
  /** Several cards, in place of `network` and `bridge`. */
  nics?: NicSource[];
  /** false: a domain without any operating system, up in a second, for tests that look only at its taps. */
  os?: boolean;
  /** What to wait for: every card's DHCP lease (the default), the end of the boot, or nothing. */
  wait?: 'lease' | 'boot' | 'nothing';
}

/** A guest of libvirt: Debian's kernel and busybox, with a shell on its serial console. */
export interface Guest {
  name: string;
  /** Of the first card. */
  mac: string;
  nics: { mac: string; source: NicSource }[];
  /** The latest lease of the first card, or of the card with this MAC; undefined when there is none yet. */
  address: (mac?: string) => string | undefined;
  /** What the guest wrote on its serial console, ttyS0, where it also has a shell for `virsh console`. */
  console: () => string;
  /** Runs a script in the guest, over a second serial port: no network, no ssh, and ttyS0 is left alone. */
  exec: (script: string, options?: { timeout?: number }) => Promise<{ rc: number; output: string }>;
  /** Lets every card give its lease back and ask for a new one, and waits for the answers. */
  renew: () => Promise<void>;
  /** As virsh names it: running, shut off, paused … */
  state: () => Promise<string>;
  start: () => Promise<void>;
  /** Presses the power button and waits until the guest is off. */
  shutdown: () => Promise<void>;
  /** Pulls its plug. */
  destroy: () => Promise<void>;
  /** Pulls its plug and undefines it. */
  remove: () => Promise<void>;
}

let guestsMade = 0;

/** Defines and starts a guest in a host's libvirt. `root` is the host's disk as this machine sees it. */
export async function startGuest(
  host: Host,
  root: string,
  libvirt: boolean,
  options: GuestOptions,
): Promise<Guest> {
  if (!libvirt) throw new Error(`${host.name} has no libvirt; ask for one: lab.host({ libvirt: true }).`);
  guestsMade += 1;
  const { name = `guest${guestsMade}`, os = true, wait = os ? 'lease' : 'nothing' } = options;
  const hostByte = host.address.split('.')[3];
  const sources = options.nics ?? [
    options.bridge === undefined ? { network: options.network ?? 'default' } : { bridge: options.bridge },
  ];
  const byte = (value: number) => value.toString(16).padStart(2, '0');
  const nics = sources.map((source, index) => ({
    source,
    mac: source.mac ?? `52:54:00:${byte(Number(hostByte))}:${byte(guestsMade)}:${byte(index)}`,
  }));
  const log = `${root}/var/log/libvirt/qemu/${name}-console.log`;
  const socket = `/var/lib/lab/${name}`;

  const virsh = async (command: string): Promise<string> => {
    const result: CommandResult = await host.inside(`LC_ALL=C virsh --quiet ${command}`);
    if (result.rc !== 0) throw new Error(`${host.name}: virsh ${command}: ${result.stderr}`);
    return result.stdout.trim();
  };
  const consoleText = () => {
    try {
      return readFileSync(log, 'utf8').replaceAll('\r', '');
    } catch {
      return '';
    }
  };
  const lastLines = () => `Its console:\n${consoleText().split('\n').slice(-15).join('\n')}`;
  const address = (mac = nics[0]?.mac ?? '') =>
    [...consoleText().matchAll(/^guest: \S+ (\S+) has (\S+)$/gm)]
      .filter((match) => match[1] === mac)
      .at(-1)?.[2];
  const awaitGuest = async () => {
    if (wait === 'boot') {
      await until(
        () => consoleText().includes('guest: ready') || undefined,
        () => `${name} did not boot. ${lastLines()}`,
        { timeout: 60_000 },
      );
    } else if (wait === 'lease') {
      for (const { mac } of nics) {
        await until(
          () => address(mac),
          () => `${name} has no lease for ${mac}. ${lastLines()}`,
          { timeout: 60_000 },
        );
      }
    }
  };
  let turn: Promise<unknown> = Promise.resolve();
  const guest: Guest = {
    name,
    mac: nics[0]?.mac ?? '',
    nics,
    address,
    console: consoleText,
    exec(script, { timeout = 30_000 } = {}) {
      const result = turn.then(() => execOverSerial(`${root}${socket}`, name, script, timeout));
      turn = result.catch(() => undefined); // one script at a time on the line
      return result;
    },
    async renew() {
      const leases = () => consoleText().match(/^guest: \S+ \S+ has /gm)?.length ?? 0;
      const before = leases();
      await guest.exec('killall -USR2 udhcpc; sleep 1; killall -USR1 udhcpc');
      await until(
        () => leases() >= before + nics.length || undefined,
        () => `${name} got no new lease. ${lastLines()}`,
      );
    },
    state: () => virsh(`domstate ${name}`),
    async start() {
      await virsh(`start ${name}`);
      await awaitGuest();
    },
    async shutdown() {
      await virsh(`shutdown ${name}`);
      await until(
        async () => (await guest.state()) === 'shut off' || undefined,
        () => `${name} does not obey the power button. ${lastLines()}`,
        { interval: 200 },
      );
    },
    destroy: async () => void (await virsh(`destroy ${name}`)),
    async remove() {
      if ((await guest.state()) !== 'shut off') await guest.destroy();
      await virsh(`undefine ${name}`);
    },
  };
  await host.write(`/var/lib/lab/${name}.xml`, domainXml(name, os, nics, socket));
  await virsh(`define /var/lib/lab/${name}.xml`);
  await guest.start();
  return guest;
}

function domainXml(name: string, os: boolean, nics: Guest['nics'], socket: string): string {
  const boot = `<kernel>/var/lib/lab/guest/kernel</kernel>
    <initrd>/var/lib/lab/guest/initramfs</initrd>
    <cmdline>console=ttyS0 quiet mitigations=off nokaslr random.trust_cpu=on panic=1</cmdline>`;
  const cards = nics.map(({ mac, source }) => {
    const [type, place] = 'network' in source ? ['network', source.network] : ['bridge', source.bridge];
    return `<interface type='${type}'><mac address='${mac}'/><source ${type}='${place}'/><model type='virtio'/></interface>`;
  });
  const ports = `<serial type='pty'>
      <log file='/var/log/libvirt/qemu/${name}-console.log' append='off'/><target port='0'/>
    </serial>
    <serial type='unix'><source mode='bind' path='${socket}'/><target port='1'/></serial>`;
  return `<domain type='qemu'>
  <name>${name}</name>
  <memory unit='MiB'>${os ? 96 : 32}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    ${os ? boot : ''}
  </os>
  <features><acpi/></features>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    ${cards.join('\n    ')}
    ${os ? ports : ''}
    <memballoon model='none'/>
  </devices>
</domain>
`;
}

/** Sends a script to the shell on the guest's second serial port; its end is a line that only the shell can print. */
function execOverSerial(path: string, name: string, script: string, timeout: number) {
  return new Promise<{ rc: number; output: string }>((resolve, reject) => {
    const mark = `end-${Math.random().toString(36).slice(2)}`;
    const socket = connect(path);
    let text = '';
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`${name}: a script did not end within ${timeout} ms. So far it printed:\n${text}`));
    }, timeout);
    socket.on('connect', () => {
      const encoded = Buffer.from(script).toString('base64');
      socket.write(`\necho ${mark}; echo ${encoded} | base64 -d | sh 2>&1; echo "${mark} $?"\n`);
    });
    socket.on('data', (data) => {
      text += data.toString().replaceAll('\r', '');
      const match = new RegExp(`^${mark}\n([\\s\\S]*?)${mark} (\\d+)\n`, 'm').exec(text);
      if (!match) return;
      clearTimeout(timer);
      socket.destroy();
      resolve({ rc: Number(match[2]), output: match[1] ?? '' });
    });
    socket.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}
