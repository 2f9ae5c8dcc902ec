import type { SourcePosition } from '../../core/position.ts';
import { throwPosition } from '../../source/call-position.ts';
import { readInFunction } from '../expressions/computed.ts';
import { noResultField, noResultYet, readOutside } from '../expressions/computed-problems.ts';

/** A registered result, as a function may look at it. */
export function resultView(register: string, task: string, position: SourcePosition | undefined): unknown {
  const found = readInFunction(register);
  if (found === 'outside') throw readOutside(throwPosition(new Error()) ?? position, 'task.result');
  if (found === undefined) throw noResultYet(task);
  const result = found.value;
  if (typeof result !== 'object' || result === null) return result;
  const why = reasonForGaps(result as Readonly<Record<string, unknown>>);
  if (why === undefined) return result;
  return new Proxy(result, {
    get: (target, field) => {
      if (typeof field === 'symbol' || field in target || FIELDS.has(field))
        return Reflect.get(target, field);
      throw noResultField(task, field, why);
    },
  });
}

/** Fields that may be missing in any result, and what JavaScript itself asks for. */
const FIELDS = new Set([
  'changed',
  'failed',
  'skipped',
  'unreachable',
  'msg',
  'attempts',
  'results',
  'toJSON',
  'then',
]);

function reasonForGaps(result: Readonly<Record<string, unknown>>): string | undefined {
  if (result.unreachable) return 'did not reach the host';
  if (result.skipped) return 'was skipped';
  return result.failed ? 'failed' : undefined;
}
