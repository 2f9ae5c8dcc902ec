import type { LoadedPlaybook, Node, Play } from '../playbook/tree.ts';

/** Every task as it was written, one line each with its place: a run can be continued where these are the same. */
export function outlineOf(playbooks: readonly LoadedPlaybook[]): readonly string[] {
  return playbooks.flatMap(({ plays }) => plays).flatMap(playLines);
}

function playLines(play: Play, number: number): readonly string[] {
  // The numbers are those of the sections that a host walks through.
  const sections: readonly (readonly [number, readonly Node[]])[] = [
    [1, play.preTasks],
    [3, play.roles.map((use) => use.block)],
    [4, play.tasks],
    [6, play.postTasks],
  ];
  return [
    `${number} play ${play.name === undefined ? '' : String(play.name)}`.trimEnd(),
    ...sections.flatMap(([section, nodes]) => nodeLines(nodes, `${number} ${section}`)),
    ...nodeLines(play.handlers, `${number} handler`),
  ];
}

function nodeLines(nodes: readonly Node[], above: string): readonly string[] {
  return nodes.flatMap((node, index) => {
    const place = `${above}.${index}`;
    const name = node.name === undefined || node.name === null ? '' : ` "${String(node.name)}"`;
    if (node.kind === 'task') return [`${place} ${node.module}${name}`];
    if (node.kind === 'include') {
      return [`${place} include_${node.what}${name}`, ...nodeLines(node.loaded?.nodes ?? [], `${place}.0`)];
    }
    return [
      `${place} block${name}`,
      ...nodeLines(node.block, `${place}.0`),
      ...nodeLines(node.rescue, `${place}.1`),
      ...nodeLines(node.always, `${place}.2`),
    ];
  });
}

/** The first place at which two outlines differ, for people; undefined where they are the same. */
export function firstMove(
  before: readonly string[],
  now: readonly string[],
): { readonly was: string | undefined; readonly is: string | undefined } | undefined {
  for (let index = 0; index < Math.max(before.length, now.length); index++) {
    if (before[index] !== now[index]) return { was: before[index], is: now[index] };
  }
  return undefined;
}
