/** Names and addresses that libvirt would choose itself, chosen here so that a check run shows the same ones as the run. */

/** The next virbrN that neither a network nor an interface of the host has. */
export function nextBridgeName(taken: Iterable<string>): string {
  const names = new Set(taken);
  for (let number = 0; ; number += 1) {
    if (!names.has(`virbr${number}`)) return `virbr${number}`;
  }
}

/**
 * A MAC address in QEMU's range (52:54:00), from what it is for: the same each time, another on each host. The next one where it is
 * taken.
 */
export function generatedMac(purpose: string, taken: Iterable<string>): string {
  const used = new Set(Array.from(taken, (mac) => mac.toLowerCase()));
  for (let number = hash(purpose) & 0xffffff; ; number = (number + 1) & 0xffffff) {
    const digits = number.toString(16).padStart(6, '0');
    const mac = `52:54:00:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4)}`;
    if (!used.has(mac)) return mac;
  }
}

/** FNV-1a, 32 bits, the halves folded: no secret, only spread. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return (value ^ (value >>> 24)) >>> 0;
}
