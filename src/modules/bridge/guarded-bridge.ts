import type { GuardedChange } from '../../core/guard.ts';
import type { Script } from '../../core/script.ts';
import { sh } from '../../shell/sh.ts';
import { backends } from './choose-backend.ts';
import { CLOUD_SWITCH } from './cloud-init.ts';
import { placeFiles, reversed, settingsBack, steps } from './runtime-scripts.ts';
import { globalAddresses } from './runtime-state.ts';
import type { BridgeWork } from './wish.ts';

/** Whether the running network changes, and with it perhaps the connection. What only changes files disrupts nothing. */
export function isDisruptive({ gap, state }: BridgeWork): boolean {
  if (state === 'absent') return gap.bridge;
  return gap.bridge || gap.joining.length > 0 || gap.addressing || gap.settings || gap.stale.length > 0;
}

/** The change as the guard makes it, and takes it back. */
export function guardedChange(work: BridgeWork, window = 120): GuardedChange {
  const { wish, gap, state, network } = work;
  const backend = backends[work.backend];
  const delay = wish.forwardDelay ?? work.was?.forwardDelay ?? 15;
  const stp = wish.stp ?? work.was?.stp ?? false;
  const forwardingSeconds = state === 'present' && stp ? Math.ceil(2 * delay) : 0;
  return {
    backend: backend.name,
    interfaces: [wish.name, ...wish.ports],
    newInterfaces: state === 'present' && gap.bridge ? [wish.name] : [],
    paths: [...backend.paths(network), CLOUD_SWITCH],
    apply: steps(parts(backend.leave(work), placeFiles(work.edits.files), backend.enter(work))),
    tearDown: backend.tearDown(work),
    restore: backend.restore(work),
    restoreAtBoot: backend.restoreAtBoot(work),
    applySeconds: applySeconds(work, window - forwardingSeconds - VERIFYING),
    forwardingSeconds,
  };
}

/** Seconds that the guard keeps for the fresh login and what is verified over it. */
const VERIFYING = 15;

/** Where the host answers afterwards, where the change takes the address away that the connection comes in at; else undefined. */
export function newPlace({ wish, after, network }: BridgeWork): string | undefined {
  const { controllerLink } = network;
  if (controllerLink === null || ![wish.name, ...wish.ports].includes(controllerLink)) return undefined;
  const now = globalAddresses(network, controllerLink).filter((address) => !address.includes(':'));
  if (now.every((address) => after.addresses.includes(address))) return undefined;
  return after.addresses.find((address) => !now.includes(address))?.split('/')[0];
}

/** All the room that the window leaves, within what the backend may need at all; never less than it takes on a slow machine. */
function applySeconds({ backend, after, network }: BridgeWork, room: number): number {
  const dhcp = after.method === 'dhcp' ? 15 : 0;
  const needsTools =
    backend === 'ifupdown' || (backend === 'ifcfg' && /^[67]\b/.test(network.system.version));
  const packages = needsTools && !network.tools.has('brctl') ? 60 : 0;
  return Math.max(30 + dhcp + packages, Math.min(backends[backend].seconds + packages, room));
}

/** Without the guard: only files, which the next boot reads. */
export function applyQuietly(work: BridgeWork): Script {
  if (isDisruptive(work)) return guardedChange(work).apply;
  return steps(parts(placeFiles(work.edits.files), backends[work.backend].reread(work)));
}

/** The way back, under the guard too: where it fails, the bridge is made again. */
export function guardedReturn(work: BridgeWork, window: number): GuardedChange {
  const backend = backends[work.backend];
  return {
    ...guardedChange(work, window),
    newInterfaces: work.state === 'absent' && work.gap.bridge ? [work.wish.name] : [],
    apply: undoBridge(work),
    tearDown: backend.leave(work) ?? sh`:`,
    restore: backend.enter(work),
  };
}

/**
 * Everything as it was. Goes on when the connection is lost over it: the address that it is made over may be the bridge's.
 */
export function undoBridge(work: BridgeWork): Script {
  const backend = backends[work.backend];
  const back = { ...work.edits, files: reversed(work.edits.files), profiles: reversedProfiles(work) };
  const files = placeFiles(back.files);
  const undoing = isDisruptive(work)
    ? parts(
        backend.tearDown(work),
        files,
        backend.putBack?.(work) ?? null,
        backend.restore(work),
        settingsBack(work),
      )
    : parts(files, backend.putBack?.(work) ?? null, backend.reread({ ...work, edits: back }));
  return sh`
    trap '' HUP PIPE
    (
    ${steps(undoing)}
    ) </dev/null >/dev/null || exit 1
  `;
}

export function reversedProfiles({ edits }: BridgeWork) {
  return (edits.profiles ?? [])
    .map(({ uuid, id, before, after }) => ({ uuid, id, before: after, after: before }))
    .toReversed();
}

function parts(...scripts: readonly (Script | null)[]): readonly Script[] {
  return scripts.filter((script) => script !== null && script.text.trim() !== '') as readonly Script[];
}
