import type { Connection, ConnectionTarget, Privilege, Transport } from '../core/connection.ts';
import { HostwrightError } from '../core/error.ts';
import { kept } from '../core/kept.ts';
import type { HostRead } from '../core/read.ts';
import type { JobOutput } from '../core/script.ts';
import type { Journal } from '../journal/journal.ts';
import { openSession } from '../shell/open-session.ts';
import type { Job, JobOutcome, Session } from '../shell/session.ts';
import { announceEffects, type Work } from './effects.ts';
import { batchReads } from './pipeline/read-batch.ts';
import { problems } from './problems.ts';

/** As whom, and how, a task works on a host. */
export interface Route {
  readonly target: ConnectionTarget;
  readonly privileges: readonly Privilege[];
  /** A session of its own beside the others, for what runs at the same time. */
  readonly lane?: string | undefined;
}

/** A host's connections and sessions: opened at first use, one session per user, opened again after they were lost. */
export interface HostAccess {
  /** Values of reads, in order; all of them are sent in one go. */
  readonly read: (route: Route, reads: readonly HostRead<unknown>[]) => Promise<readonly unknown[]>;
  /** Runs a job and, where it succeeds, reads: both are sent in one go. `values` is undefined where the job failed. */
  readonly runThenRead: (
    route: Route,
    job: Work,
    reads: readonly HostRead<unknown>[],
  ) => Promise<{ readonly output: JobOutput; readonly values: readonly unknown[] | undefined }>;
}

/** The host itself: what is asked goes out at once. */
export interface Wire extends HostAccess {
  /**
   * Goes to the host, ahead of what will be asked there; undefined where it is reached already. `begun` when all is done that can be done
   * without waiting for anybody; only `done` rejects.
   */
  readonly reach: (
    route: Route,
  ) => { readonly begun: Promise<void>; readonly done: Promise<void> } | undefined;
  /** What the scripts of reads printed, in order; all are sent in one go. */
  readonly readRaw: (route: Route, reads: readonly HostRead<unknown>[]) => Promise<readonly JobOutput[]>;
  /** Jobs in one write, some of which change something: what they give as it comes, and when all of it is over. */
  readonly send: (
    route: Route,
    jobs: readonly Work[],
  ) => Promise<{ readonly outcomes: readonly Promise<JobOutcome>[]; readonly over: Promise<void> }>;
  /** The key by which the host proved who it is; undefined where the transport checks none itself. */
  readonly hostKeyOf: (route: Route) => Promise<string | undefined>;
  /** Closes the session of a lane. */
  readonly endLane: (lane: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Bytes of output of one read; what a read prints is bounded by its script, so more is an error. */
const READ_LIMIT = 8 * 1024 * 1024;

/** `onChange` is told before and after whatever may change something on the host; the journal gets what will be changed before it is. */
export function createHostAccess(
  transports: Readonly<Record<string, () => Promise<Transport>>>,
  onChange: () => void,
  journal: () => Journal | undefined = () => undefined,
): Wire {
  const connections = new Map<string, Promise<Connection>>();
  const sessions = new Map<string, Promise<Session>>();
  const lanes = new Map<string, { readonly key: string; readonly session: Promise<Session> }>();

  const connect = async (target: ConnectionTarget): Promise<Connection> => {
    const load = transports[target.transport];
    if (!load) throw problems.unknownTransport(target.name, target.transport, Object.keys(transports));
    return (await load()).open(target);
  };

  const sessionOf = (route: Route): Promise<Session> => {
    const connectionKey = keyOfTarget(route.target);
    const sessionKey = keyOfRoute(route);
    const connection = kept(connections, connectionKey, () => connect(route.target));
    const open = async () => openSession(await connection, { privilege: route.privileges });
    return route.lane === undefined ? kept(sessions, sessionKey, open) : laneOf(route, sessionKey, open);
  };

  /** A lane has one session at a time; a host that allows no further one serves the lane in the session it has. */
  const laneOf = async (route: Route, sessionKey: string, open: () => Promise<Session>) => {
    const { lane = '', ...main } = route;
    const known = lanes.get(lane);
    if (known?.key === sessionKey) return known.session;
    await endLane(lane);
    const session = open().catch((thrown: unknown) => {
      if (!(thrown instanceof HostwrightError) || thrown.code !== 'too-many-sessions') throw thrown;
      return sessionOf(main);
    });
    lanes.set(lane, { key: sessionKey, session });
    return session;
  };

  const endLane = async (lane: string) => {
    const known = lanes.get(lane);
    lanes.delete(lane);
    const session = await known?.session.catch(() => undefined);
    const shared = await Promise.all([...sessions.values()].map(quiet));
    if (session && !shared.includes(session)) await session.close().catch(() => {});
  };

  const closeAll = async () => {
    const open = [...connections.values()];
    sessions.clear();
    lanes.clear();
    connections.clear();
    await Promise.all(open.map(async (connection) => (await connection).close().catch(() => {})).map(quiet));
  };

  const start = async (route: Route, jobs: readonly Job[]): Promise<readonly Promise<JobOutcome>[]> => {
    const session = await sessionOf(route);
    return jobs.map((job) => session.run(job));
  };
  const all = async (started: readonly Promise<JobOutcome>[]): Promise<readonly JobOutcome[]> => {
    const outcomes = await Promise.allSettled(started);
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    if (lost) {
      // The next use connects anew: what was running then is not known, so nothing is repeated here.
      if (lost.reason instanceof HostwrightError && lost.reason.code === 'unreachable') await closeAll();
      throw lost.reason;
    }
    return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<JobOutcome>).value);
  };
  const run = async (route: Route, jobs: readonly Job[]) => all(await start(route, jobs));

