import { Template } from '../core/template.ts';
import { selectedByTags } from '../engine/surroundings.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { LoadedPlaybook, Node, Play } from '../playbook/tree.ts';
import { cleanLine } from '../reporters/clean.ts';

export interface ListingOptions {
  readonly listHosts?: true;
  readonly listTasks?: true;
  readonly listTags?: true;
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

interface ListedTask {
  readonly name: string;
  readonly tags: readonly string[];
}

/** What `--list-hosts`, `--list-tasks` and `--list-tags` print: per playbook and play, without contacting any host. */
export function listPlaybooks(
  playbooks: readonly LoadedPlaybook[],
  inventory: Inventory,
  options: ListingOptions,
): string {
  const limited = options.limit === undefined ? undefined : new Set(inventory.select(options.limit));
  const lines = playbooks.flatMap((playbook) => [
    '',
    `playbook: ${playbook.file}`,
    ...playbook.plays.flatMap((play, index) => [
      '',
      `  play ${index + 1}: ${textOf(play.name ?? play.hosts)}${tagsOf(play.tags ?? [])}`,
      ...playLines(play, inventory, limited, options),
    ]),
  ]);
  return `${lines.slice(1).join('\n')}\n`;
}

function playLines(
  play: Play,
  inventory: Inventory,
  limited: ReadonlySet<string> | undefined,
  options: ListingOptions,
): string[] {
  const tasks = listTasks(play).filter((task) => selectedByTags(task.tags, options.tags, options.skipTags));
  return [
    ...(options.listHosts ? hostLines(play, inventory, limited) : []),
    ...(options.listTasks
      ? [`    tasks (${tasks.length}):`, ...tasks.map((task) => `      ${task.name}${tagsOf(task.tags)}`)]
      : []),
    ...(options.listTags
      ? [`    tags: ${[...new Set(tasks.flatMap((task) => task.tags))].toSorted().join(', ') || 'none'}`]
      : []),
  ];
}

function hostLines(play: Play, inventory: Inventory, limited: ReadonlySet<string> | undefined): string[] {
  const patterns = Array.isArray(play.hosts) ? play.hosts : [play.hosts];
  if (patterns.some((pattern) => pattern instanceof Template)) {
    return [`    hosts: ${patterns.map(textOf).join(',')} (known when it runs)`];
  }
  const hosts = inventory.select(patterns.join(',')).filter((host) => limited?.has(host) ?? true);
  return [`    hosts (${hosts.length}):`, ...hosts.map((host) => `      ${host}`)];
}

function listTasks(play: Play): ListedTask[] {
  const own = play.tags ?? [];
  const roles = play.roles.map((use) => use.block);
  return [...play.preTasks, ...roles, ...play.tasks, ...play.postTasks].flatMap((node) => tasksIn(node, own));
}

function tasksIn(node: Node, inherited: readonly string[]): ListedTask[] {
  const tags = [...new Set([...inherited, ...(node.tags ?? [])])];
  if (node.kind === 'block') {
    return [...node.block, ...node.rescue, ...node.always].flatMap((child) => tasksIn(child, tags));
  }
  const name = textOf(node.name) || (node.kind === 'task' ? node.module : `include ${textOf(node.target)}`);
  return [{ name, tags }];
}

function tagsOf(tags: readonly string[]): string {
  return tags.length === 0 ? '' : `  [${tags.join(', ')}]`;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return cleanLine(Array.isArray(value) ? value.map(textOf).join(',') : String(value));
}
