import { sh } from '../../shell/sh.ts';
import { call, isLost } from './calls.ts';
import type { Back } from './return.ts';

/** Asks the host to take the change back now; its watchdog sees that within a second. */
export async function requestRollback(
  { access, route }: Pick<Back, 'access' | 'route'>,
  directory: string,
  why: string,
): Promise<void> {
  await call(access, route, sh`printf '%s\n' ${why} >${`${directory}/rollback-now`}`, 10).catch((thrown) => {
    if (!isLost(thrown)) throw thrown;
  });
}
