import { randomBytes } from 'node:crypto';
import type { GuardedChange, GuardSettings } from '../../core/guard.ts';
import type { Script } from '../../core/script.ts';
import { withInput } from '../../shell/sh.ts';
import type { Route } from '../host-access.ts';
import { call } from './calls.ts';
import { dieHere, type GuardGround, type Transaction } from './ground.ts';
import { takeBackOwn } from './left-behind.ts';
import * as problems from './problems.ts';
import { type ArmPlan, armScript } from './scripts/arm.ts';
import { transactionFiles } from './scripts/files-of-transaction.ts';
import { BOOT_LINK, BOOT_UNIT, NET } from './scripts/ground.ts';
import { abandonScript, HELD, lockScript, preflightScript, snapshotScript } from './scripts/prepare.ts';
import { type ProbeResult, parseProbes } from './scripts/probes.ts';
import { parseLines, parseStatus } from './status.ts';

/** Seconds for the fresh login, the verification and the settling, on top of what the change itself takes. */
export const VERIFY_SECONDS = 15;

/** The window below which a good change could not be confirmed in time. */
export function leastWindow({ applySeconds, forwardingSeconds }: GuardedChange): number {
  return applySeconds + forwardingSeconds + VERIFY_SECONDS;
}

export interface Armed {
  readonly transaction: Transaction;
  readonly plan: ArmPlan;
  /** Probes as they went before anything was changed. */
  readonly baseline: readonly ProbeResult[];
}

/**
 * Preflight, lock, snapshot, boot guard, watchdog. Throws Refused where any of it fails: nothing was touched then, and nothing of ours is
 * left on the host. Other HostwrightErrors: the host was lost before anything could happen.
 */
export async function arm(
  ground: GuardGround,
  change: GuardedChange,
  settings: GuardSettings,
): Promise<Armed> {
  const { host, route, tell } = ground;
  const least = leastWindow(change);
  if (settings.timeout < least) throw problems.windowTooSmall(settings.timeout, least);
  const ask = (script: Script, seconds: number) => call(host.access, route, script, seconds);

  tell('preflight', 'Looks whether the host can keep what it has, and is free.');
  const first = await ask(preflightScript(NET, change.paths), 30);
  const { values, refusals } = parseLines(first.stdout);
  if (refusals.length > 0) throw problems.refusedBecause(refusals);
  if (first.rc !== 0) throw problems.noSnapshot(first.stderr);
  const systemd = values.get('init') === 'systemd';
  if (!systemd && settings.allowNoBootGuard !== true) throw problems.noBootGuard();
  const routes = await routesOf(ground, settings);

  const id = transactionId(new Date());
  const directory = `${NET}/${id}`;
  const token = randomBytes(16).toString('hex');
  const boot = systemd ? { unit: BOOT_UNIT, link: BOOT_LINK } : undefined;
  const plan: ArmPlan = { directory, transaction: id, seconds: settings.timeout, boot };
  const about = { owner: ground.owner, since: new Date().toISOString() };
  let locked = await ask(lockScript(NET, id, about), 30);
  if (locked.rc === HELD && (await takeBackOwn(ground, parseStatus(locked))))
    locked = await ask(lockScript(NET, id, about), 30);
  if (locked.rc === HELD) throw problems.held(parseStatus(locked));
  if (locked.rc !== 0) throw problems.noSnapshot(locked.stderr);
  dieHere('locked');
  try {
    tell('snapshot', `Keeps the files, addresses and routes as they are (${id}).`);
    const meta = {
      backend: change.backend,
      ...about,
      machine_id: values.get('machine_id') ?? '',
      boot_id: values.get('boot_id') ?? '',
      controller: values.get('controller') ?? '',
      old_address: route.target.host,
      new_address: settings.connectTo ?? route.target.host,
      // Of a block nobody knows which cards it will touch: all that have addresses count.
      interfaces: change.interfaces.join(' ') || (values.get('cards') ?? '').trim(),
      new_interfaces: change.newInterfaces.join(' '),
      apply_seconds: String(change.applySeconds),
      boot_unit: boot?.unit ?? '',
      boot_link: boot?.link ?? '',
    };
    const files = transactionFiles(change, settings.probe, meta, token);
    const paths = withInput(snapshotScript(directory, files), `${change.paths.join('\n')}\n`);
    const kept = await ask(paths, 60);
    if (kept.rc !== 0) throw problems.noSnapshot(lastLine(kept.stderr));
    await sendInput(ground, directory, change.apply);
    dieHere('snapshot');
    const probed = await ask({ text: `sh ${directory}/probes.sh ${directory}` }, 60);
    const baseline = parseProbes(probed.stdout);
    const armedAt = performance.now();
    const armed = await ask(armScript(plan), 60);
    if (armed.rc !== 0) throw problems.noWatchdog(lastLine(armed.stderr));
    dieHere('armed');
    const transaction: Transaction = {
      id,
      directory,
      token,
      ...routes,
      machineId: meta.machine_id,
      bootId: meta.boot_id,
      deadline: armedAt + settings.timeout * 1000,
      timeout: settings.timeout,
    };
    tell(
      'armed',
      `Armed: unless it is confirmed, the host takes the change back after ${settings.timeout} seconds.`,
      settings.timeout,
    );
    return { transaction, plan, baseline };
  } catch (thrown) {
    await ask(abandonScript(NET, id, { unit: BOOT_UNIT, link: BOOT_LINK }), 20).catch(() => {});
    throw thrown;
  }
}

/** What the change reads on standard input goes there as it is; a file of the controller is streamed. */
async function sendInput({ host, route }: GuardGround, directory: string, apply: Script): Promise<void> {
  if (apply.input === undefined) return;
  const sent = await call(
    host.access,
    route,
    { text: `umask 077; cat >${directory}/apply.input`, input: apply.input },
    120,
  );
  if (sent.rc !== 0) throw problems.noSnapshot(lastLine(sent.stderr));
}

/** Afterwards only the key that the host shows now is accepted, at either address: whoever shows another one is not our host. */
async function routesOf(
  { host, route }: GuardGround,
  { connectTo }: GuardSettings,
): Promise<Pick<Transaction, 'oldRoute' | 'newRoute' | 'moves'>> {
  const { target } = route;
  const pinned = await host.access.hostKeyOf(route);
  const alias = target.sshOptions.hostkeyalias ?? target.host;
  const at = (address: string): Route => ({
    ...route,
    lane: undefined,
    target: {
      ...target,
      host: address,
      connectTimeoutSeconds: 5,
      ...(pinned === undefined
        ? { sshOptions: { ...target.sshOptions, hostkeyalias: alias } }
        : { hostKeys: { ...target.hostKeys, pinned } }),
    },
  });
  const moves = connectTo !== undefined && connectTo !== target.host;
  return { oldRoute: at(target.host), newRoute: at(connectTo ?? target.host), moves };
}

/** Sorts by time and is short enough to type: `20261120-214502-3f9a`. */
function transactionId(now: Date): string {
  const digits = now.toISOString().replaceAll(/[-:]/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(9, 15)}-${randomBytes(2).toString('hex')}`;
}

function lastLine(text: string): string {
  return text.split('\n').at(-1)?.replace(/\.$/, '') ?? '';
}
