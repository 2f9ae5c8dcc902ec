import type { AnyModule, ResultFields } from '../core/module.ts';
import type { JobOutput } from '../core/script.ts';

/** What a person needs to see of an apply that failed. */
export function failureOf(module: AnyModule, output: JobOutput): ResultFields {
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const stderr = decode(output.stderr.bytes);
  const said =
    stderr.trim().split('\n').slice(-5).join('\n') || decode(output.stdout.bytes).trim().slice(-500);
  return {
    failed: true,
    changed: false,
    rc: output.rc,
    msg: said || `the script of "${module.name}" ended with status ${output.rc} and said nothing`,
    stdout: decode(output.stdout.bytes),
    stderr,
  };
}
