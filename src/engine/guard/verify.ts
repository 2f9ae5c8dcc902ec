import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sh, withInput } from '../../shell/sh.ts';
import type { HostAccess, Route } from '../host-access.ts';
import type { Armed } from './arm.ts';
import { call } from './calls.ts';
import { failedSince, PROBE_SECONDS, parseProbes } from './scripts/probes.ts';

/** Bytes sent each way over the new connection: more than fits into a packet of any size. */
const BULK = 128 * 1024;

/** What is not right yet is looked at again for so long, and the pause between. */
const PATIENCE_MS = 12_000;
const PAUSE_MS = 2000;

/** Says over a fresh connection what is not as it should be; null where all is well. */
export type Verify = (access: HostAccess, route: Route) => Promise<string | null>;

/**
 * Whether the change holds, seen from a fresh login: large packets pass both ways, what the task wanted is there, and every probe that
 * succeeded before succeeds again. Gives what is wrong, or null.
 */
export async function verifyChange(
  { transaction, baseline }: Armed,
  verify: Verify,
  access: HostAccess,
  route: Route,
  userProbes: readonly string[],
  stop: () => boolean,
): Promise<string | null> {
  const bulk = randomBytes(BULK / 2).toString('hex');
  const echoed = await call(
    access,
    route,
    withInput(sh`cat | wc -c; head -c ${BULK} /dev/zero | tr '\0' x`, bulk),
    15,
  );
  if (!echoed.stdout.startsWith(`${BULK}`)) return 'large packets do not pass over the new connection';
  for (const began = performance.now(); ; ) {
    const wrong = (await verify(access, route)) ?? (await failedProbes());
    if (wrong === null || performance.now() - began > PATIENCE_MS || stop()) return wrong;
    await sleep(PAUSE_MS);
  }

  async function failedProbes(): Promise<string | null> {
    const { directory } = transaction;
    const seconds = 30 + PROBE_SECONDS * userProbes.length;
    const { stdout } = await call(access, route, { text: `sh ${directory}/probes.sh ${directory}` }, seconds);
    const failed = failedSince(baseline, parseProbes(stdout));
    return failed.length === 0 ? null : failed.map((name) => describe(name, userProbes)).join('; ');
  }
}

const WORDS: Readonly<Record<string, string>> = {
  'gateway-ping': 'the gateway does not answer pings any more',
  'gateway-arp': 'the gateway cannot be found in its network any more',
  'gateway6-ping': 'the IPv6 gateway does not answer pings any more',
  'large-packet': 'packets as large as the card allows do not reach the gateway any more',
  resolver: 'names are not resolved any more',
};

function describe(name: string, userProbes: readonly string[]): string {
  const number = /^probe-(\d+)$/.exec(name)?.[1];
  if (number !== undefined) return `the probe "${userProbes[Number(number) - 1] ?? number}" fails`;
  return WORDS[name] ?? `the probe ${name} fails`;
}
