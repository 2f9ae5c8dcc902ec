import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { mustBe } from '../params.ts';

/** Parameters that the libvirt modules share. */

const NAME = /^(?![-\s])[^/\p{C}]{1,128}(?<!\s)$/u;

/** A domain's or network's name: what libvirt takes, but for what virsh reads as an option and a terminal as more than text. */
export const libvirtName = z.string({ error: mustBe('a name') }).regex(NAME, {
  error: (issue) =>
    `must be a name of at most 128 characters without slashes and line ends (no dash first), not ${JSON.stringify(issue.input)}`,
});

/** Names, or `all`. A string is split at commas. */
export const namesOrAll = z.union(
  [
    z.literal('all'),
    z.array(libvirtName),
    z
      .string()
      .transform((value) => value.split(',').map((part) => part.trim()))
      .pipe(z.array(libvirtName) as unknown as z.ZodType<string[], string[]>),
  ],
  { error: mustBe('a list of names, or all') },
);

/** A network interface of Linux: at most 15 bytes. */
export const interfaceName = z
  .string({ error: mustBe('the name of an interface') })
  .regex(/^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,14}$/, {
    error: (issue) =>
      `must be the name of an interface (at most 15 letters, digits and _ . -), not ${JSON.stringify(issue.input)}`,
  });

/** A MAC address in any case. YAML 1.1 reads 52:54:00:12:34:56 as a number. */
export const macAddress = z
  .string({
    error: (issue) =>
      typeof issue.input === 'number'
        ? `is the number ${issue.input}; write a MAC address in quotes: '52:54:00:12:34:56'`
        : mustBe('a MAC address such as 52:54:00:12:34:56')(issue),
  })
  .regex(/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$/, { error: mustBe('a MAC address such as 52:54:00:12:34:56') })
  .refine((mac) => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0, {
    error: 'must be the address of one card, not of a group (its first byte is odd)',
  })
  .transform((mac) => mac.toLowerCase());

export const ipAddress = z
  .string({ error: mustBe('an IP address') })
  .refine((text) => isAddress(text), { error: mustBe('an IP address') });

/** Address and prefix length of an interface: `192.168.100.1/24`. */
export const cidr = z
  .string({ error: mustBe('an address with its prefix length (192.168.100.1/24)') })
  .refine(
    (text) => /^[^/]+\/\d+$/.test(text) && ipaddr.isValidCIDR(text) && isAddress(text.split('/')[0] ?? ''),
    {
      error: mustBe('an address with its prefix length (192.168.100.1/24)'),
    },
  );

/** The XML itself. Where a path was meant, says so. */
export const xmlText = z.string({ error: mustBe('XML') }).refine((text) => text.trimStart().startsWith('<'), {
  error: (issue) =>
    `must be the XML itself, which begins with <, not ${JSON.stringify(String(issue.input).slice(0, 60))}; for a file beside the playbook use template`,
});

/** ipaddr.js also takes 10.1 and 0x7f.1; nobody means those. */
function isAddress(text: string): boolean {
  return text.includes(':')
    ? ipaddr.IPv6.isValid(text) && !text.includes('%')
    : ipaddr.IPv4.isValidFourPartDecimal(text);
}
