import type { Change, Difference } from '../core/change.ts';
import { errorsIn, type HostwrightError } from '../core/error.ts';
import type { AnyModule, ResultFields } from '../core/module.ts';
import { KNOWN_AFTER_APPLY, NOT_KNOWN, NotKnownYet } from '../core/not-known.ts';
import type { HostRead, Read } from '../core/read.ts';
import type { TaskResult } from '../core/result.ts';
import type { JobOutput } from '../core/script.ts';
import type { PlayContext } from './context.ts';
import { EndOfWindow } from './control-flow.ts';
import type { Work } from './effects.ts';
import { failureOf } from './failed-apply.ts';
import { foreseenAfter, type Seen } from './foreseen.ts';
import type { GuardGround } from './guard/ground.ts';
import { invokeUnderGuard, refusedWhilePending } from './guard/guarded-module.ts';
import { settleOwn } from './guard/left-behind.ts';
import type { HostAccess, Route } from './host-access.ts';
import { type Authorship, intentOf, underGuard, writeLeft } from './intent.ts';
import { problems } from './problems.ts';
import { type LargeGround, sendLarge } from './stage.ts';

/** What an invocation works with: a host, as a user, and the controller's own files. */
export interface Ground {
  readonly access: HostAccess;
  readonly route: Route;
  readonly readOnController: (read: Exclude<Read<unknown>, HostRead<unknown>>) => Promise<unknown>;
  readonly checkMode: boolean;
  readonly ahead: PlayContext['ahead'];
  /** In a check run: what earlier tasks would have left, by the subjects of reads. */
  readonly predicted: Map<string, unknown>;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number | undefined;
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;
  /** The run that is continued made the change, and ended before it could say so. */
  readonly wasMade?: boolean | undefined;
  /** How large files get to the host. */
  readonly large: LargeGround;
  /** As whose work a change is written down; undefined where nothing is. */
  readonly author?: Authorship | undefined;
  /** Told of a change before it is made, or would be; throws where it must not be made. */
  readonly planned?:
    | ((converges: boolean, differences: readonly Difference[], seen: readonly Seen[]) => void)
    | undefined;
  /** What a change needs that may cut the connection it is made over. */
  readonly guard: (route: Route) => GuardGround;
  /** In a block that is under the guard itself. */
  readonly inGuard: boolean;
}

export interface Invocation {
  readonly result: TaskResult;
  readonly differences: readonly Difference[];
}

type Values = Readonly<Record<string, unknown>>;
type ReadTable = Readonly<Record<string, Read<unknown>>>;

/** Bytes of each stream kept of what an apply or a command prints. */
const OUTPUT_LIMIT = 4 * 1024 * 1024;

/**
 * One module with validated parameters on one host: read, check, and where something differs and this is no check run: apply, and
 * prove by reading again that nothing differs any more.
 */
