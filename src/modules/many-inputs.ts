import type { Script } from '../core/script.ts';
import { raw, sequence, sh, withInput } from '../shell/sh.ts';
import { tooLargeAmongOthers } from './problems.ts';

/**
 * Scripts one after the other, of which several may have input: all of it is stored on the host once, closed to others, and each script
 * reads its part. A large file of the controller can only be sent alone.
 */
export function sequenceWithInputs(scripts: readonly Script[]): Script {
  const inputs = scripts.filter((script) => script.input !== undefined);
  if (inputs.length < 2) return sequence(scripts);
  const bytes = inputs.map((script) => heldBytes(script));
  const all = new Uint8Array(bytes.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  const steps = scripts.map((script) => {
    if (script.input === undefined)
      return sh`{
      ${script}
      } || exit $?`;
    const part = heldBytes(script);
    all.set(part, offset);
    offset += part.length;
    return sh`
      tail -c +${offset - part.length + 1} "$parts" | head -c ${part.length} | {
      ${{ text: script.text }}
      } || exit $?
    `;
  });
  const script = sh`
    (
    umask=$(umask)
    umask 077
    parts=$(mktemp) || exit 1
    umask "$umask"
    trap 'rm -f -- "$parts"' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    cat > "$parts" || exit 1
    ${raw(steps.map((step) => step.text).join('\n'))}
    ) || exit $?
  `;
  return withInput(script, all);
}

function heldBytes(script: Script): Uint8Array {
  const input = script.input;
  if (input === undefined) return new Uint8Array();
  if (input instanceof Uint8Array) return input;
  if (!input.content) throw tooLargeAmongOthers(input.path, input.size);
  return input.content;
}
