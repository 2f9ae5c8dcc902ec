/** An IPv4 address as a number; null where the text is none. Four decimal numbers only. */
export function ipv4Number(text: string): number | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) return null;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** First and last address of the subnet of a CIDR; null where it is none. */
export function subnetOf(cidr: string): { readonly first: number; readonly last: number } | null {
  const [address = '', length = ''] = cidr.split('/');
  const value = ipv4Number(address);
  const prefix = Number(length);
  if (value === null || !/^\d{1,2}$/.test(length) || prefix > 32) return null;
  const size = 2 ** (32 - prefix);
  const first = Math.floor(value / size) * size;
  return { first, last: first + size - 1 };
}

export function isInside(address: string, cidr: string): boolean {
  const value = ipv4Number(address);
  const subnet = subnetOf(cidr);
  return value !== null && subnet !== null && value >= subnet.first && value <= subnet.last;
}

/** 24 of 255.255.255.0; null where it is no mask. */
export function prefixOfMask(mask: string): number | null {
  const value = ipv4Number(mask);
  if (value === null) return null;
  const bits = value.toString(2).padStart(32, '0');
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : null;
}

/** 255.255.255.0 of 24. */
export function maskOf(prefix: number): string {
  return formatIpv4(2 ** 32 - 2 ** (32 - prefix));
}

/** The last address of its subnet. */
export function broadcastOf(cidr: string): string {
  return formatIpv4(subnetOf(cidr)?.last ?? 0);
}

function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
