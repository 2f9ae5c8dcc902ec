import type { Difference } from '../core/change.ts';
import { Computed } from '../core/computed.ts';
import type { Script } from '../core/script.ts';
import { type EffectHistory, type History, stateOf } from '../journal/history.ts';
import {
  type EffectScripts,
  type IntentRecord,
  type Kept,
  type KeptScript,
  keyText,
} from '../journal/record.ts';
import type { ModuleTable } from '../modules/table.ts';
import { PLAIN_TASK } from '../playbook/plain-task.ts';
import type { LoadedPlaybook, Play, Task } from '../playbook/tree.ts';
import { type UndoStep, undoModule } from './undo-step.ts';

/** A change for which there is no way back. */
export interface NoWayBack {
  readonly host: string;
  readonly task: string;
  readonly module: string;
  readonly reason: string;
}

/** Which intents the tasks of an undo take back. */
export type UndoTable = readonly Readonly<Record<string, number>>[];

export interface UndoPlan {
  /** A playbook that takes the changes back, the last one first; undefined where there is none to take back. */
  readonly playbook: LoadedPlaybook | undefined;
  readonly hosts: readonly string[];
  /** By the place of the task in the playbook and by host: the number of the intent that it takes back. */
  readonly table: UndoTable;
  readonly without: readonly NoWayBack[];
}

interface Recorded {
  readonly effect: EffectHistory;
  readonly scripts: EffectScripts;
}

/** The names under which the steps register how they went. */
const nameOf = (index: number) => `undone_${index}`;

/** The intents that an undo has taken back, of those in its table; what was undone of the undo itself does not count. */
export function takenBack(
  undo: History,
  table: UndoTable,
  undoneOfUndo: ReadonlySet<number>,
): readonly number[] {
  return undo.effects
    .filter((effect) => stateOf(effect) === 'done' && !undoneOfUndo.has(effect.intent.id))
    .filter((effect) => !isHeldBack(undo, effect))
    .flatMap(({ intent: { key } }) => table[key.place[1] ?? -1]?.[key.host] ?? []);
}

/** Made, and not confirmed: its task says that it failed, and under a guard the host has taken it back by itself. */
function isHeldBack({ done }: History, { intent, guards }: EffectHistory): boolean {
  const status = done.get(keyText(intent.key))?.status;
  return guards === undefined && (status === 'failed' || status === 'ignored' || status === 'rescued');
}

/** Makes a playbook of what a run changed: it is run, shown, checked and written down like any other. */
export function planUndo(
  runId: string,
  history: History,
  open: <T>(kept: Kept<T>) => T,
  force: boolean,
  undone: ReadonlySet<number>,
): UndoPlan {
  const recorded = history.effects
    .filter((effect) => stateOf(effect) !== 'not done' && !undone.has(effect.intent.id))
    .filter(({ intent }) => !leavesNothing(history, intent))
    .map((effect): Recorded => ({ effect, scripts: open(effect.intent.scripts) }))
    .filter(({ effect, scripts }) => !(scripts.guarded && isHeldBack(history, effect)))
    .toReversed();
  const without = recorded
    .filter(({ scripts }) => !scripts.undo)
    .map(noWayBack)
    .toReversed();
  const steps = new Map<string, UndoStep[]>();
  const groups = new Map<
    string,
    { readonly sample: Recorded; readonly hosts: Map<string, number>; readonly ids: Record<string, number> }
  >();
  for (const one of recorded) {
    const { intent } = one.effect;
    if (!one.scripts.undo) continue;
    const { host } = intent.key;
    const own = steps.get(host) ?? [];
    steps.set(host, own);
    // Hosts that did the same at the same place share a task.
    const place = JSON.stringify([
      keyText({ ...intent.key, host: '' }),
      intent.on === host ? '' : intent.on,
      intent.route.privileges,
      one.scripts.environment,
    ]);
    // A task that was tried again made several changes at one place.
    let again = 0;
    while (groups.get(`${place} ${again}`)?.hosts.has(host)) again += 1;
    const key = `${place} ${again}`;
    const group = groups.get(key) ?? { sample: one, hosts: new Map<string, number>(), ids: {} };
    groups.set(key, group);
    group.hosts.set(host, own.length);
    group.ids[host] = intent.id;
    own.push(stepOf(one, open));
  }
  const hosts = [...steps.keys()];
  const tasks = [...groups.values()].map(taskOf);
  return {
    playbook:
      tasks.length === 0
        ? undefined
        : playbookOf(
            runId,
            hosts,
            tasks,
            undoModule((host) => steps.get(host) ?? [], force),
          ),
    hosts,
    table: [...groups.values()].map(({ ids }) => ids),
    without,
  };
}

/** A restart, or a command of which the playbook says that it changed nothing: there is nothing to take back. */
function leavesNothing({ done }: History, { key, converges, fleeting }: IntentRecord): boolean {
  return fleeting === true || (!converges && done.get(keyText(key))?.status === 'ok');
}

