import type { GuardReport } from '../../core/guard.ts';
import type { Status, TaskResult } from '../../core/result.ts';
import type { PlaceKey } from '../../journal/record.ts';
import type { Block } from '../../playbook/tree.ts';
import type { Walk } from '../context.ts';
import { EndOfWindow, HostFailed, isControlFlow } from '../control-flow.ts';
import type { Route } from '../host-access.ts';
import { resultOfThrown } from '../invoke.ts';
import { keywordReader } from '../keywords.ts';
import type { Ended } from '../replay.ts';
import { routeOf } from '../route.ts';
import type { Surroundings } from '../surroundings.ts';
import { evaluating, type Viewpoint } from '../viewpoint.ts';
import { type Armed, arm } from './arm.ts';
import { BLOCK_CHANGE } from './block-change.ts';
import { call, isLost } from './calls.ts';
import { type GuardGround, guardGround, secondsLeft } from './ground.ts';
import { Refused } from './problems.ts';
import { aftermath, prove } from './prove.ts';
import { type Outcome, refusal, resultOf } from './report.ts';
import { requestRollback } from './request-rollback.ts';
import { comeBack } from './return.ts';
import { confirmScript, touchScript } from './scripts/arm.ts';
import { isAsked, readGuardSettings } from './settings.ts';
import { follow } from './under-guard.ts';

/** Tells and counts how the guard of a block went, as if it were a task. */
export type ReportGuard = (result: TaskResult) => Status;

/**
 * Runs the tasks of a block under an armed guard, where it asks for one. Where a task fails, the host takes everything back at once, and the
 * block fails with it; where all went well, that is proved over a fresh login and confirmed. What changed nothing disturbs nothing.
 */
export async function walkGuarded(
  walk: Walk,
  block: Block,
  around: Surroundings,
  place: readonly number[],
  work: (around: Surroundings) => Promise<void>,
  begin: (name: string) => { readonly tell: GuardGround['tell']; readonly report: ReportGuard },
): Promise<void> {
  const { play, host } = walk;
  const view: Viewpoint = { play, host, around, local: {}, position: block.position };
  if (!isAsked(block.networkGuard)) return work(around);
  // Whoever looks ahead must not see past it: changes behind it wait until it is confirmed.
  if (play.ahead === 'changes') throw new EndOfWindow();
  if (play.ahead) return work(around);
  const name = block.name === undefined || block.name === null ? 'network_guard' : String(block.name);
  const fail = (thrown: unknown): never => {
    const result = resultOfThrown(thrown);
    begin(name).report(result);
    throw new HostFailed(name, result, 'network_guard');
  };
  const asked = await evaluating(view, (scope) => {
    const { expressions } = play.run;
    if (!expressions.holds(around.conditions, scope)) return undefined;
    const written = expressions.resolve(block.networkGuard, scope);
    if (!isAsked(written)) return undefined;
    const keywords = keywordReader(expressions, around, scope, block.position);
    return {
      settings: readGuardSettings(written, block.position),
      checkMode: keywords.flag('checkMode', play.run.options.check),
      route: routeOf(play.run, host, around, scope, block.position),
    };
  }).catch(fail);
  if (!asked) return work(around);
  const { settings, route } = asked;
  const { tell, report: show } = begin(name);
  if (asked.checkMode) {
    const msg = `In a real run the host would take the changes of this block back after ${settings.timeout} seconds, unless they are confirmed.`;
    show({ changed: false, msg });
    return work(around);
  }
  const key: PlaceKey = { part: play.part, host: host.name, place };
  const ended = endedBefore(walk, key, around);
  if (ended) return walkPast(walk, name, ended, route, () => work(around));
  const report: ReportGuard = (result) => {
    const status = show(result);
    if (!play.run.options.check) {
      // A loss that a rescue catches is behind the host, where a run goes on.
      const caught = status === 'unreachable' && around.rescued ? { caught: true as const } : {};
      play.run.journal?.done({
        key,
        task: name,
        module: 'network_guard',
        status,
        ...caught,
        result,
        noLog: false,
      });
    }
    return status;
  };
  const ground = guardGround(play.run, host, route, tell);
  const end = (outcome: Outcome): void => {
    const result = resultOf(outcome);
    report(result);
    if (result.failed || result.unreachable) throw new HostFailed(name, result, 'network_guard');
  };

  let armed: Armed;
  try {
    armed = await arm(ground, BLOCK_CHANGE, settings);
    await call(host.access, route, touchScript(armed.plan), 20);
  } catch (thrown) {
    if (thrown instanceof Refused) return end(refusal(thrown, settings.timeout));
    return fail(thrown);
  }
  const before = { changes: host.changes, changed: host.recap.changed };
  const startedAt = performance.now();
  // Whoever stops a run in the window wants the old network now, not when a command has ended that may never end.
  const stop = () => void host.access.close();
  ground.signal?.addEventListener('abort', stop);
  try {
    await work({ ...around, comesBack: () => comesBack(ground, armed) });
  } catch (thrown) {
    if (!isControlFlow(thrown)) {
      const outcome = await takeBack(ground, armed, thrown);
      host.moved = undefined;
      report(resultOf(outcome));
    }
    throw thrown;
  } finally {
    ground.signal?.removeEventListener('abort', stop);
  }
  if (host.changes === before.changes) return disarm(ground, armed, report);
  const proof = { armed, verify: async () => null, userProbes: settings.probe, startedAt, detached: false };
  const outcome = await prove(ground, proof);
  ground.onChange();
  if (outcome.report.outcome === 'CONFIRMED') await follow(host, armed.transaction);
  else host.moved = undefined;
  // Commands run each time; whether they changed something is for them to say.
  const changed = host.recap.changed > before.changed;
  if (outcome.report.outcome === 'CONFIRMED' && !changed) report({ ...resultOf(outcome), changed });
  else end(outcome);
}

