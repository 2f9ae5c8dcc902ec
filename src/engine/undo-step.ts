import { z } from 'zod';
import type { Difference } from '../core/change.ts';
import { sha256 } from '../core/digest.ts';
import type { GuardedChange, GuardSettings } from '../core/guard.ts';
import { type AnyModule, defineModule } from '../core/module.ts';
import type { HostRead } from '../core/read.ts';
import type { Script } from '../core/script.ts';
import { raw, sh } from '../shell/sh.ts';
import { problems } from './problems.ts';

/** One change that is to be taken back on a host. */
export interface UndoStep {
  readonly undo: Script;
  /** The change itself, which takes the undo back. */
  readonly redo: Script;
  /** Each ends with 0 where the host is as the change left it, or would have left it; undefined where nobody knows. */
  readonly left: readonly Script[] | undefined;
  /** Whether it was seen that the host was left so. */
  readonly isProven: boolean;
  /** Each ends with 0 where the host is as it was before the change; none where nobody knows. */
  readonly before: readonly Script[];
  /** What the undo changes, in its own direction. */
  readonly differences: readonly Difference[];
  readonly guarded: { readonly settings: GuardSettings; readonly back: GuardedChange } | undefined;
}

const params = z.strictObject({
  host: z.string().describe('The host whose steps are meant.'),
  step: z.number().int().describe('Which of its steps, from the last one back.'),
});

/** The module of a generated playbook that takes changes back; `stepsOf` gives what was recorded of a host, the last first. */
export function undoModule(stepsOf: (host: string) => readonly UndoStep[], force: boolean): AnyModule {
  const stepOf = (host: string, step: number) => stepsOf(host)[step] as UndoStep;
  // In a preview the host still is as the last step left it: what an earlier one left is looked at when it is undone.
  const hasLaterOnSame = (host: string, step: number) =>
    stepsOf(host)
      .slice(0, step)
      .some((later) => isRelated(later, stepOf(host, step)));
  const earlierOnSame = (host: string, step: number) =>
    stepsOf(host)
      .slice(step + 1)
      .filter((earlier) => earlier.before.length > 0 && isRelated(earlier, stepOf(host, step)));
  return defineModule({
    name: 'undo',
    summary: 'Take a recorded change back, where the host still is as that change left it.',
    params,
    examples: [{ title: 'The last step', params: { host: 'web1', step: 0 } }],
    reads: ({ host, step }): Record<string, HostRead<unknown>> => {
      const { left = [], before } = stepOf(host, step);
      return Object.fromEntries([
        ...left.map((guard, index) => [`left${index}`, holds(guard)] as const),
        ...before.map((guard, index) => [`before${index}`, holds(guard)] as const),
        ...earlierOnSame(host, step).flatMap((earlier, place) =>
          earlier.before.map((guard, index) => [`earlier${place}.${index}`, holds(guard)] as const),
        ),
      ]);
    },
    check: ({ host, step }, values, { checkMode }) => {
      const { left, isProven, before, differences } = stepOf(host, step);
      const all = (name: string, guards: readonly Script[]) =>
        guards.every((_, index) => values[`${name}${index}`] === true);
      if (before.length > 0 && all('before', before)) return null;
      // It never was made, or is undone already, where the host is as it was before something that came before it.
      const isEarlier = earlierOnSame(host, step).some((earlier, place) =>
        all(`earlier${place}.`, earlier.before),
      );
      if (isEarlier && !(left && all('left', left))) return null;
      if (!force && left === undefined) throw problems.notProven();
      const waits = checkMode && hasLaterOnSame(host, step);
      if (!force && left && !waits && !all('left', left))
        throw isProven ? problems.notAsLeft() : problems.notProven();
      return { differences: shown(differences), data: { host, step } };
    },
    // Other steps may be about the same: what this one brings back is what the one before it left.
    expected: (_change, { host, step }, values) => {
      const { left = [], before } = stepOf(host, step);
      const asBefore = earlierOnSame(host, step).flatMap((earlier, place) =>
        earlier.before.map((guard, index) => [subjectOf(guard), values[`earlier${place}.${index}`]] as const),
      );
      return Object.fromEntries([
        ...asBefore,
        ...left.map((guard) => [subjectOf(guard), false] as const),
        ...before.map((guard) => [subjectOf(guard), true] as const),
      ]);
    },
    apply: (_change, { host, step }) => stepOf(host, step).undo,
    undo: (_change, { host, step }) => stepOf(host, step).redo,
    guarded: (_change, { host, step }) => {
      const { guarded, redo } = stepOf(host, step);
      if (!guarded) return null;
      const { back, settings } = guarded;
      return { change: back, settings, back: { ...back, apply: redo } };
    },
    proof: (change, { host, step }, values) => {
      const { before } = stepOf(host, step);
      return before.every((_, index) => values[`before${index}`] === true) ? null : change;
    },
  });
}

/** Whether two steps are about the same, or one about what the other is in. */
function isRelated(one: UndoStep, other: UndoStep): boolean {
  return aboutWhat(one).some((subject) =>
    aboutWhat(other).some(
      (same) => same === subject || same.startsWith(`${subject}/`) || subject.startsWith(`${same}/`),
    ),
  );
}

/** What a step is about, by the labels of its differences: `mode of /etc/motd` and `/etc/motd` are the same. */
function aboutWhat({ differences }: UndoStep): readonly string[] {
  return differences.map(({ label }) => label.replace(/^.* of (?=\S+$)/, ''));
}

// A change without a difference (a restart) is worth a line all the same.
function shown(differences: readonly Difference[]): readonly Difference[] {
  return differences.length > 0
    ? differences
    : [{ label: 'what it did', before: 'done', after: 'taken back' }];
}

function subjectOf(guard: Script): string {
  return `guard:${sha256(new TextEncoder().encode(guard.text))}`;
}

/** Whether a recorded state is the host's. */
function holds(guard: Script): HostRead<boolean> {
  const is = (wanted: boolean): Script =>
    sh`(
${raw(guard.text)}
) >/dev/null 2>&1 </dev/null; [ $? ${raw(wanted ? '=' : '!=')} 0 ]`;
  return {
    kind: 'host',
    name: 'whether it is as recorded',
    subject: subjectOf(guard),
    script: sh`if (
${raw(guard.text)}
) >/dev/null 2>&1 </dev/null; then echo yes; else echo no; fi`,
    foresight: {
      foresee: (before, predicted) => {
        const own = predicted.get(subjectOf(guard));
        return typeof own === 'boolean' ? own : before;
      },
      certain: (value) => value,
      holds: is,
    },
    parse: ({ stdout }) => new TextDecoder().decode(stdout).startsWith('yes'),
  };
}
