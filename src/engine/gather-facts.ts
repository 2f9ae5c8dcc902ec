import { kept } from '../core/kept.ts';
import { systemFacts } from '../facts/system-facts.ts';
import type { HostAccess, Route } from './host-access.ts';
import type { HostState } from './host-state.ts';

/** Reads the facts of hosts, each once however many ask at the same time; a failure is not kept, so that the next asks again. */
export function factsGatherer(
  onRead: (host: HostState) => void,
): (host: HostState, route: Route, access: HostAccess) => Promise<void> {
  const reading = new Map<string, Promise<void>>();
  return (host, route, access) =>
    kept(reading, host.name, async () => {
      await gatherFactsWith(host, route, access);
      onRead(host);
      // After meta clear_facts they are read anew.
      reading.delete(host.name);
    });
}

export async function gatherFactsWith(host: HostState, route: Route, access: HostAccess): Promise<void> {
  const [facts] = await access.read(route, [systemFacts()]);
  host.facts = facts as HostState['facts'];
}
