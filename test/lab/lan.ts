import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { labScript, run, runNow, until } from './process.ts';

export interface Lease {
  mac: string;
  address: string;
  /** The name that the client sent, where it sent one. */
  name: string | undefined;
}

/** The office network that the hosts' NICs are plugged into: a bridge of this machine with DHCP and DNS. */
export interface Lan {
  bridge: string;
  /** The office's own address: gateway and DNS server of the hosts. It forwards nothing to anywhere. */
  address: string;
  /** In CIDR form. .11 to .99 are hosts, .100 to .199 DHCP, .200 to .250 from `freeAddress()`. */
  subnet: string;
  /** True when `address` answers within `timeout` ms (3 s by default); asked again until then. */
  ping: (address: string, options?: { timeout?: number }) => Promise<boolean>;
  leases: () => Lease[];
  /** The lease of a NIC, waited for. */
  lease: (mac: string, options?: { timeout?: number }) => Promise<Lease>;
  /** Binds an address to a NIC: its DHCP lease will be this one. */
  reserve: (mac: string, address: string) => void;
  /** A static address that nobody else in this run is given. */
  freeAddress: () => string;
  /** What the DHCP and DNS server logged. */
  log: () => string;
}

/** Brings the office network of a run up. */
export function openLan(number: number, directory: string): Lan {
  const files = `${directory}/lan`;
  runNow(['bash', labScript('lan'), String(number)]);

  let given = 199;
  const read = (name: string) =>
    existsSync(`${files}/${name}`) ? readFileSync(`${files}/${name}`, 'utf8') : '';
  const leases = () =>
    read('leases')
      .split('\n')
      .map((line) => line.split(' '))
      .filter((fields) => fields.length === 5)
      .map(([, mac = '', address = '', name]) => ({ mac, address, name: name === '*' ? undefined : name }));
  return {
    bridge: `hwl${number}`,
    address: `10.87.${number}.1`,
    subnet: `10.87.${number}.0/24`,
    leases,
    async ping(address, { timeout = 3000 } = {}) {
      const deadline = Date.now() + timeout;
      do {
        if ((await run(['ping', '-n', '-c', '1', '-W', '1', address])).rc === 0) return true;
      } while (Date.now() < deadline);
      return false;
    },
    lease: (mac, { timeout = 30_000 } = {}) =>
      until(
        () => leases().find((lease) => lease.mac === mac.toLowerCase()),
        () => `${mac} asked the office network for no lease within ${timeout} ms. Its log:\n${read('log')}`,
        { timeout },
      ),
    // id:* says that the NIC counts, not the client id: a bridge made over the NIC asks with another id.
    reserve: (mac, address) => writeFileSync(`${files}/reserved/${mac}`, `${mac},id:*,${address}\n`),
    freeAddress() {
      given += 1;
      if (given > 250) throw new Error('The office network has no static address left.');
      return `10.87.${number}.${given}`;
    },
    log: () => read('log'),
  };
}
