import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { vi } from 'vitest';
import type { Connection } from '../../src/core/connection.ts';
import type { JobOutput } from '../../src/core/script.ts';
import { openSession } from '../../src/shell/open-session.ts';
import type { Job, JobOutcome, Session } from '../../src/shell/session.ts';
import { local } from '../../src/transports/local.ts';

/** A kind of host: which `sh` it has, and what it lacks. */
export interface ShellKind {
  readonly name: string;
  readonly shell: string;
  /** Tools that this host does not have. */
  readonly without?: readonly string[];
  /** Programs of this host that differ from ours, as shell text. */
  readonly programs?: Readonly<Record<string, string>>;
  /** What can differ on this host; everything, where it does not say. */
  readonly concerns?: readonly Concern[];
}

/** Groups of tests of a session. */
export type Concern = 'jobs' | 'input' | 'processes' | 'size';

const OLD_DD =
  '#!/bin/sh\ncase "$*" in *iflag*) echo "dd: invalid argument" >&2; exit 1;; esac\nexec /bin/dd "$@"\n';

export const shellKinds: readonly ShellKind[] = [
  { name: 'dash', shell: 'dash' },
  { name: 'bash', shell: 'bash' },
  { name: 'busybox ash', shell: 'busybox' },
  { name: 'dash without setsid', shell: 'dash', without: ['setsid'], concerns: ['processes'] },
  {
    name: 'busybox ash with a dd that knows no fullblock',
    shell: 'busybox',
    programs: { dd: OLD_DD },
    concerns: ['input'],
  },
];

/** Tools that jobs of the tests use; a host that lacks one gets a PATH of exactly these. */
const TOOLS =
  'awk bash cat chmod cut dash dd echo env expr grep head kill ls mkdir mv od printf ps rm script seq setsid sleep sort stty tail tee test tr true wc yes'.split(
    ' ',
  );

export function findProgram(name: string): string | undefined {
  const directories = `${process.env.PATH}${delimiter}/usr/sbin${delimiter}/sbin`.split(delimiter);
  return directories.map((directory) => join(directory, name)).find(existsSync);
}

/** Puts a host of this kind at the front of PATH, for everything that the test starts. Returns its undoing. */
export function enterShell(kind: ShellKind): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'hostwright-shell-'));
  const shell = findProgram(kind.shell);
  if (shell === undefined) throw new Error(`${kind.shell} is not installed`);
  symlinkSync(shell, join(directory, 'sh'));
  for (const [name, text] of Object.entries(kind.programs ?? {})) {
    writeFileSync(join(directory, name), text);
    chmodSync(join(directory, name), 0o755);
  }
  if (kind.without) {
    for (const tool of TOOLS.filter((name) => !kind.without?.includes(name))) {
      const path = findProgram(tool);
      if (path) symlinkSync(path, join(directory, tool));
    }
  }
  vi.stubEnv('PATH', kind.without ? directory : `${directory}${delimiter}${process.env.PATH}`);
  return () => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  };
}

/** A connection to a program under the name `sh` instead of a shell. */
export function enterImpostor(text: string): () => void {
  return enterShell({ name: 'impostor', shell: 'true', programs: { sh: text } });
}

export interface OpenSession {
  readonly session: Session;
  readonly connection: Connection;
  readonly run: (
    text: string,
    job?: Omit<Job, 'script'> & { readonly input?: Job['script']['input'] },
  ) => Promise<JobOutput>;
  readonly close: () => Promise<void>;
}

/** A session on this machine. */
export async function openLocalSession(
  wrap: (connection: Connection) => Connection = (same) => same,
): Promise<OpenSession> {
  const connection = wrap(await local.open({} as never));
  const session = await openSession(connection, { helloTimeoutSeconds: 5 });
  return {
    session,
    connection,
    run: async (text, { input, ...job } = {}) =>
      ran(await session.run({ ...job, script: input === undefined ? { text } : { text, input } })),
    close: async () => {
      await session.close();
      await connection.close();
    },
  };
}

export function ran(outcome: JobOutcome): JobOutput {
  if (outcome === 'skipped') throw new Error('the job was skipped');
  return outcome;
}

/** What a job gave, in a form that compares well. */
export function summary(outcome: JobOutcome): unknown {
  if (outcome === 'skipped') return outcome;
  return { rc: outcome.rc, stdout: text(outcome.stdout.bytes), stderr: text(outcome.stderr.bytes) };
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** Whether a process of this machine still does something; one that only waits for its parent to ask for its status does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** A directory that is gone after the test file. */
export function scratchDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'hostwright-test-'));
  mkdirSync(path, { recursive: true });
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
