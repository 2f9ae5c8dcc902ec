import { sha256 } from '../../core/digest.ts';
import { NotKnownYet } from '../../core/not-known.ts';
import type { Foresight } from '../../core/read.ts';
import type { Script } from '../../core/script.ts';
import { raw, sh } from '../../shell/sh.ts';
import { VIRSH } from './virsh.ts';

/**
 * Which of the things that were read must be the same for a value to hold: those with these names, or all. What the others do is not the
 * business of a task about one of them: a guest that starts is no reason not to take back what was done to another.
 */
export type About = readonly string[] | 'all';

/** What a script prints of one thing, and the same as the value has it; undefined for a value that was not read. */
export interface Print<T> {
  /** Functions of the shell; `print_one NAME` prints it, and `count_all` the number of all. */
  readonly functions: Script;
  readonly of: (one: T) => string | undefined;
}

/**
 * Compares with the host what a person or a task can have changed, and not what libvirt numbers anew at each start (ids, taps, ports). Nothing is
 * foreseen: what a task leaves is read again.
 */
export function steady<T extends { readonly name: string }>(
  subject: string,
  about: About,
  print: Print<T>,
): Foresight<readonly T[]> {
  return {
    foresee: (before, predicted) => (predicted.has(subject) ? undefined : before),
    certain: (value) => value,
    holds: (value) => {
      if (about !== 'all' && about.length === 0) return sh`:`;
      const names = about === 'all' ? value.map(({ name }) => name) : about;
      const texts = names.map((name) => {
        const one = value.find((other) => other.name === name);
        const text = one ? print.of(one) : 'absent\n';
        if (text === undefined) throw new NotKnownYet(subject);
        return text;
      });
      const all = about === 'all' ? `${value.length}\n` : '';
      const sum = sha256(new TextEncoder().encode(all + texts.join('')));
      return sh`
        ${VIRSH}
        ${print.functions}
        sum=$({
          ${about === 'all' ? raw('count_all') : raw(':')}
          for name in ${names} ${names.length === 0 ? raw(';') : raw('')}
          do print_one "$name"; done
        } 2>/dev/null | sha256sum)
        [ "\${sum%% *}" = ${sum} ]`;
    },
  };
}

/** Text as `$(…)` gives it, and a line end. */
export function asPrinted(text: string): string {
  return `${text.replace(/\n+$/, '')}\n`;
}
