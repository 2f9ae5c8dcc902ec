/** A bridge as `brctl show` lists it. */
export interface ListedBridge {
  readonly name: string;
  readonly id: string;
  readonly stp: boolean;
  readonly ports: readonly string[];
}

/**
 * `brctl show`: name, id, STP and the first port on one line, further ports on lines of their own that begin with blanks. A bridge without
 * ports has an empty last column; one whose id was cut off or is missing keeps what there is.
 */
export function parseBridgeList(text: string): readonly ListedBridge[] {
  const bridges: { name: string; id: string; stp: boolean; ports: string[] }[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '' || /^bridge name\b/.test(line)) continue;
    const words = line.trim().split(/\s+/);
    if (/^\s/.test(line)) {
      bridges.at(-1)?.ports.push(...words);
      continue;
    }
    const [name = '', ...rest] = words;
    const id = /^[0-9a-fA-F]{4}\.[0-9a-fA-F]{12}$/.test(rest[0] ?? '') ? (rest.shift() ?? '') : '';
    const stp = /^(yes|no)$/.test(rest[0] ?? '') ? rest.shift() === 'yes' : false;
    bridges.push({ name, id, stp, ports: rest });
  }
  return bridges;
}
