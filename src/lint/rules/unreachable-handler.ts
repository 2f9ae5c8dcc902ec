import { Template } from '../../core/template.ts';
import type { Node, Play } from '../../playbook/tree.ts';
import { quote } from '../../source/words.ts';
import { type Judged, nestedIn, nodesOf } from '../judged.ts';
import { defineRule, type Report } from '../rule.ts';

export const unreachableHandler = defineRule({
  name: 'unreachable-handler',
  level: 'warning',
  summary:
    'A handler that no task notifies. (The reverse, a notified name that no handler has, is `unknown-handler`.)',
  why: 'The service that was to be restarted is not.',
  bad: {
    text: `- hosts: all
  tasks:
    - copy:
        dest: /etc/motd
        content: hello
  handlers:
    - name: restart ssh
      service:
        name: ssh
        state: restarted
`,
  },
  good: {
    text: `- hosts: all
  tasks:
    - copy:
        dest: /etc/motd
        content: hello
      notify: restart ssh
  handlers:
    - name: restart ssh
      service:
        name: ssh
        state: restarted
`,
  },
  fixable: false,
  checkPlaybook: (judged) =>
    judged.open ? [] : judged.playbook.plays.flatMap((play) => inPlay(play, judged)),
});

function inPlay(play: Play, { isRole }: Judged): Report[] {
  const notified = new Set<string>();
  for (const { node } of nodesOf(play)) {
    if (node.kind === 'include') continue;
    for (const name of node.notify) {
      // A name that is made of variables may be any.
      if (name instanceof Template) return [];
      notified.add(String(name));
    }
  }
  const isCalled = (handler: Node) => {
    if (handler.kind === 'include' || handler.name instanceof Template) return true;
    const names = [String(handler.name), `${handler.origin.role?.name} : ${String(handler.name)}`];
    return [...names, ...(handler.kind === 'task' ? handler.listen : [])].some((name) => notified.has(name));
  };
  // A handler that is notified as part of a block or include is called by that.
  const roots = [
    ...play.handlers,
    ...[...nestedIn(play.tasks)].flatMap(({ node }) =>
      node.kind === 'include' ? (node.loaded?.handlers ?? []) : [],
    ),
  ];
  return roots
    .filter((handler) => !isCalled(handler))
    .map((handler) => ({
      message: `The handler ${quote(String(handler.name ?? 'without a name'))} is never notified.`,
      hint: 'Notify it from the tasks whose changes it is for, or take it out.',
      position: handler.position,
      // A role's handlers may be there for other uses than this one.
      ...(handler.origin.role && !isRole ? { level: 'hint' as const } : {}),
    }));
}
