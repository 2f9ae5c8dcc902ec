import type { Status, TaskResult } from '../core/result.ts';
import type { HostState } from './host-state.ts';
import type { ItemSettings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

/** How a result is called, once the task's own words about failures are heard. */
export function statusOf(result: TaskResult, settings: ItemSettings, around: Surroundings): Status {
  // Whether a lost host can be rescued shows only when it answers again.
  if (result.unreachable) return settings.ignoreUnreachable ? 'ignored' : 'unreachable';
  if (result.failed) {
    if (settings.ignoreErrors) return 'ignored';
    return around.rescued ? 'rescued' : 'failed';
  }
  if (result.skipped) return 'skipped';
  return result.changed ? 'changed' : 'ok';
}

/** Counts as Ansible does: changed tasks and ignored failures are among the ok ones; rescues are counted when they begin. */
export function count(host: HostState, status: Status, result: TaskResult): void {
  const { recap } = host;
  if (status === 'ok' || status === 'changed' || status === 'ignored') recap.ok++;
  if (status === 'changed' || (status === 'ignored' && result.changed)) recap.changed++;
  if (status === 'ignored') recap.ignored++;
  if (status === 'skipped') recap.skipped++;
  if (status === 'failed') recap.failed++;
  if (status === 'unreachable') recap.unreachable++;
}

/** What is left of a result with no_log: how it ended, and nothing that was in it. */
export function hidden(result: TaskResult): TaskResult {
  const { changed, failed, skipped, unreachable } = result;
  return {
    censored: 'hidden, because the task says no_log: true',
    changed,
    ...(failed ? { failed } : {}),
    ...(skipped ? { skipped } : {}),
    ...(unreachable ? { unreachable } : {}),
  };
}
