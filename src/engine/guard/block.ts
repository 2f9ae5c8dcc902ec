import type { TaskResult } from '../../core/result.ts';
import type { Block } from '../../playbook/tree.ts';
import type { Walk } from '../context.ts';
import { EndOfWindow, HostFailed, isControlFlow } from '../control-flow.ts';
import { resultOfThrown } from '../invoke.ts';
import { keywordReader } from '../keywords.ts';
import { routeOf } from '../route.ts';
import type { Surroundings } from '../surroundings.ts';
import { evaluating, type Viewpoint } from '../viewpoint.ts';
import { type Armed, arm } from './arm.ts';
import { BLOCK_CHANGE } from './block-change.ts';
import { call, isLost } from './calls.ts';
import { type GuardGround, guardGround, secondsLeft } from './ground.ts';
import { Refused } from './problems.ts';
import { aftermath, prove, requestRollback } from './prove.ts';
import { type Outcome, refusal, resultOf } from './report.ts';
import { comeBack } from './return.ts';
import { confirmScript, touchScript } from './scripts/arm.ts';
import { isAsked, readGuardSettings } from './settings.ts';
import { follow } from './under-guard.ts';

/** Tells and counts how the guard of a block went, as if it were a task. */
export type ReportGuard = (result: TaskResult) => void;

/**
 * Runs the tasks of a block under an armed guard, where it asks for one. Where a task fails, the host takes everything back at once, and the
 * block fails with it; where all went well, that is proved over a fresh login and confirmed. What changed nothing disturbs nothing.
 */
export async function walkGuarded(
  walk: Walk,
  block: Block,
  around: Surroundings,
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
  const { tell, report } = begin(name);
  if (asked.checkMode) {
    const msg = `In a real run the host would take the changes of this block back after ${settings.timeout} seconds, unless they are confirmed.`;
    report({ changed: false, msg });
    return work(around);
  }
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
  try {
    await work({ ...around, comesBack: () => comesBack(ground, armed) });
  } catch (thrown) {
    if (!isControlFlow(thrown)) {
      const outcome = await takeBack(ground, armed, thrown);
      host.moved = undefined;
      report(resultOf(outcome));
    }
    throw thrown;
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

/** Nothing was sent that could have changed anything: the host puts the guard away, and nothing else happens. */
async function disarm(ground: GuardGround, { transaction }: Armed, report: ReportGuard): Promise<void> {
  await call(ground.host.access, ground.route, confirmScript(transaction, ground.owner), 20);
  report({ changed: false, msg: 'Nothing was changed, so there was nothing to guard.' });
}

/** A task failed, or the run was stopped: the host takes everything back now. */
async function takeBack(ground: GuardGround, armed: Armed, thrown: unknown): Promise<Outcome> {
  const { transaction } = armed;
  const why = thrown instanceof HostFailed ? `the task "${thrown.task}" failed` : 'the run was stopped';
  ground.tell('rollingBack', `Takes the changes back: ${why}.`, secondsLeft(transaction));
  const lost = thrown instanceof HostFailed && thrown.unreachable && !thrown.wasBefore;
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
  const { host } = ground;
  await host.access.close();
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
