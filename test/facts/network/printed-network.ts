/** What the script of `hostNetwork` prints of a host, made from what a test wants to say of it. */
export interface NetworkToPrint {
  readonly links?: readonly (Readonly<Record<string, string>> & { readonly name: string })[];
  readonly texts?: Readonly<Record<string, string>>;
  /** Programs that are there. */
  readonly tools?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly guests?: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
  /** Addresses that were asked for, and the MAC that answered. */
  readonly probes?: Readonly<Record<string, string>>;
}

export function printedNetwork(network: NetworkToPrint): string {
  const { links = [], texts = {}, tools = [], files = {}, guests = {}, profiles = [], probes = {} } = network;
  const group = (records: Readonly<Record<string, string>>) =>
    `${Object.entries(records)
      .map(([name, value]) => `${name}=${value}\0`)
      .join('')}end=\0`;
  return [
    ...links.map((link) => group({ what: 'link', ...link })),
    ...Object.entries({ 'machine-id': '0123456789abcdef0123456789abcdef', ...texts }).map(([name, text]) =>
      group({ what: 'text', name, text }),
    ),
    ...tools.map((name) => group({ what: 'text', name: `tool ${name}`, text: '' })),
    ...profiles.map((text) => group({ what: 'text', name: 'nm-profile', text })),
    ...Object.entries(guests).map(([domain, text]) => group({ what: 'text', name: 'guest', domain, text })),
    ...Object.entries(probes).map(([address, text]) => group({ what: 'text', name: 'probe', address, text })),
    ...Object.entries(files).map(([path, text]) => group({ what: 'file', path, text })),
  ].join('');
}
