import type { Change } from '../core/change.ts';
import { sha256 } from '../core/digest.ts';
import type { GuardedChange, GuardSettings } from '../core/guard.ts';
import type { AnyModule } from '../core/module.ts';
import { NotKnownYet } from '../core/not-known.ts';
import type { Script } from '../core/script.ts';
import { type Intent, type Journal, keptScript } from '../journal/journal.ts';
import type { KeptRoute, PlaceKey } from '../journal/record.ts';
import { concernOf, guardsAfter, type Seen, toldOf } from './foreseen.ts';
import { outputOf, type Route } from './host-access.ts';
import { guardOfForeseen, printsTheSame } from './pipeline/guard.ts';

/** Which task on which host something is written down of. */
export interface Authorship {
  readonly journal: Journal;
  readonly key: PlaceKey;
  readonly on: string;
  readonly play: string;
  readonly task: string;
  readonly item: unknown;
  readonly noLog: boolean;
}

/** What is written down before a change is made. */
export function intentOf(
  author: Authorship,
  module: AnyModule,
  params: unknown,
  change: Change,
  apply: Script,
  seen: readonly Seen[],
  /** What the reads would give after it. */
  after: ReadonlyMap<string, unknown>,
  { route, environment }: { readonly route: Route; readonly environment: Readonly<Record<string, string>> },
): Intent {
  const { key, on, play, task, item, noLog } = author;
  const undo = undoOf(module, params, change);
  const concerns = concernOf(seen, after);
  const about = seen.filter(([read]) => concerns(read));
  const made = module.converges === false ? undefined : guardsAfter(about, after);
  const before = guardsOf(about) ?? (made && guardsOf(toldOf(about, after))) ?? [];
  return {
    key,
    on,
    play,
    task,
    module: module.name,
    ...(item === undefined ? {} : { item }),
    differences: module.converges === false ? [] : change.differences,
    scripts: {
      apply: keptScript(apply),
      undo: undo && keptScript(undo),
      before: before.map(keptScript),
      ...(made ? { after: made.map(keptScript) } : {}),
      ...(Object.keys(environment).length > 0 ? { environment } : {}),
    },
    route: keptRoute(route),
    ...(undo ? {} : { noUndo: reasonOf(module) }),
    converges: module.converges !== false,
    read: Object.fromEntries(seen.map((one) => [one[0].name, digestOf(one)])),
    noLog,
  };
}

/**
 * The same where the change is made under the guard: what takes it back must go under the guard too. `from`: the address at which the host
 * is reached before a change that moves it, which is where it answers when that is taken back.
 */
export function underGuard(
  intent: Intent,
  { settings, back }: { readonly settings: GuardSettings; readonly back?: GuardedChange },
  from: string,
): Intent {
  const { noUndo: _none, ...rest } = intent;
  const scripts = {
    ...intent.scripts,
    undo: back ? keptScript(back.apply) : null,
    guarded: {
      settings: settings.connectTo === undefined ? settings : { ...settings, connectTo: from },
      back: back ?? null,
    },
  };
  return { ...rest, scripts, ...(back ? {} : { noUndo: UNDER_GUARD }) };
}

const UNDER_GUARD =
  'It changed the network under the guard, and there is no way back under the guard; run its playbook with the old settings.';

function undoOf(module: AnyModule, params: unknown, change: Change): Script | null {
  try {
    return module.undo?.(change, params) ?? null;
  } catch (thrown) {
    if (thrown instanceof NotKnownYet) return null;
    throw thrown;
  }
}

function reasonOf(module: AnyModule): string {
  if (module.noUndo !== undefined) return module.noUndo;
  return module.converges === false
    ? 'What it ran changed the host in a way that only its author knows.'
    : `The module "${module.name}" cannot take this change back.`;
}

/** Notes how the host was left, so that an undo can tell whether somebody changed it since. */
export function writeLeft(
  { journal, key, noLog }: Authorship,
  before: readonly Seen[],
  after: ReadonlyMap<string, unknown>,
  now: readonly Seen[],
): void {
  const concerns = concernOf(before, after);
  const guards = guardsOf(now.filter(([read]) => concerns(read)));
  if (guards) journal.left(key, guards, noLog);
}

/** Scripts that end with 0 where the reads would give the same values; undefined where one of them cannot be compared. */
function guardsOf(seen: readonly Seen[]): readonly Script[] | undefined {
  const guards = seen.map(guardOf);
  return guards.every((guard) => guard !== undefined) ? guards : undefined;
}

const NOTHING_PREDICTED: ReadonlyMap<string, unknown> = new Map();

function guardOf([read, value]: Seen): Script | undefined {
  const foreseen = guardOfForeseen(value);
  if (foreseen) return foreseen;
  try {
    const stands = read.stands?.(value);
    if (stands) return stands;
    const steady = read.foresight?.foresee(value, NOTHING_PREDICTED);
    if (read.foresight && steady !== undefined) return read.foresight.holds(steady);
  } catch (thrown) {
    if (!(thrown instanceof NotKnownYet)) throw thrown;
    return undefined;
  }
  const output = outputOf(read, value);
  return output && printsTheSame(read, output);
}

/** What was read, in one word: two values with the same are the same in all that tasks can change. */
export function digestOf(one: Seen): string {
  const guard = guardOf(one);
  return guard ? sha256(new TextEncoder().encode(guard.text)).slice(0, 16) : 'not known';
}

/** The way to a host without its passwords. */
export function keptRoute({ target, privileges }: Route): KeptRoute {
  const { name, transport, host, port, user, privateKeyFile, container, sshOptions } = target;
  return {
    name,
    transport,
    host,
    port,
    user,
    ...(privateKeyFile === undefined ? {} : { privateKeyFile }),
    ...(container === undefined ? {} : { container }),
    sshOptions,
    privileges: privileges.map(({ method, user: becomes, flags }) => ({
      method,
      user: becomes,
      ...(flags ? { flags } : {}),
    })),
  };
}
