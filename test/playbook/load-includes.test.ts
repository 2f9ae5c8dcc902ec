import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorsIn, formatError } from '../../src/core/error.ts';
import { loadRole, loadTasks } from '../../src/playbook/load.ts';
import { searchPaths } from '../../src/playbook/search-paths.ts';
import type { Block, Include, Node, Play, RoleUse, Task } from '../../src/playbook/tree.ts';
import { loadVariableFile } from '../../src/playbook/variable-files.ts';
import { complaint, type Files, load, loaded, options, withFiles } from './loading.ts';

const messages = (nodes: readonly Node[]): unknown[] =>
  nodes.flatMap((node) => {
    if (node.kind === 'task') return [node.params.msg];
    if (node.kind === 'block') return messages([...node.block, ...node.rescue, ...node.always]);
    return [`include ${String(node.target)}`];
  });

const say = (...texts: string[]) => texts.map((text) => `- debug: {msg: ${text}}\n`).join('');

const ROLES: Files = {
  'site.yaml':
    '- hosts: all\n  tasks:\n    - include_tasks: "{{ os }}.yaml"\n    - include_role: {name: "{{ r }}"}\n',
  'tasks/debian.yaml': `${say('debian')}- import_role: {name: inner}\n`,
  'tasks/broken.yaml': '- cpoy: {}\n',
  'roles/outer/tasks/main.yaml': `${say('outer')}- include_tasks: more.yaml\n`,
  'roles/outer/tasks/more.yaml': say('more of outer'),
  'roles/outer/handlers/main.yaml': '- name: outer handler\n  debug:\n',
  'roles/outer/meta/main.yaml': 'dependencies: [inner, {role: inner, level: 2}]\n',
  'roles/inner/tasks/main.yaml': say('inner'),
  'roles/inner/defaults/main.yaml': 'level: 1\n',
  'roles/inner/handlers/main.yaml': '- name: inner handler\n  debug:\n',
};

async function includesOf(directory: string): Promise<readonly [Include, Include]> {
  const [tasks, role] = ((await load(directory)).plays[0] as Play).tasks;
  return [tasks as Include, role as Include];
}

describe('at run time', () => {
  test('the tasks of a file, with the role that they import', async () => {
    await withFiles(ROLES, async (directory) => {
      const [include] = await includesOf(directory);
      expect(include.loaded).toBeUndefined();
      const included = await loadTasks(path.join(directory, 'tasks/debian.yaml'), include, options);
      expect(messages(included.nodes)).toEqual(['debian', 'inner']);
      expect(included.handlers.map((handler) => handler.name)).toEqual(['inner handler']);
      expect(included.roles.map((role) => role.name)).toEqual(['inner']);
    });
  });

  test('a role with the roles it depends on, each use once', async () => {
    await withFiles(ROLES, async (directory) => {
      const [, include] = await includesOf(directory);
      const { nodes, handlers, roles } = await loadRole('outer', include, options);
      expect(messages(nodes)).toEqual(['inner', 'inner', 'outer', 'include more.yaml']);
      expect(messages((nodes.at(-1) as Include).loaded?.nodes ?? [])).toEqual(['more of outer']);
      expect(handlers.map((handler) => handler.name)).toEqual([
        'inner handler',
        'inner handler',
        'outer handler',
      ]);
      const seen = roles.map(({ name, params, defaults, dependents }) => [
        name,
        params,
        defaults,
        dependents.map((one) => one.name),
      ]);
      expect(seen).toEqual([
        ['inner', {}, { level: 1 }, ['outer']],
        ['inner', { level: 2 }, { level: 1 }, ['outer']],
        ['outer', {}, {}, []],
      ]);
    });
  });

  test('mistakes in it are told as those of the playbook are', async () => {
    await withFiles(ROLES, async (directory) => {
      const [include, roleInclude] = await includesOf(directory);
      const failure = await loadTasks(path.join(directory, 'tasks/broken.yaml'), include, options).catch(
        errorsIn,
      );
      expect((failure as readonly never[]).map(formatError).join('\n').replaceAll(`${directory}/`, '')).toBe(
        'tasks/broken.yaml:1:3: There is no module "cpoy".\n  Did you mean "copy"?',
      );
      const missing = await loadRole('innr', roleInclude, options).catch(errorsIn);
      expect((missing as readonly never[]).map(formatError).join('\n').replaceAll(`${directory}/`, '')).toBe(
        'site.yaml:4:7: There is no role "innr".\n  Did you mean "inner"?',
      );
    });
  });
});

test('a file may include itself under a condition', async () => {
  const playbook = await loaded({
    'site.yaml': '- hosts: all\n  tasks: [{include_tasks: again.yaml}]\n',
    'tasks/again.yaml': `${say('round')}- include_tasks: again.yaml\n  when: more\n`,
  });
  const [include] = (playbook.plays[0] as Play).tasks as [Include];
  expect(messages(include.loaded?.nodes ?? [])).toEqual(['round', 'include again.yaml']);
  expect(include.loaded?.nodes[1]).toMatchObject({ kind: 'include', loaded: undefined });
});

test('an included file that is missing is no mistake where a condition may keep it from being asked for', async () => {
  expect(
    await complaint(
      '- hosts: all\n  tasks: [{include_tasks: a.yaml, when: b}, {include_role: {name: c}, loop: []}]\n',
    ),
  ).toBe('nothing is wrong');
});

