import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { z } from 'zod';
import type { Change } from '../../src/core/change.ts';
import type { AnyModule } from '../../src/core/module.ts';
import type { LocalSource, Read } from '../../src/core/read.ts';
import { type JobOutput, type LocalFile, partsOfInput, type Script } from '../../src/core/script.ts';
import { uploadOf } from '../../src/engine/stage.ts';

/** The shells that every script must run under; those that this machine lacks are left out, and the suite names them. */
export const SHELLS = [
  { name: 'dash', argv: ['dash'] },
  { name: 'bash', argv: ['bash', '--posix'] },
  { name: 'busybox sh', argv: ['busybox', 'sh'] },
].map((shell) => ({
  ...shell,
  present: spawnSync(shell.argv[0] as string, ['-c', ':']).status === 0 || busybox(shell.argv),
}));

export type Shell = (typeof SHELLS)[number];

/** Changes ownership and the like; suites say so in their names where they need it. */
export const IS_ROOT = process.getuid?.() === 0;

function busybox(argv: readonly string[]): boolean {
  return argv[0] === 'busybox' && spawnSync('busybox', ['sh', '-c', ':']).status === 0;
}

/** A directory that stands for the host, one for the controller, and one for Hostwright's state on the host. */
export interface Bench {
  readonly shell: Shell;
  readonly host: string;
  readonly local: string;
  readonly state: string;
  readonly remove: () => void;
}

export function openBench(shell: Shell): Bench {
  const root = mkdtempSync(join(tmpdir(), 'hostwright-'));
  const [host, local, state] = ['host', 'local', 'state'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const directory of [host, local]) mkdirSync(directory);
  return { shell, host, local, state, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** Runs a script as the session would: in a shell of its own, input on its standard input. */
export function runScript(bench: Bench, script: Script): JobOutput {
  const [command, ...flags] = bench.shell.argv as [string, ...string[]];
  for (const staged of script.staged ?? []) {
    const sent = runScript(bench, uploadOf(staged, 0));
    if (sent.rc !== 0) return sent;
  }
  const parts = script.input === undefined ? [] : partsOfInput(script.input);
  const input = Buffer.concat(
    parts.map((part) => ('path' in part ? readFileSync(part.path).subarray(part.from ?? 0) : part)),
  );
  const done = spawnSync(command, [...flags, '-c', script.text], {
    input,
    cwd: bench.host,
    env: { ...process.env, HOSTWRIGHT_STATE: bench.state, LC_ALL: 'C.UTF-8' },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (done.error) throw done.error;
  const captured = (bytes: Uint8Array) => ({ bytes, omitted: 0, gapAt: bytes.length });
  return {
    rc: done.status ?? 255,
    stdout: captured(done.stdout),
    stderr: captured(done.stderr),
    durationMs: 0,
    timedOut: false,
  };
}

export interface TaskRun {
  readonly change: Change | null;
  /** What check says after apply; null proves that the module converges. */
  readonly proof: Change | null;
  readonly output: JobOutput | null;
  readonly result: Readonly<Record<string, unknown>>;
  /** What the module says that reads would give after the change, by their subjects. */
  readonly expected: Readonly<Record<string, unknown>>;
  /** Takes the change back; false where the module says that it cannot. */
  readonly undo: () => boolean;
}

/** What the engine does with one task, without the engine: read, check, apply, read again, check again. */
export function runTask(
  bench: Bench,
  module: AnyModule,
  input: z.input<AnyModule['params']>,
  options: {
    readonly checkMode?: boolean;
    /** In a check run: an earlier task would have changed the host. */
    readonly pendingChanges?: boolean;
    readonly templates?: Readonly<Record<string, string>>;
  } = {},
): TaskRun {
  const params: unknown = module.params.parse(input);
  const view = { checkMode: options.checkMode ?? false, pendingChanges: options.pendingChanges ?? false };
  const read = () => readAll(bench, module, params, options.templates ?? {});
  const values = read();
  const change: Change | null = module.check(params, values, view);
  if (!change || view.checkMode) {
    const result = module.result?.(params, { values, change, output: null }) ?? {};
    return {
      change,
      proof: null,
      output: null,
      result,
      expected: expectedOf(module, change, params, values as never),
      undo: () => false,
    };
  }
  const output = runScript(bench, module.apply(change, params));
  if (output.rc !== 0) {
    throw new Error(`apply ended with ${output.rc}: ${Buffer.from(output.stderr.bytes).toString()}`);
  }
  const after = read();
  const proof = module.proof ? module.proof(change, params, after) : module.check(params, after, view);
  const undo = () => {
    const script = module.undo?.(change, params);
    if (!script) return false;
    const undone = runScript(bench, script);
    if (undone.rc !== 0)
      throw new Error(`undo ended with ${undone.rc}: ${Buffer.from(undone.stderr.bytes).toString()}`);
    return true;
  };
  const result = module.result?.(params, { values, change, output }) ?? {};
  const expected = expectedOf(module, change, params, values as never);
  return { change, proof: module.converges === false ? null : proof, output, result, expected, undo };
}

function expectedOf(module: AnyModule, change: Change | null, params: unknown, values: never) {
  return (change && module.expected?.(change, params, values)) || {};
}

function readAll(
  bench: Bench,
  module: AnyModule,
  params: unknown,
  templates: Readonly<Record<string, string>>,
) {
  const values: Record<string, unknown> = {};
  const take = (reads: Readonly<Record<string, Read<unknown>>>) => {
    for (const [name, read] of Object.entries(reads)) values[name] = runRead(bench, read, templates);
  };
  take(module.reads?.(params) ?? {});
  take(module.moreReads?.(params, values) ?? {});
  return values;
}

export function runRead<T>(bench: Bench, read: Read<T>, templates: Readonly<Record<string, string>> = {}): T {
  if (read.kind === 'controller') {
    return (read.source === 'file' ? loadLocal(bench, read.path) : templates[read.path]) as T;
  }
  const output = runScript(bench, read.script);
  return read.parse({ rc: output.rc, stdout: output.stdout.bytes, stderr: output.stderr.bytes });
}

/** As the engine does: below a source without a slash at its end, paths begin with the directory's own name. */
function loadLocal(bench: Bench, path: string): LocalSource {
  const full = join(bench.local, path);
  const root = path.endsWith('/') ? full : dirname(full);
  if (!statSync(full).isDirectory()) return { file: loadFile(full), tree: null };
  const tree = walk(full).map((entry) => ({
    relativePath: relative(root, entry),
    file: statSync(entry).isDirectory() ? null : loadFile(entry),
  }));
  return { file: null, tree };
}

function loadFile(path: string): LocalFile {
  const content = readFileSync(path);
  const { mode, size } = statSync(path);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path, size, sha256, mode: mode & 0o7777, ...(size <= 1024 * 1024 ? { content } : {}) };
}

/** Everything below the host's directory: kind, permissions, owner and content, but no times. */
export function snapshot(bench: Bench): Readonly<Record<string, string>> {
  return Object.fromEntries(walk(bench.host).map((path) => [relative(bench.host, path), describe(path)]));
}

function describe(path: string): string {
  const stat = lstatSync(path);
  const owner = `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid}`;
  if (stat.isSymbolicLink()) return `link ${stat.uid}:${stat.gid} ${readlinkSync(path)}`;
  if (stat.isDirectory()) return `directory ${owner}`;
  return `file ${owner} ${readFileSync(path).toString('latin1')}`;
}

function walk(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? [path, ...walk(path)] : [path];
  });
}
