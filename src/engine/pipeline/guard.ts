import { createHash } from 'node:crypto';
import type { PathGuard } from '../../core/path-effect.ts';
import type { HostRead } from '../../core/read.ts';
import type { JobOutput, Script } from '../../core/script.ts';
import { statsOfMany, sumsOfMany } from '../../facts/path-look.ts';
import { raw, sh } from '../../shell/sh.ts';

/** A script that ends with 0 where the read prints what it printed before, on both streams, and ends with the same status. */
export function printsTheSame(read: HostRead<unknown>, output: JobOutput): Script {
  const said = Buffer.from(output.stderr.bytes).toString('latin1').replace(/\n+$/, '');
  const printed = Buffer.from(output.stdout.bytes).toString('latin1');
  const { clock } = read;
  const text = withoutClock(`${printed}\n${output.rc} ${said}`, clock);
  return sh`
    hw_sum=$({
      hw_said=$( (
      ${raw(read.script.text)}
      ) 2>&1 >&3 3>&-)
      printf '\n%s %s' "$?" "$hw_said"
    } 3>&1 ${clock === undefined ? raw('') : sh`| LC_ALL=C grep -v ${`^${clock}`}`} | sha256sum)
    [ "\${hw_sum%% *}" = ${createHash('sha256').update(text, 'latin1').digest('hex')} ]
  `;
}

/** As grep prints it, which ends every line. */
function withoutClock(text: string, clock: string | undefined): string {
  if (clock === undefined) return text;
  const lines = text.split('\n').filter((line) => !line.startsWith(clock));
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * Many guards as one script, in one shell: a guard leaves nothing behind but variables. It ends with 1 at the first that does not hold, and
 * prints a dot for each that did. Those about paths are told what one `stat` and one `sha256sum` say of all of them.
 */
export function allHold(guards: readonly Script[]): Script {
  const about = guards.map(({ guard }) => guard);
  const asks = guards.map(({ text, guard }, index) => {
    // A proof is often what the next task was told: nothing came between.
    if (text === guards[index - 1]?.text) return 'printf .';
    if (!guard) return `{\n${text}\n} >/dev/null 2>&1 </dev/null || exit 1\nprintf .`;
    return `${askGuard(guard, index)} || exit 1\nprintf .`;
  });
  return { text: [lookAtOnce(about).text, ...asks].join('\n') };
}

/** Sets what guards of paths are told, `undefined` for those that ask nothing of `stat`. */
export function lookAtOnce(guards: readonly (PathGuard | undefined)[]): Script {
  const stats = guards.map((guard) => (guard?.expects ? guard.path : null));
  const sums = guards.map((guard) => (guard?.expects?.sha256 ? guard.path : null));
  return { text: `${statsOfMany(stats).text}\n${sumsOfMany(sums).text}` };
}

/** Asks a guard, with what `lookAtOnce` has set under this number. */
export function askGuard({ body }: PathGuard, index: number): string {
  return `hw_guard() {\n${body}\n}\nhw_stat=$hw_stat${index}; hw_sum=$hw_sum${index}; hw_guard >/dev/null 2>&1 </dev/null`;
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
