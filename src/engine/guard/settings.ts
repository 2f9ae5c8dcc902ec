import { type HostwrightError, HostwrightErrors } from '../../core/error.ts';
import type { GuardSettings } from '../../core/guard.ts';
import type { SourcePosition } from '../../core/position.ts';
import type { Node } from '../../playbook/tree.ts';
import * as problems from './problems.ts';

/** Seconds; spanning tree alone may take 50 of them. */
export const DEFAULT_TIMEOUT = 120;

/** Seconds; a longer one would be no guard any more. */
const LONGEST_TIMEOUT = 900;

const KEYS = ['timeout', 'connect_to', 'probe', 'allow_no_boot_guard'];

/** Whether a block asks for a guard; `network_guard: true` is one with the defaults. */
export function isAsked(guard: unknown): boolean {
  return guard !== undefined && guard !== null && guard !== false;
}

/** What `network_guard` says, its templates rendered. Throws a HostwrightError that names the value. */
export function readGuardSettings(written: unknown, position: SourcePosition | undefined): GuardSettings {
  if (written === true) return { timeout: DEFAULT_TIMEOUT, probe: [] };
  const map = mapOf(written, position);
  const timeout = map.timeout === undefined ? DEFAULT_TIMEOUT : Number(map.timeout);
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > LONGEST_TIMEOUT)
    throw problems.badTimeout(map.timeout, LONGEST_TIMEOUT, position);
  const probe = map.probe === undefined ? [] : [map.probe].flat();
  if (!probe.every((one) => typeof one === 'string' && one !== ''))
    throw problems.badSetting('probe', 'a command or a list of commands', map.probe, position);
  const connectTo = map.connect_to;
  if (connectTo !== undefined && (typeof connectTo !== 'string' || !/^[A-Za-z0-9.:_%-]+$/.test(connectTo)))
    throw problems.badSetting('connect_to', 'an address or a host name', connectTo, position);
  const allow = map.allow_no_boot_guard;
  if (allow !== undefined && typeof allow !== 'boolean')
    throw problems.badSetting('allow_no_boot_guard', 'true or false', allow, position);
  return {
    timeout,
    probe: probe as string[],
    ...(connectTo === undefined ? {} : { connectTo }),
    ...(allow === undefined ? {} : { allowNoBootGuard: allow }),
  };
}

function mapOf(written: unknown, position: SourcePosition | undefined): Readonly<Record<string, unknown>> {
  if (typeof written !== 'object' || written === null || Array.isArray(written))
    throw problems.notGuardSettings(written, position);
  const unknown = Object.keys(written).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw problems.unknownSetting(unknown, KEYS, position);
  const entries = Object.entries(written).filter(([, value]) => value !== null);
  return Object.fromEntries(entries);
}

/** What is wrong with the guards of blocks, as far as it can be told from what is written. */
export function guardErrors(nodes: readonly Node[], inGuard = false): readonly HostwrightError[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'task') return [];
    if (node.kind === 'include') {
      return guardErrors([...(node.loaded?.nodes ?? []), ...(node.loaded?.handlers ?? [])], inGuard);
    }
    const { networkGuard: written, position } = node;
    const asked = isAsked(written);
    const own = asked ? keyErrors(written, position) : [];
    const nested = asked && inGuard ? [problems.nestedGuard(position)] : [];
    return [
      ...own,
      ...nested,
      ...guardErrors(node.block, inGuard || asked),
      ...guardErrors([...node.rescue, ...node.always], inGuard),
    ];
  });
}

function keyErrors(written: unknown, position: SourcePosition | undefined): readonly HostwrightError[] {
  // What a template gives is judged when it is known.
  if (typeof written === 'object' && Object.getPrototypeOf(written) !== Object.prototype) return [];
  if (written === true) return [];
  try {
    mapOf(written, position);
    return [];
  } catch (thrown) {
    return [thrown as HostwrightError];
  }
}

/** Throws where the guards of nodes are not as they must be. */
export function checkGuards(nodes: readonly Node[]): void {
  const errors = guardErrors(nodes);
  if (errors.length > 0) throw new HostwrightErrors(errors);
}
