import { type LocalFile, partsOfInput, type Script, sizeOfInput } from '../core/script.ts';
import { raw, sequence, sh, withInput } from '../shell/sh.ts';

/** Bytes that are read at once; any number is right, this one is a pipe's capacity. */
const BLOCK = 65536;

/**
 * Scripts one after the other, of which several may have input: each is given its part of the common input as it comes, so that nothing is
 * stored twice, however large it is.
 */
export function sequenceWithInputs(scripts: readonly Script[]): Script {
  const inputs = scripts.flatMap(({ input }) => (input === undefined ? [] : [input]));
  if (inputs.length < 2) return sequence(scripts);
  const steps = scripts.map(({ text, input }) => {
    const script = { text };
    if (input === undefined) {
      return sh`
        {
        ${script}
        } || exit $?
      `.text;
    }
    return sh`
      part ${sizeOfInput(input)} | {
      ${script}
      } || exit $?
    `.text;
  });
  const script = sh`
    (
    # Exactly so many bytes: whoever read ahead would take what belongs to the next.
    part() {
      if dd bs=1 count=0 iflag=fullblock </dev/null >/dev/null 2>&1; then
        if [ "$1" -ge ${BLOCK} ]; then dd bs=${BLOCK} count=$(($1 / ${BLOCK})) iflag=fullblock; fi
        if [ $(($1 % ${BLOCK})) != 0 ]; then dd bs=$(($1 % ${BLOCK})) count=1 iflag=fullblock; fi
      else
        dd ibs=1 obs=${BLOCK} count="$1"
      fi 2>/dev/null
    }
    ${raw(steps.join('\n'))}
    ) || exit $?
  `;
  const parts = inputs.flatMap(partsOfInput);
  const staged = scripts.flatMap((one) => one.staged ?? []);
  const whole = staged.length > 0 ? { ...script, staged } : script;
  return withInput(whole, parts.every(isBytes) ? joined(parts) : parts);
}

function isBytes(part: Uint8Array | LocalFile): part is Uint8Array {
  return part instanceof Uint8Array;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
