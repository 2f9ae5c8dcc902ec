import type { HostNetwork, Link, ManagedDevice, NetworkdLink, Profile } from './network-value.ts';

/** `nmcli -t -e yes -f DEVICE,STATE,CON-UUID,CONNECTION`: colons in values are escaped, and the name, which may hold any, is last. */
export function parseManagedDevices(text: string): readonly ManagedDevice[] {
  return text.split('\n').flatMap((line): ManagedDevice[] => {
    const [device = '', state = '', uuid = '', ...rest] = splitEscaped(line);
    return device === '' ? [] : [{ device, state, uuid, profile: rest.join(':') }];
  });
}

/** At colons that no backslash stands before. */
export function splitEscaped(line: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at];
    if (character === '\\' && at + 1 < line.length) {
      at += 1;
      part += line[at];
    } else if (character === ':') {
      parts.push(part);
      part = '';
    } else part += character;
  }
  parts.push(part);
  return parts;
}

/** `nmcli -t -e no connection show UUID`: a property and its value on each line, up to the first colon. */
export function parseProfile(text: string): Profile {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf(':');
      const name = line.slice(0, at);
      // What is in capitals is the state of the moment, not the profile.
      return at > 0 && /^[a-z0-9-]+\.[a-z0-9-]+$/.test(name) ? [[name, line.slice(at + 1)]] : [];
    }),
  );
}

/**
 * `/run/systemd/netif/links/2:ADMIN_STATE=configured` and `/run/systemd/netif/leases/2:CLIENTID=01…`, as grep prints them; links have their
 * index for a name there.
 */
export function parseNetworkd(text: string, links: readonly Link[]): HostNetwork['networkd'] {
  const values = new Map<string, NetworkdLink>();
  for (const line of text.split('\n')) {
    const [, index, key, value = ''] =
      /\/(?:links|leases)\/(\d+):(ADMIN_STATE|NETWORK_FILE|CLIENTID)=(.*)$/.exec(line) ?? [];
    const name = links.find((link) => String(link.index) === index)?.name;
    if (name === undefined) continue;
    const entry = values.get(name) ?? { state: '', file: null, clientId: null };
    if (key === 'ADMIN_STATE') values.set(name, { ...entry, state: value });
    else values.set(name, { ...entry, [key === 'CLIENTID' ? 'clientId' : 'file']: value || null });
  }
  return values;
}