  const readEach = async (route: Route, reads: readonly HostRead<unknown>[]) =>
    (await run(route, reads.map(readJob))) as readonly JobOutput[];
  const readRaw = async (route: Route, reads: readonly HostRead<unknown>[]) => {
    // Input is for one job alone.
    if (reads.length < 2 || reads.some((read) => read.script.input)) return readEach(route, reads);
    const batch = batchReads(reads);
    const [output] = (await run(route, [batch.job])) as readonly JobOutput[];
    return batch.split(output as JobOutput) ?? readEach(route, reads);
  };

  return {
    readRaw,
    reach: (route) => {
      if (route.lane !== undefined || sessions.has(keyOfRoute(route))) return undefined;
      const done = sessionOf(route).then(() => {});
      // Whether it fails is for those to hear who need it.
      done.catch(() => {});
      return { begun: new Promise((resolve) => void setImmediate(resolve)), done };
    },
    send: async (route, jobs) => {
      onChange();
      const effects = await announceEffects(journal(), jobs);
      const outcomes = await start(route, jobs).catch((thrown: unknown) => {
        effects.notSent();
        throw thrown;
      });
      for (const [index, outcome] of outcomes.entries()) {
        outcome.then(
          (ended) => effects.ended(index, ended),
          () => effects.lost(index),
        );
      }
      // What went wrong is for those to hear who ask for an outcome.
      const over = all(outcomes).then(onChange, onChange);
      return { outcomes, over };
    },
    read: async (route, reads) => {
      const outputs = await readRaw(route, reads);
      return reads.map((read, index) => parseRead(route, read, outputs[index] as JobOutput));
    },
    runThenRead: async (route, job, reads) => {
      const proofs = reads.map((read) => ({ ...readJob(read), onlyAfterSuccess: true }));
      onChange();
      const effects = await announceEffects(journal(), [job]);
      const started = await start(route, [job, ...proofs]).catch((thrown: unknown) => {
        effects.notSent();
        onChange();
        throw thrown;
      });
      started[0]?.then(
        (ended) => effects.ended(0, ended),
        () => effects.lost(0),
      );
      const [output, ...outputs] = await all(started).finally(onChange);
      const values = outputs.includes('skipped')
        ? undefined
        : reads.map((read, index) => parseRead(route, read, outputs[index] as JobOutput));
      return { output: output as JobOutput, values };
    },
    hostKeyOf: async ({ target }) =>
      (await kept(connections, keyOfTarget(target), () => connect(target))).hostKey,
    endLane,
    close: closeAll,
  };
}

export function readJob(read: HostRead<unknown>): Job {
  return { script: read.script, outputLimit: READ_LIMIT, inline: true };
}

/** The value of what a read's script printed. Throws a HostwrightError where that is not what it can print. */
export function parseRead(route: Route, read: HostRead<unknown>, output: JobOutput): unknown {
  if (output.stdout.omitted > 0) throw problems.readTooLarge(route.target.name, read.name, READ_LIMIT);
  const value = read.parse({ rc: output.rc, stdout: output.stdout.bytes, stderr: output.stderr.bytes });
  printed.set(read, output);
  if (typeof value === 'object' && value !== null) printed.set(value, output);
  return value;
}

/** What was printed, by the read and by the value that was made of it. */
const printed = new WeakMap<object, JobOutput>();

/** What a read printed when it gave this value; undefined where that is not known any more. */
export function outputOf(read: HostRead<unknown>, value: unknown): JobOutput | undefined {
  return (typeof value === 'object' && value !== null ? printed.get(value) : undefined) ?? printed.get(read);
}

/** Two routes with the same key are one way to a host: one session. */
export function keyOfRoute({ target, privileges }: Route): string {
  if (privileges.length === 0) return keyOfTarget(target);
  const users = privileges.map(({ method, user, flags }) => [method, user, flags]);
  return `${keyOfTarget(target)}\n${JSON.stringify(users)}`;
}

const keys = new WeakMap<ConnectionTarget, string>();

function keyOfTarget(target: ConnectionTarget): string {
  const known = keys.get(target);
  if (known !== undefined) return known;
  const key = keyText(target);
  keys.set(target, key);
  return key;
}

function keyText(target: ConnectionTarget): string {
  const { transport, host, port, user, privateKeyFile, container, sshOptions, hostKeys, sshConfig } = target;
  const known = [hostKeys.pinned, sshConfig?.file];
  return JSON.stringify([transport, host, port, user, privateKeyFile, container, sshOptions, known]);
}

function quiet<T>(promise: Promise<T>): Promise<T | undefined> {
  return promise.catch(() => undefined);
}