test('equal uses of a role run once, other ones and those that allow it again', async () => {
  const playbook = await loaded({
    'site.yaml': '- hosts: all\n  roles: [a, a, {role: a, x: 1}, {role: a, tags: t}, b, b]\n',
    'roles/a/tasks/main.yaml': say('a'),
    'roles/b/tasks/main.yaml': say('b'),
    'roles/b/meta/main.yaml': 'allow_duplicates: yes\n',
  });
  const uses = playbook.plays[0]?.roles.map(({ name, params, tags }) => [name, params, tags]);
  expect(uses).toEqual([
    ['a', {}, undefined],
    ['a', { x: 1 }, undefined],
    ['a', {}, ['t']],
    ['b', {}, undefined],
    ['b', {}, undefined],
  ]);
});

test('the order of what is imported is that of the playbook, whatever file is read first', async () => {
  const files: Record<string, string> = {
    'site.yaml': `- hosts: all\n  tasks:\n${[5, 3, 1, 4, 2].map((n) => `    - import_role: {name: r${n}}\n`).join('')}`,
  };
  for (const n of [1, 2, 3, 4, 5]) {
    files[`roles/r${n}/tasks/main.yaml`] = say('x').repeat(n * 40);
    files[`roles/r${n}/handlers/main.yaml`] = `- name: h${n}\n  debug:\n`;
  }
  const [play] = (await loaded(files)).plays;
  expect(play?.staticRoles.map((role) => role.name)).toEqual(['r5', 'r3', 'r1', 'r4', 'r2']);
  expect(play?.handlers.map((handler) => handler.name)).toEqual(['h5', 'h3', 'h1', 'h4', 'h2']);
});

test('handlers inherit from the block or import that they stand in', async () => {
  const [play] = (
    await loaded({
      'site.yaml': `- hosts: all
  handlers:
    - block: [{name: one, debug: , become: no, tags: mine, vars: {a: 1}}]
      become: yes
      tags: ours
      vars: {a: 0, b: 2}
      when: c
      environment: {A: x}
    - import_tasks: h.yaml
      when: d
`,
      'h.yaml': '- name: two\n  debug:\n  when: e\n',
    })
  ).plays;
  const shown = play?.handlers.map(({ name, become, tags, vars, when, environment }) => ({
    name,
    become,
    tags,
    vars,
    environment,
    when: when.map((condition) => condition.expression),
  }));
  expect(shown).toEqual([
    {
      name: 'one',
      become: false,
      tags: ['ours', 'mine'],
      vars: { a: 1, b: 2 },
      environment: { A: 'x' },
      when: ['c'],
    },
    { name: 'two', when: ['d', 'e'] },
  ]);
});

test('where relative paths are looked for', async () => {
  await withFiles(
    {
      'play/site.yaml': '- hosts: all\n  tasks: [{debug: }, {import_tasks: sub/x.yaml}]\n  roles: [outer]\n',
      'play/sub/x.yaml': say('x'),
      'play/roles/outer/meta/main.yaml': 'dependencies: [inner]\n',
      'play/roles/inner/tasks/main.yaml': say('inner'),
      'site.yaml': '- import_playbook: play/site.yaml\n',
    },
    async (directory) => {
      const [play] = (await load(directory)).plays as [Play];
      const [first, second] = play.tasks as [Task, Block];
      const [use] = play.roles as [RoleUse];
      const inner = (use.block.block[0] as Block).block[0] as Task;
      const paths = (node: Node, kind: 'files' | 'templates') =>
        searchPaths(node.origin, kind).map((one) => path.relative(directory, one));
      expect(paths(first, 'files')).toEqual(['play/files', 'play']);
      expect(paths(second.block[0] as Node, 'templates')).toEqual([
        'play/sub/templates',
        'play/sub',
        'play/templates',
        'play',
      ]);
      expect(paths(inner, 'files')).toEqual([
        'play/roles/inner/files',
        'play/roles/inner',
        'play/roles/inner/tasks',
        'play/roles/outer/files',
        'play/roles/outer',
        'play/roles/outer/tasks',
        'play/roles/inner/tasks/files',
        'play/files',
        'play',
      ]);
    },
  );
});

test('files of variables', async () => {
  await withFiles(
    { 'a.yaml': 'x: 1\n', 'b.json': '{"y": [2]}', 'c.yaml': '', 'd.yaml': '- z\n' },
    async (directory) => {
      const at = (name: string) => path.join(directory, name);
      expect(await loadVariableFile(at('a.yaml'))).toEqual({ x: 1 });
      expect(await loadVariableFile(at('b.json'))).toEqual({ y: [2] });
      expect(await loadVariableFile(at('c.yaml'))).toEqual({});
      await expect(loadVariableFile(at('d.yaml'))).rejects.toThrow(
        'A file of variables holds a map, but this one holds a list.',
      );
    },
  );
});

test('a file of tasks beside the one that names it comes first', async () => {
  const files = {
    'site.yaml': '- hosts: all\n  roles: [r]\n  tasks: [{import_tasks: a.yaml}, {import_tasks: only.yaml}]\n',
    'a.yaml': say('beside'),
    'tasks/a.yaml': say('in tasks'),
    'tasks/only.yaml': say('found in tasks'),
    'roles/r/tasks/main.yaml': '- import_tasks: sub/b.yaml\n',
    'roles/r/tasks/c.yaml': say('c of the role'),
    'roles/r/tasks/sub/b.yaml': '- import_tasks: c.yaml\n- import_tasks: d.yaml\n',
    'roles/r/tasks/sub/c.yaml': say('c beside b'),
    'roles/r/tasks/d.yaml': say('d of the role'),
  };
  const [play] = (await loaded(files)).plays as [Play];
  expect(messages(play.tasks)).toEqual(['beside', 'found in tasks']);
  expect(messages(play.roles.map((use) => use.block))).toEqual(['c beside b', 'd of the role']);
});