export async function invoke(module: AnyModule, params: unknown, ground: Ground): Promise<Invocation> {
  const reads: ReadTable = module.reads?.(params) ?? {};
  // In a block under the guard that guard decides; who looks ahead, or only looks, decides nothing.
  const guardsItself = module.guarded && !ground.checkMode && !ground.ahead && !ground.inGuard;
  if (guardsItself) await settleOwn(ground.guard(ground.route));
  const values = await readAll(module, params, reads, ground);
  const change: Change | null = module.check(params, values, {
    checkMode: ground.checkMode,
    pendingChanges: ground.checkMode && ground.predicted.size > 0,
  });
  const fields = (output: JobOutput | null): ResultFields =>
    module.result?.(params, { values, change, output }) ?? {};

  // What an interrupted run made is its change: handlers and registers must hear of it.
  if (!change) {
    // What a change under the guard left may be taken back in a moment.
    const pending = guardsItself ? await refusedWhilePending(ground.guard(ground.route)) : undefined;
    const result = pending ?? { changed: ground.wasMade === true, ...fields(null) };
    return { result, differences: [] };
  }
  const warnings = change.warnings?.length ? { warnings: change.warnings } : {};
  const looksOnly = module.effect === 'none';
  const differs = change.differences.length > 0;
  if (!looksOnly)
    ground.planned?.(module.converges !== false, change.differences, seenOf(module, params, reads, values));
  // What a command will change is for the command to know; there is nothing to show.
  const differences = module.converges === false ? [] : change.differences;
  if (ground.checkMode && (!looksOnly || module.checkMode === 'skip')) {
    if (module.checkMode === 'skip') {
      const msg = `skipped: "${module.name}" does not run in check mode`;
      const result = { changed: false, skipped: true, msg, ...fields(null) };
      // Not the same as a condition that did not hold: whether it would change something is not known.
      if (result.skipped) Object.assign(result, { not_run_in_check_mode: true });
      return { result, differences: [] };
    }
    if (differs) predict(module, params, change, values, reads, ground);
    return { result: { changed: differs, ...warnings, ...fields(null) }, differences };
  }
  const guarded = module.guarded?.(change, params) ?? null;
  if (guarded) {
    // Nobody makes it ahead of its time.
    if (ground.ahead) throw new EndOfWindow();
    const { author } = ground;
    const seen = (now: Values) => seenOf(module, params, reads, now);
    const after = afterOf(module, params, change, values, reads);
    return invokeUnderGuard(ground.guard(ground.route), change, guarded, {
      again: (access, route) => readAll(module, params, reads, { ...ground, access, route }),
      check: (now) => module.check(params, now, { checkMode: false, pendingChanges: false }),
      intent:
        author &&
        (() =>
          underGuard(
            intentOf(author, module, params, change, guarded.change.apply, seen(values), after, ground),
            guarded,
            ground.route.target.host,
          )),
      left: (now) => author && writeLeft(author, seen(values), after, seen(now)),
      fields: fields(null),
    });
  }
  if (ground.ahead === 'changes') {
    predict(module, params, change, values, reads, ground);
    // What it could not be taken back by for lack of knowledge is not done on the strength of a guess.
    module.undo?.(change, params);
  }
  const applied = await apply(module, params, change, reads, values, ground);
  const changed = differs && !looksOnly;
  if (ground.ahead === 'changes') return { result: { changed, foreseen: true }, differences: [] };
  const result: TaskResult = { changed, ...warnings, ...fields(applied.output), ...applied.failure };
  return { result, differences };
}

/** Remembers what the reads of later tasks would give if this were a real run. */
function predict(
  module: AnyModule,
  params: unknown,
  change: Change,
  values: Values,
  reads: ReadTable,
  { predicted }: Ground,
): void {
  const after = afterOf(module, params, change, values, reads);
  for (const [subject, value] of after) predicted.set(subject, value);
}

function afterOf(module: AnyModule, params: unknown, change: Change, values: Values, reads: ReadTable) {
  const own = hostReadsOf(reads).map(([, read]) => read);
  return foreseenAfter(module, params, change, values, own);
}

/** The values of all reads; `known` are host values that came with an apply. */
async function readAll(
  module: AnyModule,
  params: unknown,
  reads: ReadTable,
  ground: Ground,
  known?: readonly unknown[],
): Promise<Values> {
  const first = await readValues(reads, ground, known);
  const more = module.moreReads?.(params, first);
  return more ? { ...first, ...(await readValues(more, ground)) } : first;
}

/** All host reads go out together; in a check run, what earlier tasks would have left stands in for some of them. */
async function readValues(reads: ReadTable, ground: Ground, known?: readonly unknown[]): Promise<Values> {
  const onHost = hostReadsOf(reads);
  // What is sent along with a read is sent when it is the task's turn: who looks ahead does not go on behind it.
  if (ground.ahead && onHost.some(([, { script }]) => script.input)) throw new EndOfWindow();
  const own = Object.entries(reads).filter(([, read]) => read.kind === 'controller');
  const standIns = ground.checkMode
    ? onHost.filter(([, { subject = '' }]) => ground.predicted.has(subject))
    : [];
  const asked = onHost.filter((entry) => !standIns.includes(entry));
  const [hostValues, ownValues] = await Promise.all([
    known ??
      (asked.length === 0
        ? []
        : ground.access.read(
            ground.route,
            asked.map(([, read]) => read),
          )),
    Promise.all(
      own.map(async ([name, read]) => [name, await ground.readOnController(read as never)] as const),
    ),
  ]);
  const predicted = standIns.map(([name, { subject = '' }]) => {
    const value = ground.predicted.get(subject);
    if (value === NOT_KNOWN) throw new NotKnownYet(subject);
    return [name, value] as const;
  });
  const seen = asked.map(([name, read], index) => {
    const value = hostValues[index];
    // An earlier task may have left a directory for what is not there yet.
    return [name, (ground.checkMode && read.foresight?.foresee(value, ground.predicted)) || value] as const;
  });
  return Object.fromEntries([...seen, ...predicted, ...ownValues]);
}

