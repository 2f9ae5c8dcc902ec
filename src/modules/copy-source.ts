import { sha256 } from '../core/digest.ts';
import type { LocalSource, Read } from '../core/read.ts';
import type { LocalFile } from '../core/script.ts';
import { localSource } from '../facts/controller.ts';
import { baseName } from '../facts/host-path.ts';
import { type PathState, pathState } from '../facts/path-state.ts';
import { sh } from '../shell/sh.ts';
import type { NewContent } from './file-change.ts';
import { formatMode } from './mode.ts';
import type { PlaceParams } from './placed-file.ts';
import { closedToUser, notAFile, remoteDirectory } from './problems.ts';
import { INLINE_LIMIT } from './writing-params.ts';

export interface CopyParams extends PlaceParams {
  readonly src?: string | undefined;
  readonly content?: unknown;
  readonly remote_src: boolean;
  readonly directory_mode?: string | undefined;
  readonly force: boolean;
  readonly checksum?: string | undefined;
  readonly decrypt: boolean;
}

/** What `copy` copies, once it is known. */
export type CopySource =
  | { readonly kind: 'file'; readonly content: NewContent; readonly mode: string | undefined }
  | { readonly kind: 'tree'; readonly entries: readonly TreeEntry[] }
  | { readonly kind: 'missing'; readonly path: string };

export interface TreeEntry {
  /** Below the destination: for a source without a slash at its end, the directory's own name comes first. */
  readonly relativePath: string;
  /** Null for a directory. */
  readonly file: LocalFile | null;
}

/** The read that tells what is to be copied; none where the content is given. */
export function sourceReads(params: CopyParams): Record<string, Read<unknown>> {
  if (params.src === undefined) return {};
  if (!params.remote_src) return { source: localSource(params.src, params.decrypt) };
  return { source: pathState(params.src, { sha256: true, content: INLINE_LIMIT }) };
}

/** The name that a file gets in a directory; undefined where the content is given and so has no name. */
export function sourceName(params: CopyParams): string | undefined {
  return params.src === undefined ? undefined : baseName(params.src);
}

export function copySource(params: CopyParams, read: unknown): CopySource {
  if (params.src === undefined) return file(bytesContent(contentText(params.content)), undefined);
  if (params.remote_src) return remoteSource(read as PathState);
  const { file: local, tree } = read as LocalSource;
  if (tree) return { kind: 'tree', entries: withParents(tree) };
  if (!local) return { kind: 'missing', path: params.src };
  return file(localContent(local), formatMode(local.mode));
}

export function localContent(local: LocalFile): NewContent {
  return {
    bytes: { from: 'input', bytes: local.content ?? local },
    size: local.size,
    sha256: local.sha256,
    content: local.content ?? null,
    ...(local.secret ? { secret: true } : {}),
  };
}

/** What is held in memory, as new content. */
export function bytesContent(content: string | Uint8Array): NewContent {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return { bytes: { from: 'input', bytes }, size: bytes.length, sha256: sha256(bytes), content: bytes };
}

function file(content: NewContent, mode: string | undefined): CopySource {
  return { kind: 'file', content, mode };
}

function remoteSource(state: PathState): CopySource {
  if (!state.exists) return { kind: 'missing', path: state.path };
  if (state.kind === 'directory') throw remoteDirectory(state.path);
  if (state.kind !== 'file') throw notAFile(state.path, state.kind);
  if (state.sha256 === null) throw closedToUser(state.path);
  const { size, sha256: sum, content } = state;
  return file(
    { bytes: { from: 'host', path: sh`${state.realPath}` }, size, sha256: sum, content },
    formatMode(state.mode),
  );
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return typeof content === 'object' ? JSON.stringify(content) : String(content);
}

/** Directories before what is in them, also those that only appear in the path of a file. */
function withParents(tree: readonly TreeEntry[]): readonly TreeEntry[] {
  const entries = new Map<string, LocalFile | null>();
  for (const { relativePath, file: local } of tree) {
    const names = relativePath.split('/');
    for (let depth = 1; depth < names.length; depth++) entries.set(names.slice(0, depth).join('/'), null);
    entries.set(relativePath, local);
  }
  return [...entries]
    .map(([relativePath, local]) => ({ relativePath, file: local }))
    .sort((a, b) => (a.relativePath < b.relativePath ? -1 : 1));
}
