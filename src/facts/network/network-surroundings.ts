import type { HostNetwork } from './network-value.ts';

/** `firewall-cmd --get-active-zones`: a zone's name, and below it, indented, `interfaces: eth0 br0`. */
export function parseZones(text: string): HostNetwork['zones'] {
  const zones = new Map<string, string>();
  let zone = '';
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) zone = line.trim().split(/\s+/)[0] ?? '';
    const [, list] = /^\s+interfaces:\s*(.*)$/.exec(line) ?? [];
    for (const name of list?.split(/\s+/) ?? []) if (name !== '') zones.set(name, zone);
  }
  return zones;
}

/** From os-release; `CentOS release 6.10 (Final)` where there is none. */
export function parseSystem(release: string, oldRelease: string): HostNetwork['system'] {
  const value = (key: string) => new RegExp(`^${key}=["']?([^"'\\n]*)`, 'm').exec(release)?.[1]?.trim();
  const [, name = '', version = ''] = /^(\S+).*? release (\d+)/.exec(oldRelease) ?? [];
  return { id: value('ID') ?? name.toLowerCase(), version: value('VERSION_ID') ?? version };
}