function noWayBack({ effect: { intent } }: Recorded): NoWayBack {
  const { task, module, noUndo, on } = intent;
  return { host: on, task, module, reason: noUndo ?? 'It cannot be taken back.' };
}

function stepOf({ effect, scripts }: Recorded, open: <T>(kept: Kept<T>) => T): UndoStep {
  const differences = open(effect.intent.differences);
  const left = effect.guards ? open(effect.guards) : scripts.after;
  return {
    undo: scriptOf(scripts.undo as KeptScript),
    redo: scriptOf(scripts.apply),
    left: left && otherThan(scripts.before, left).map(scriptOf),
    isProven: effect.guards !== undefined,
    before: otherThan(left ?? [], scripts.before).map(scriptOf),
    differences: differences.map(
      ({ label, before, after }): Difference => ({ label, before: after, after: before }),
    ),
    guarded: scripts.guarded?.back
      ? { settings: scripts.guarded.settings, back: scripts.guarded.back }
      : undefined,
  };
}

/** What holds before a change and after it tells nothing of the change, and may be otherwise by now for reasons of its own. */
function otherThan(others: readonly KeptScript[], guards: readonly KeptScript[]): readonly KeptScript[] {
  const known = new Set(others.map(({ text }) => text));
  const own = guards.filter(({ text }) => !known.has(text));
  return own.length > 0 ? own : guards;
}

function scriptOf({ text, input, file }: KeptScript): Script {
  if (file) return { text, input: { ...file, mode: 0o644 } };
  return input === undefined ? { text } : { text, input: Buffer.from(input, 'base64') };
}

const FILE = '(journal)';

function taskOf(
  { sample, hosts }: { readonly sample: Recorded; readonly hosts: ReadonlyMap<string, number> },
  index: number,
): Task {
  const { intent } = sample.effect;
  const { privileges } = intent.route;
  const inTurn = (words: readonly string[]) => words.join(', ');
  const { environment } = sample.scripts;
  const item =
    intent.item === undefined
      ? ''
      : ` (${typeof intent.item === 'string' ? intent.item : JSON.stringify(intent.item)})`;
  return {
    ...EMPTY,
    name: `Undo: ${intent.task}${item}`,
    // Who walks the play finds its own step by its name.
    when: [{ expression: ({ inventory_hostname: host }) => hosts.has(String(host)), position: undefined }],
    params: {
      host: new Computed(({ inventory_hostname: host }) => host),
      step: new Computed(({ inventory_hostname: host }) => hosts.get(String(host))),
    },
    register: nameOf(index),
    ignoreErrors: true,
    become: privileges.length > 0,
    ...(privileges.length > 0
      ? {
          becomeUser: inTurn(privileges.map(({ user }) => user)),
          becomeMethod: inTurn(privileges.map(({ method }) => method)),
        }
      : {}),
    ...(intent.on === intent.key.host ? {} : { delegateTo: intent.on }),
    ...(environment ? { environment } : {}),
  };
}

const EMPTY: Task = {
  ...PLAIN_TASK,
  origin: { file: FILE, playbookDirectory: '.', role: undefined },
  module: 'undo',
};

/** The play: every step on its own, and at its end a failure on each host on which one was refused. */
function playbookOf(
  runId: string,
  hosts: readonly string[],
  steps: readonly Task[],
  module: ReturnType<typeof undoModule>,
): LoadedPlaybook {
  const names = steps.map((_, index) => nameOf(index));
  const refused = (scope: Readonly<Record<string, unknown>>) =>
    names.some((name) => (scope[name] as { readonly failed?: boolean } | undefined)?.failed === true);
  const end: Task = {
    ...EMPTY,
    module: 'fail',
    name: 'What was not taken back',
    when: [{ expression: refused, position: undefined }],
    params: {
      msg: 'Steps were refused or failed; they are named above, and nothing was done in their place.',
    },
  };
  const play: Play = {
    kind: 'play',
    position: undefined,
    file: FILE,
    name: `Undo of ${runId}`,
    hosts: [...hosts],
    gatherFacts: undefined,
    varsFiles: [],
    loadedVarsFiles: [],
    inputs: {},
    preTasks: [],
    roles: [],
    staticRoles: [],
    tasks: [...steps, end],
    postTasks: [],
    handlers: [],
    serial: undefined,
    // Who works on others keeps step, so that the order holds across hosts.
    strategy: steps.some(({ delegateTo }) => delegateTo !== undefined) ? 'linear' : 'free',
    maxFailPercentage: undefined,
    forceHandlers: undefined,
    order: 'inventory',
  };
  const modules: ModuleTable = { undo: async () => module };
  return { file: FILE, name: undefined, inputs: {}, plays: [play], modules };
}
