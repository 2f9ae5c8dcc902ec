import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  createReadStream,
  openSync,
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
import type { ActionLog } from './action-log.ts';
import type { Route } from './host-access.ts';
import { createTransfer, type Reached } from './transfer.ts';

export type FetchRequest = Extract<EngineRequest, { do: 'fetch' }>;

/** Where a file comes from. */
export interface FetchGround {
  readonly access: Reached['access'];
  readonly route: Route;
  /** The host's name in the inventory, which is a directory here. */
  readonly host: string;
  /** Where relative paths begin. */
  readonly directory: string;
  /** Told of each time that the link broke under it. */
  readonly broken: (host: string) => void;
  readonly log: ActionLog;
}

/**
 * Copies a file of the host to this machine, whole or not at all: it is streamed into a hidden file beside the destination, compared with
 * what the host said of it, and renamed. A file here that is the same already is left alone.
 */
export async function fetchFile(request: FetchRequest, ground: FetchGround): Promise<ResultFields> {
  const state = await lookAt(request, ground);
  if (typeof state === 'string') {
    const msg = request.failOnMissing ? state : `${state}; ignored, as fail_on_missing is false`;
    return { failed: request.failOnMissing, changed: false, file: request.src, msg };
  }
  const dest = destination(request, ground, state);
  const found = await digestHere(dest);
  const same = {
    changed: false,
    dest,
    file: state.path,
    checksum: state.sha256,
    remote_checksum: state.sha256,
  };
  if (found === state.sha256) return same;
  if (request.dryRun) return { ...same, changed: true };
  const ended = await ground.log.announce({
    apply: sh`cat < ${state.realPath}`,
    differences: [{ label: `${dest} on this machine`, before: found ?? null, after: state.sha256 }],
    seen: { [state.path]: state.sha256 },
  });
  const temporary = path.join(path.dirname(dest), `.hostwright.${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(path.dirname(dest), { recursive: true });
    const received = await receive(state, temporary, request, ground);
    if (request.validate && received !== state.sha256) {
      ended(1);
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
    chmodSync(temporary, 0o666 & ~process.umask());
    renameSync(temporary, dest);
    ended(0);
    return { ...same, changed: true, checksum: received };
  } catch (thrown) {
    ended(1);
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

async function digestHere(file: string): Promise<string | undefined> {
  if (!look(file)?.isFile()) return undefined;
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }))
      hash.update(chunk as Buffer);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

/**
 * Writes as it comes, so that memory stays small whatever the size; gives the SHA-256 of what came. Where the link breaks, the rest is asked
 * for over a new one, as long as the host has the same file. Nobody else can read what is not whole.
 */
async function receive(
  state: PresentFile,
  file: string,
  request: FetchRequest,
  ground: FetchGround,
): Promise<string> {
  const hash = createHash('sha256');
  const descriptor = openSync(file, 'wx', 0o600);
  const transfer = createTransfer(ground.broken);
  let received = 0;
  let problem: unknown;
  const onOutput = (name: 'stdout' | 'stderr', chunk: Uint8Array) => {
    if (name !== 'stdout' || problem) return;
    if (received + chunk.length > state.size) {
      problem = sentTooMuch(state);
      void ground.access.close();
      return;
    }
    hash.update(chunk);
    received += chunk.length;
    try {
      for (let at = 0; at < chunk.length; ) at += writeSync(descriptor, chunk, at);
    } catch (thrown) {
      problem = thrown;
    }
  };
  try {
    for (;;) {
      transfer.begins(ground);
      transfer.held(received);
      try {
        await stream(state, received, onOutput, ground);
        if (problem) throw problem;
        return hash.digest('hex');
      } catch (thrown) {
        if (problem) throw problem;
        const goesOn = await transfer.goesOn(thrown);
        if (goesOn !== true) throw goesOn || thrown;
      }
      const now = await lookAt(request, ground);
      if (typeof now === 'string' || now.sha256 !== state.sha256) throw changedMeanwhile(state.path);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Asks for a file from a byte on, up to the end that it had. */
async function stream(
  state: PresentFile,
  from: number,
  onOutput: (name: 'stdout' | 'stderr', chunk: Uint8Array) => void,
  { access, route }: FetchGround,
): Promise<void> {
  const rest = state.size - from;
  const script =
    from === 0
      ? sh`head -c ${rest} < ${state.realPath}`
      : sh`tail -c +${from + 1} < ${state.realPath} | head -c ${rest}`;
  const { output } = await access.runThenRead(route, { script, outputLimit: 4096, onOutput }, []);
  if (output.rc === 0) return;
  const said = new TextDecoder().decode(output.stderr.bytes).trim();
  throw new HostwrightError(
    'unreadable-file',
    `The file ${state.path} could not be read on the host: ${said}.`,
    {
      hint: 'It may have been removed just now; run the task again.',
    },
  );
}

/** A host that was taken over could fill the disk here. */
function sentTooMuch({ path: file, size }: PresentFile): HostwrightError {
  return new HostwrightError(
    'unreadable-file',
    `The host sends more than the ${size} bytes that it said ${file} has.`,
    { hint: 'Its tools do not do what they are asked to; look at the host.' },
  );
}

function changedMeanwhile(path: string): HostwrightError {
  return new HostwrightError(
    'unreadable-file',
    `The file ${path} of the host changed while it was on its way here.`,
    { hint: 'Run the task again, and see that nothing writes to the file then.' },
  );
}
