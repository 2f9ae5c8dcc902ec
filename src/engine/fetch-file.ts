import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { EngineRequest } from '../core/action.ts';
import { HostwrightError } from '../core/error.ts';
import type { ResultFields } from '../core/module.ts';
import { type PathState, pathState } from '../facts/path-state.ts';
import { sh } from '../shell/sh.ts';
import type { HostAccess, Route } from './host-access.ts';

export type FetchRequest = Extract<EngineRequest, { do: 'fetch' }>;

/** Where a file comes from. */
export interface FetchGround {
  readonly access: HostAccess;
  readonly route: Route;
  /** The host's name in the inventory, which is a directory here. */
  readonly host: string;
  /** Where relative paths begin. */
  readonly directory: string;
}

/**
 * Copies a file of the host to this machine, whole or not at all: it is streamed into a hidden file beside the destination, compared with
 * what the host said of it, and renamed. A file here that is the same already is left alone.
 */
export async function fetchFile(request: FetchRequest, ground: FetchGround): Promise<ResultFields> {
  const { access, route } = ground;
  const state = await lookAt(request, ground);
  if (typeof state === 'string') {
    const msg = request.failOnMissing ? state : `${state}; ignored, as fail_on_missing is false`;
    return { failed: request.failOnMissing, changed: false, file: request.src, msg };
  }
  const dest = destination(request, ground, state);
  const found = digestHere(dest);
  const same = {
    changed: false,
    dest,
    file: state.path,
    checksum: state.sha256,
    remote_checksum: state.sha256,
  };
  if (found === state.sha256) return same;
  if (request.dryRun) return { ...same, changed: true };
  const temporary = path.join(path.dirname(dest), `.hostwright.${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(path.dirname(dest), { recursive: true });
    const received = await stream(state, temporary, access, route);
    if (request.validate && received !== state.sha256) {
      const msg = `What arrived of ${state.path} is not what the host has: SHA-256 ${received}, there ${state.sha256}. Is something writing to it?`;
      return {
        failed: true,
        changed: false,
        file: state.path,
        dest,
        checksum: received,
        remote_checksum: state.sha256,
        msg,
      };
    }
    renameSync(temporary, dest);
    return { ...same, changed: true, checksum: received };
  } catch (thrown) {
    if (thrown instanceof HostwrightError) throw thrown;
    throw new HostwrightError(
      'unwritable-file',
      `The file ${dest} cannot be written here: ${(thrown as Error).message}.`,
      {
        hint: 'Correct dest, or let the user that runs Hostwright write there.',
        cause: thrown,
      },
    );
  } finally {
    if (look(temporary)) rmSync(temporary);
  }
}

type PresentFile = PathState & { readonly exists: true; readonly sha256: string };

/** The file, or why it cannot be fetched. */
async function lookAt(request: FetchRequest, { access, route }: FetchGround): Promise<PresentFile | string> {
  try {
    const [read] = await access.read(route, [pathState(request.src, { sha256: true })]);
    const state = read as PathState;
    if (!state.exists) return `The file ${request.src} does not exist on the host`;
    if (state.kind === 'directory')
      return `The path ${request.src} is a directory of the host, which cannot be fetched`;
    if (state.kind !== 'file') return `The path ${request.src} is a ${state.kind} on the host, not a file`;
    if (state.sha256 === null) return `The file ${request.src} cannot be read by the task's user`;
    return state as PresentFile;
  } catch (thrown) {
    if (thrown instanceof HostwrightError && thrown.code === 'permission-denied')
      return thrown.message.replace(/\.$/, '');
    throw thrown;
  }
}

function destination(request: FetchRequest, { host, directory }: FetchGround, state: PathState): string {
  const base = path.resolve(directory, request.dest);
  if (!request.flat) return path.join(base, host.replaceAll('/', '_'), state.path);
  const intoDirectory = request.dest.endsWith('/') || isDirectory(base);
  return intoDirectory ? path.join(base, path.basename(state.path)) : base;
}

function isDirectory(file: string): boolean {
  return look(file)?.isDirectory() ?? false;
}

/** Undefined where nothing is there, or nothing can be. */
function look(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function digestHere(file: string): string | undefined {
  if (!look(file)?.isFile()) return undefined;
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return undefined;
  }
}

/** Writes as it comes, so that memory stays small whatever the size; gives the SHA-256 of what came. */
async function stream(state: PresentFile, file: string, access: HostAccess, route: Route): Promise<string> {
  const hash = createHash('sha256');
  const descriptor = openSync(file, 'wx');
  let problem: unknown;
  const onOutput = (name: 'stdout' | 'stderr', chunk: Uint8Array) => {
    if (name !== 'stdout' || problem) return;
    hash.update(chunk);
    try {
      for (let at = 0; at < chunk.length; ) at += writeSync(descriptor, chunk, at);
    } catch (thrown) {
      problem = thrown;
    }
  };
  try {
    const job = { script: sh`cat < ${state.realPath}`, outputLimit: 4096, onOutput };
    const { output } = await access.runThenRead(route, job, []);
    if (problem) throw problem;
    if (output.rc !== 0) {
      const said = new TextDecoder().decode(output.stderr.bytes).trim();
      throw new HostwrightError(
        'unreadable-file',
        `The file ${state.path} could not be read on the host: ${said}.`,
        {
          hint: 'It may have been removed just now; run the task again.',
        },
      );
    }
    return hash.digest('hex');
  } finally {
    closeSync(descriptor);
  }
}
