import type { Connection, Privilege, StreamEnd } from '../core/connection.ts';
import { startLoop } from './bootstrap.ts';
import { type Channel, type ChannelEvents, openChannel } from './channel.ts';
import { type Chain, createFrame, type Frame, jobOutput, timeLimit } from './frame.ts';
import { jobStuck, sessionClosed, sessionGarbled, sessionLost } from './problems.ts';
import type { Session } from './session.ts';

export interface SessionOptions {
  /** User changes on the way from the login user to the session's user, outermost first. */
  readonly privilege?: readonly Privilege[];
  /** Seconds from the start of the shell until it must answer; default 30. */
  readonly helloTimeoutSeconds?: number;
}

/** Seconds that the host has for ending a job (and we for hearing of it) after its time is up, before we give up on it. */
const GIVE_UP_AFTER_SECONDS = 10;

/**
 * Opens a session: one shell on the host in which jobs run one after the other. Jobs of one turn of the event loop go out in one write.
 * Rejects with a HostwrightError: `unreachable` where no shell answers, `become-failed` where the user change fails.
 */
export async function openSession(connection: Connection, options: SessionOptions = {}): Promise<Session> {
  const privilege = options.privilege ?? [];
  const helloTimeoutSeconds = options.helloTimeoutSeconds ?? 30;
  const start = () => startLoop(connection, privilege, helloTimeoutSeconds);

  let nextId = 1;
  let chain: Chain = 'succeeded';
  let lastDoneAt = 0;
  let failure: Error | undefined;
  let flushing: NodeJS.Immediate | undefined;
  let giveUp: NodeJS.Timeout | undefined;
  let channel: Channel | undefined;
  /** Jobs that the loop has, in order; the first is running. */
  let sent: Frame[] = [];
  let waiting: Frame[] = [];
  let inputFailure: { readonly frame: Frame; readonly error: Error } | undefined;

  const fail = (error: Error) => {
    failure ??= error;
    clearTimeout(giveUp);
    channel?.destroy();
    const lost = [...sent, ...waiting];
    sent = [];
    waiting = [];
    for (const frame of lost) frame.reject(error);
  };
  const lose = async (end: StreamEnd | undefined) => {
    const reason = await Promise.race([
      connection.closed,
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 50)),
    ]);
    const running = [...sent, ...waiting].map((frame) => frame.job.script.text);
    fail(sessionLost(running, end, reason ?? undefined));
  };
  const watch = () => {
    clearTimeout(giveUp);
    const frame = sent[0];
    if (!frame) return;
    frame.startedAt = Math.max(frame.startedAt, lastDoneAt);
    const seconds = timeLimit(frame.job);
    if (seconds === undefined) return;
    const timer = () => {
      sent.shift();
      frame.resolve(jobOutput(frame, 137, true, performance.now()));
      fail(jobStuck(frame.job.script.text, seconds));
    };
    giveUp = setTimeout(timer, (seconds + GIVE_UP_AFTER_SECONDS) * 1000);
  };
  /** The loop has ended on purpose, or was left: what it did not run goes to a new one. */
  const restart = async () => {
    waiting = [...sent, ...waiting];
    sent = [];
    channel = undefined;
    try {
      channel = openChannel(await start(), events);
    } catch (thrown) {
      return fail(thrown as Error);
    }
    if (failure) channel.destroy();
    else flush();
  };
  const events: ChannelEvents = {
    onDone: (frame, end, last) => {
      const now = performance.now();
      sent.shift();
      const output = end.rc === 'skipped' ? 'skipped' : jobOutput(frame, end.rc, end.timedOut, now);
      if (output !== 'skipped') chain = output.rc === 0 && !output.timedOut ? 'succeeded' : 'failed';
      lastDoneAt = now;
      watch();
      frame.resolve(output);
      if (last) void restart();
    },
    onGarbage: (said) => fail(sessionGarbled(said)),
    onInputFailed: (frame, error) => {
      inputFailure = { frame, error };
    },
    onEnd: (end) => {
      const broken = inputFailure;
      if (!broken || sent[0] !== broken.frame) return void lose(end);
      // The host has ended the job whose input was cut off, and ran nothing behind it.
      inputFailure = undefined;
      sent.shift();
      chain = 'failed';
      broken.frame.reject(broken.error);
      void restart();
    },
  };
  const flush = () => {
    flushing = undefined;
    if (!channel || waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    const now = performance.now();
    for (const frame of batch) frame.startedAt = now;
    // Only the first of what is sent can depend on jobs that are over; the loop knows about the others.
    const before = sent.length === 0 ? chain : undefined;
    sent.push(...batch);
    channel.send(batch, before);
    watch();
  };

  channel = openChannel(await start(), events);
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        if (failure) throw failure;
        waiting.push(createFrame(nextId++, job, { resolve, reject }));
        flushing ??= setImmediate(flush);
      }),
    close: async () => {
      if (flushing) clearImmediate(flushing);
      fail(sessionClosed());
    },
  };
}
