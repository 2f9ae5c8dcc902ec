import type { Reads } from '../core/module.ts';
import type { HostRead } from '../core/read.ts';
import { joinPath } from '../facts/host-path.ts';
import { CONTENT_LIMIT, type PathState, pathState } from '../facts/path-state.ts';
import type { FileOptions } from './file-change.ts';
import { INLINE_LIMIT } from './writing-params.ts';

/** What `copy`, `template` and their kin share: one file that goes to a destination, which may turn out to be a directory. */
export interface PlaceParams {
  readonly dest: string;
  readonly follow: boolean;
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly backup: boolean;
  readonly validate?: string | undefined;
  readonly unsafe_writes: boolean;
}

/** The first read of a destination; `name` is the file's name where the destination is a directory. */
export function placeState(params: PlaceParams, name: string | undefined): HostRead<PathState> {
  return readPlace(withName(params.dest, name), params, INLINE_LIMIT);
}

/**
 * What must be read besides, now that it is known that the destination is a directory, or that a larger file differs and is worth being
 * shown: nothing, in a run that changes nothing.
 */
export function morePlaceState(
  params: PlaceParams,
  name: string | undefined,
  at: PathState,
  sha256: string,
): Reads {
  if (!at.exists) return {};
  if (at.kind === 'directory' && name !== undefined) {
    return { nearer: readPlace(joinPath(at.path, name), params, CONTENT_LIMIT) };
  }
  const unseen = at.kind === 'file' && at.content === null && at.size <= CONTENT_LIMIT;
  return unseen && at.sha256 !== sha256 ? { nearer: readPlace(at.path, params, CONTENT_LIMIT) } : {};
}

/** The state that counts after both reads. */
export function placeOf(values: { readonly at: PathState }): PathState {
  return (values as { readonly nearer?: PathState }).nearer ?? values.at;
}

export function placeOptions(params: PlaceParams, mode = params.mode): FileOptions {
  return {
    wanted: { mode, owner: params.owner, group: params.group },
    backup: params.backup,
    validate: params.validate,
    unsafe: params.unsafe_writes,
  };
}

function withName(dest: string, name: string | undefined): string {
  return dest.endsWith('/') && name !== undefined ? joinPath(dest, name) : dest;
}

function readPlace(path: string, params: PlaceParams, content: number): HostRead<PathState> {
  const { follow, owner, group } = params;
  return pathState(path, { follow, sha256: true, content, owner, group });
}