function hostReadsOf(reads: ReadTable): readonly (readonly [string, HostRead<unknown>])[] {
  return Object.entries(reads).filter(
    (entry): entry is [string, HostRead<unknown>] => entry[1].kind === 'host',
  );
}

/** What was read on the host, read by read. */
function seenOf(module: AnyModule, params: unknown, reads: ReadTable, values: Values): readonly Seen[] {
  const table = { ...reads, ...module.moreReads?.(params, values) };
  return hostReadsOf(table).map(([name, read]) => [read, values[name]]);
}

interface Applied {
  readonly output: JobOutput;
  /** Fields that make the result a failure; undefined on success. */
  readonly failure: ResultFields | undefined;
}

/** Applies and proves. The proof's reads are sent along with the apply, so a change costs one round trip more than no change. */
async function apply(
  module: AnyModule,
  params: unknown,
  change: Change,
  reads: ReadTable,
  values: Values,
  ground: Ground,
): Promise<Applied> {
  const { access, route, environment, onOutput, author } = ground;
  const provable = module.converges !== false;
  const script = module.apply(change, params);
  const seen = () => seenOf(module, params, reads, values);
  const after = () => afterOf(module, params, change, values, reads);
  const job: Work = {
    script,
    outputLimit: OUTPUT_LIMIT,
    environment,
    // What a script of our own prints is for its module, not for people.
    ...(provable ? { inline: true } : { onOutput }),
    ...(ground.timeoutSeconds ? { timeoutSeconds: ground.timeoutSeconds } : {}),
    ...(author && module.effect !== 'none'
      ? {
          intent: () => intentOf(author, module, params, change, script, seen(), after(), ground),
        }
      : {}),
  };
  const proofs = provable ? hostReadsOf(reads).map(([, read]) => read) : [];
  if (provable && ground.ahead === undefined) await sendLarge(script, ground);
  const { output, values: proven } = await access.runThenRead(route, job, proofs);
  if (output.timedOut) {
    return { output, failure: { failed: true, msg: `ended after ${ground.timeoutSeconds} seconds` } };
  }
  if (output.rc !== 0) return { output, failure: provable ? failureOf(module, output) : { failed: true } };
  if (provable && proofs.length > 0) {
    const now = await readAll(module, params, reads, ground, proven);
    const left: Change | null = module.proof
      ? module.proof(change, params, now)
      : module.check(params, now, { checkMode: false, pendingChanges: false });
    if (left) {
      const labels = left.differences.map((difference) => difference.label).join(', ');
      throw problems.notConverged(module.name, labels || 'no difference is named');
    }
    if (author && ground.ahead === undefined)
      writeLeft(author, seen(), after(), seenOf(module, params, reads, now));
  }
  return { output, failure: undefined };
}

/** What was thrown, as a result: not known yet, failed or unreachable. A defect of ours is thrown on. */
export function resultOfThrown(thrown: unknown): TaskResult {
  if (thrown instanceof NotKnownYet) {
    return {
      changed: false,
      skipped: true,
      known_after_apply: true,
      msg: KNOWN_AFTER_APPLY,
      because: thrown.message,
    };
  }
  return resultOfErrors(errorsIn(thrown));
}

/** Errors of ours as one failed (or unreachable) result. */
function resultOfErrors(errors: readonly HostwrightError[]): TaskResult {
  const [first] = errors;
  return {
    changed: false,
    ...(errors.some(isUnreachable) ? { unreachable: true } : { failed: true }),
    msg: errors.map((error) => (error.hint ? `${error.message} ${error.hint}` : error.message)).join('\n'),
    ...(first ? { error_code: first.code } : {}),
    ...(first?.position ? { position: first.position } : {}),
    // What a module finds before it touches the network is told as the guard tells what it finds.
    ...(first?.code === 'network-refused' ? { guard: { outcome: 'REFUSED', reason: first.message } } : {}),
  };
}

/** Errors that mean: the host could not be worked on at all. */
function isUnreachable({ code }: HostwrightError): boolean {
  return code === 'unreachable' || code === 'authentication-failed' || code.startsWith('host-key');
}
