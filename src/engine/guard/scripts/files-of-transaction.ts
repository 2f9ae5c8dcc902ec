import type { GuardedChange } from '../../../core/guard.ts';
import { BOOT } from './boot.ts';
import { CONFIRM, STATUS } from './confirm.ts';
import { RESTORE_FILES } from './files.ts';
import { COMMON, NET } from './ground.ts';
import { probesScript } from './probes.ts';
import { RAW } from './raw.ts';
import { CLEANUP, ROLLBACK } from './rollback.ts';
import { RESTORE_RUNTIME } from './runtime.ts';
import { RUN_APPLY, WATCHDOG } from './watchdog.ts';

/** What stands in a transaction's directory before it is armed, by name. */
export function transactionFiles(
  change: GuardedChange,
  probe: readonly string[],
  meta: Readonly<Record<string, string>>,
  token: string,
): Readonly<Record<string, string>> {
  const lines = Object.entries(meta).map(([name, value]) => `${name}=${value.replaceAll(/\p{Cc}/gu, ' ')}`);
  return {
    meta: lines.join('\n'),
    token,
    'ground.sh': COMMON,
    'files.sh': RESTORE_FILES,
    'runtime.sh': RESTORE_RUNTIME,
    'cleanup.sh': CLEANUP,
    'rollback.sh': ROLLBACK,
    'raw.sh': RAW,
    'watchdog.sh': WATCHDOG,
    'run-apply.sh': RUN_APPLY,
    'confirm.sh': CONFIRM,
    'boot.sh': BOOT,
    'status.sh': `net=${NET}; which=\n${STATUS}`,
    'probes.sh': probesScript(probe),
    'apply.sh': change.apply.text,
    'teardown.sh': change.tearDown.text,
    'restore.sh': change.restore.text,
    'boot-restore.sh': change.restoreAtBoot?.text ?? '',
  };
}
