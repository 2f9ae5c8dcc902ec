import path from 'node:path';
import type { SourcePosition } from '../../core/position.ts';

const used = new Map<string, number>();

/**
 * The name under which the result of a task is kept that was given none. It begins with `_`, and is made of the task's place, so that it
 * is the same when a run is resumed, from wherever.
 */
export function registerName(position: SourcePosition | undefined): string {
  const place = position
    ? `_${path.basename(position.file)}_${position.line}`.replaceAll(/\W+/g, '_')
    : '_task';
  const count = (used.get(place) ?? 0) + 1;
  used.set(place, count);
  return count === 1 ? place : `${place}_${count}`;
}
