import { createHash } from 'node:crypto';
import type { HostRead } from '../../core/read.ts';
import type { JobOutput, Script } from '../../core/script.ts';
import { raw, sh } from '../../shell/sh.ts';

/** A script that ends with 0 where the read prints what it printed before, on both streams, and ends with the same status. */
export function printsTheSame(read: HostRead<unknown>, output: JobOutput): Script {
  const said = Buffer.from(output.stderr.bytes).toString('latin1').replace(/\n+$/, '');
  const sum = createHash('sha256')
    .update(output.stdout.bytes)
    .update(`\n${output.rc} ${said}`, 'latin1')
    .digest('hex');
  return sh`
    hw_sum=$({
      hw_said=$( (
      ${raw(read.script.text)}
      ) 2>&1 >&3 3>&-)
      printf '\n%s %s' "$?" "$hw_said"
    } 3>&1 | sha256sum)
    [ "\${hw_sum%% *}" = ${sum} ]
  `;
}

/** Many guards as one script, in one shell: a guard leaves nothing behind but variables. It ends with 1 at the first that does not hold, and prints a dot for each that did. */
export function allHold(guards: readonly Script[]): Script {
  return {
    text: guards.map(({ text }) => `{\n${text}\n} >/dev/null 2>&1 </dev/null || exit 1\nprintf .`).join('\n'),
  };
}

const foreseenGuards = new WeakMap<object, Script>();

/** Keeps with a value that is foreseen the script that ends with 0 where the host is as it says. */
export function rememberForeseen(value: unknown, guard: Script): void {
  if (typeof value === 'object' && value !== null) foreseenGuards.set(value, guard);
}

/** That script; undefined for what was read. */
export function guardOfForeseen(value: unknown): Script | undefined {
  return typeof value === 'object' && value !== null ? foreseenGuards.get(value) : undefined;
}
