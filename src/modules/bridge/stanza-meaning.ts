import type { Stanza } from './interfaces-text.ts';
import { prefixOfMask } from './ipv4.ts';
import type { Ipv4Wish } from './wish.ts';

/** The ports of a bridge's stanza; null where it is none. */
export function portsOf({ options }: Stanza): readonly string[] | null {
  const value = options.find(([key]) => key === 'bridge-ports')?.[1];
  if (value === undefined) return null;
  return value.split(/\s+/).filter((word) => word !== '' && word !== 'none');
}

/** IPv4 as an inet stanza gives it, with the prefix length of its netmask. */
export function ipv4OfStanza({ method, options }: Stanza): Ipv4Wish {
  const value = (key: string) => options.find(([name]) => name === key)?.[1];
  if (method === 'dhcp') return { method: 'dhcp', addresses: [], gateway: null, dns: [] };
  if (method !== 'static') return { method: 'none', addresses: [], gateway: null, dns: [] };
  const mask = value('netmask') ?? '';
  const prefix = prefixOfMask(mask) ?? (/^\d{1,2}$/.test(mask) ? Number(mask) : null);
  const addresses = options
    .filter(([key]) => key === 'address')
    .map(([, address]) => (address.includes('/') || prefix === null ? address : `${address}/${prefix}`));
  return {
    method: 'static',
    addresses,
    gateway: value('gateway') ?? null,
    dns: (value('dns-nameservers') ?? '').split(/\s+/).filter((word) => word !== ''),
  };
}