/**
 * How the guard ended in the run that is continued. Where it did not, its tasks were taken back, or will be: the host works anew from the
 * beginning of the block, whatever of it was done.
 */
function endedBefore({ play }: Walk, key: PlaceKey, { lane }: Surroundings): Ended | undefined {
  const { replay, journal } = play.run;
  return replay?.ended(key, lane, 'network_guard', () => journal?.live(key, lane !== undefined));
}

/** Its tasks are behind the host too; the rest of the run goes to where the host answered in the end. */
async function walkPast(
  { host }: Walk,
  name: string,
  { status, result }: Ended,
  { target }: Route,
  work: () => Promise<void>,
): Promise<void> {
  await work();
  const report = result.guard as GuardReport | undefined;
  if (report?.outcome === 'CONFIRMED' && report.address !== undefined)
    host.moved = { from: target.host, to: report.address, pinned: undefined };
  // A rescue takes back what the loss of its host had counted.
  if (status === 'rescued' && result.unreachable) host.recap.unreachable++;
  if (result.failed || result.unreachable) throw new HostFailed(name, result, 'network_guard');
}

/** Nothing was sent that could have changed anything: the host puts the guard away, and nothing else happens. */
async function disarm(ground: GuardGround, { transaction }: Armed, report: ReportGuard): Promise<void> {
  await call(ground.host.access, ground.route, confirmScript(transaction, ground.owner), 20);
  report({ changed: false, msg: 'Nothing was changed, so there was nothing to guard.' });
}

/** A task failed, or the run was stopped: the host takes everything back now. */
async function takeBack(ground: GuardGround, armed: Armed, thrown: unknown): Promise<Outcome> {
  const { transaction } = armed;
  const stopped = ground.signal?.aborted === true;
  const why =
    thrown instanceof HostFailed && !stopped ? `the task "${thrown.task}" failed` : 'the run was stopped';
  ground.tell('rollingBack', `Takes the changes back: ${why}.`);
  const lost = !stopped && thrown instanceof HostFailed && thrown.unreachable && !thrown.wasBefore;
  const here = { access: ground.host.access, route: ground.route };
  if (!lost) await requestRollback(here, transaction.directory, why);
  await ground.host.access.close();
  const outcome = await aftermath(ground, armed, undefined, why);
  ground.onChange();
  return outcome;
}

/**
 * For a task that lost the connection in the middle: logs in anew, and says whether the host answers and is still armed. From then on the
 * tasks go to where it answered.
 */
async function comesBack(ground: GuardGround, { transaction }: Armed): Promise<boolean> {
  const { host, signal } = ground;
  await host.access.close();
  if (signal?.aborted) return false;
  ground.tell('reconnecting', 'The connection was lost; logs in anew.', secondsLeft(transaction));
  try {
    const back = await comeBack(ground, transaction, {
      until: transaction.deadline - 5000,
      accepts: () => true,
    });
    await back?.access.close();
    if (back?.status.state !== 'armed') return false;
    const { target } = back.route;
    host.moved =
      transaction.moves && back.atNew
        ? { from: transaction.oldRoute.target.host, to: target.host, pinned: target.hostKeys.pinned }
        : undefined;
    return true;
  } catch (thrown) {
    if (!isLost(thrown)) throw thrown;
    return false;
  }
}
