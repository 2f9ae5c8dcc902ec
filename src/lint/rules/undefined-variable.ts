import { errorsIn } from '../../core/error.ts';
import { formatPosition } from '../../core/position.ts';
import { Template } from '../../core/template.ts';
import { mayBeInterface } from '../../facts/fact-names.ts';
import { checkNames } from '../../playbook/check-names.ts';
import type { Reference } from '../../playbook/expressions.ts';
import type { Condition, Node } from '../../playbook/tree.ts';
import { didYouMean, quote } from '../../source/words.ts';
import { definitionsIn, namesAnywhere } from '../definitions.ts';
import { type Judged, nodesOf } from '../judged.ts';
import { defineRule, type Report } from '../rule.ts';

export const undefinedVariable = defineRule({
  name: 'undefined-variable',
  level: 'error',
  summary:
    'A variable that nothing defines: not the playbook, its roles, template files, inputs, nor the inventory. Without -i it is a warning, because an inventory may define it.',
  why: 'The run would stop at this task, maybe after others have changed the host. Most are misspelt.',
  bad: {
    text: `- hosts: all
  vars:
    bridge: br0
  tasks:
    - command: ip link show {{ brigde }}
      changed_when: false
`,
  },
  good: {
    text: `- hosts: all
  vars:
    bridge: br0
  tasks:
    - command: ip link show {{ bridge }}
      changed_when: false
`,
  },
  fixable: false,
  checkPlaybook: (judged) => {
    const certain = certainReports(judged);
    const said = new Set(certain.map(keyOf));
    return [...certain, ...uncertainReports(judged).filter((report) => !said.has(keyOf(report)))];
  },
});

const keyOf = ({ position, message }: Report) =>
  position ? formatPosition(position) + (/"[^"]*"/.exec(message)?.[0] ?? '') : message;

/** What a run on these hosts would refuse. */
function certainReports(judged: Judged): Report[] {
  const { playbook, expressions, knownOf, besideNames } = judged;
  const plays = playbook.plays.map((play) => ({ ...play, inputs: { ...playbook.inputs, ...play.inputs } }));
  const anyHost = { ofHost: new Map([['any host', besideNames]]), everywhere: [] };
  const errors = checkNames(plays, (play) => knownOf?.(play) ?? anyHost, expressions);
  return errors
    .filter((error) => error.code === 'undefined-variable')
    .map(({ message, hint, position }) => ({
      message,
      hint,
      position,
      ...(knownOf && !judged.isRole ? {} : { level: 'warning' as const }),
    }));
}

/** Names that nobody defines anywhere, where a condition may keep them from being asked for, and those in template files. */
function uncertainReports(judged: Judged): Report[] {
  const names = namesAnywhere(judged);
  if (names === undefined) return [];
  const reports: Report[] = [];
  const candidates = definitionsIn(judged).map(({ name }) => name);
  const judge = (
    references: readonly Reference[],
    fallback: Report['position'],
    guarded: ReadonlySet<string>,
    level: 'warning' | undefined,
  ) => {
    for (const { name, position, optional } of references) {
      if (optional || names.has(name) || guarded.has(name) || mayBeInterface(name)) continue;
      const fact = /^ansible_(\w+)$/.exec(name)?.[1];
      reports.push({
        message: `The variable ${quote(name)} is not defined.`,
        hint:
          fact === undefined
            ? (didYouMean(name, candidates) ??
              'Define it under vars, in the inventory, as an input or with -e.')
            : `Facts are under "facts" (facts.${fact}); else define the variable.`,
        position: position ?? fallback,
        ...(level ? { level } : {}),
      });
    }
  };
  for (const play of judged.playbook.plays)
    for (const { node, ancestors } of nodesOf(play)) {
      const guarded = guardsOf([node, ...ancestors], judged);
      judge(referencesOf(valuesOf(node), conditionsOf(node), judged), node.position, guarded, 'warning');
    }
  const level = judged.knownOf && !judged.isRole ? undefined : 'warning';
  for (const { text, shown } of judged.templates) {
    const template = new Template(text, { file: shown, line: 1, column: 1 });
    const references = referencesOf([template], [], judged);
    const guarded = new Set(references.filter(({ optional }) => optional).map(({ name }) => name));
    judge(references, template.position, guarded, level);
  }
  return reports;
}

/** Names that a condition on the way tests with has() or defined(). */
function guardsOf(nodes: readonly Node[], judged: Judged): ReadonlySet<string> {
  const conditions = nodes.flatMap((node) => node.when);
  const references = referencesOf([], conditions, judged);
  return new Set(references.filter(({ optional }) => optional).map(({ name }) => name));
}

function conditionsOf(node: Node): readonly Condition[] {
  return node.kind === 'task'
    ? [...node.when, ...node.until, ...(node.changedWhen ?? []), ...(node.failedWhen ?? [])]
    : node.when;
}

/** What a node itself says, without what it contains. */
function valuesOf(node: Node): readonly unknown[] {
  const { position: _position, origin: _origin, when: _when, loopControl, ...rest } = node;
  const own = Object.entries(rest).filter(
    ([key]) =>
      !['block', 'rescue', 'always', 'loaded', 'until', 'changedWhen', 'failedWhen', 'apply'].includes(key),
  );
  return [...own.map(([, value]) => value), loopControl.label];
}

function referencesOf(
  values: readonly unknown[],
  conditions: readonly Condition[],
  { expressions }: Judged,
): readonly Reference[] {
  const attempt = (find: () => readonly Reference[]) => {
    try {
      return find();
    } catch (thrown) {
      // What cannot be parsed is reported by the loader, or by the rule on template files.
      errorsIn(thrown);
      return [];
    }
  };
  return [
    ...values.flatMap((value) => attempt(() => expressions.references(value))),
    ...conditions.flatMap((condition) => attempt(() => expressions.references(undefined, [condition]))),
  ];
}
