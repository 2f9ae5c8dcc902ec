import type { PathEffect, PathGuard } from '../../core/path-effect.ts';
import type { Script } from '../../core/script.ts';
import { raw, sh } from '../../shell/sh.ts';
import { askGuard, lookAtOnce } from './guard.ts';

/** What scripts have in common that make several changes together. */

/** A step of such a script: a guard to be asked, or a change to be made. */
export type Step =
  | { readonly kind: 'guard'; readonly guard: PathGuard }
  /** Changes that one effect makes: several versions of a file, of which the last is written. */
  | { readonly kind: 'change'; readonly effect: PathEffect; readonly proofs: readonly PathGuard[] };

export interface PlacedChange {
  readonly step: number;
  readonly effect: PathEffect;
  readonly proofs: readonly PathGuard[];
}

export function changesOf(steps: readonly Step[]): readonly PlacedChange[] {
  return steps.flatMap((step, index) =>
    step.kind === 'change' ? [{ step: index, effect: step.effect, proofs: step.proofs }] : [],
  );
}

/** Whether a guard's question about accounts is none. */
export function asksNothing(accounts: string): boolean {
  return /^[:\s]*$/.test(accounts);
}

export function restoreContext(paths: readonly string[]): Script {
  return sh`if [ -e /sys/fs/selinux/enforce ]; then restorecon -- ${paths} 2>/dev/null; fi`;
}

/**
 * Tells how many steps succeeded (`$hw_reached`), and of each change that was made whether it is proved, and what `stat` says. Ends with 0 where
 * all of it came to be.
 */
export function proofs(steps: readonly Step[]): Script {
  const changes = changesOf(steps);
  const asked = changes.flatMap(({ step, proofs }) => proofs.map((proof) => ({ step, proof })));
  const tell = changes.map(({ step }) => {
    const asks = asked.flatMap(({ step: of, proof }, index) =>
      of === step ? [`{ ${askGuard(proof, index)} || hw_proof=0; }`] : [],
    );
    return sh`
      if [ $hw_reached -gt ${step} ]; then
        s=; hw_proof=1
        ${raw(asks.join('\n'))}
        printf 'proof%s=%s\0stat%s=%s\0' ${step} $hw_proof ${step} "$s"
        [ $hw_proof = 1 ] || hw_bad=1
      fi
    `.text;
  });
  return sh`
    ${lookAtOnce(asked.map(({ proof }) => proof))}
    hw_bad=
    ${raw(tell.join('\n'))}
    printf 'reached=%s\0' $hw_reached
    if [ -n "$hw_refused" ]; then printf 'refused=1\0'; fi
    [ $hw_reached -eq ${steps.length} ] && [ -z "$hw_bad" ] || exit 1
  `;
}
