import { describe, expect, it } from 'vitest';
import { withGroup, withHost } from '../../src/inventory/add-host.ts';
import { load, messagesOf, variablesOf } from './inventory-files.ts';

const HOSTS = `
all:
  vars: {level: all, inline_all: 1}
  children:
    parent:
      vars: {level: parent, inline_parent: 1}
      children:
        child:
          vars: {level: child, inline_child: 1}
          hosts:
            h1: {level: host, inline_host: 1}
            h2:
    b_group:
      vars: {level: b, tie: b}
      hosts: {h2: }
    a_group:
      vars: {level: a, tie: a, ansible_group_priority: 5}
      hosts: {h2: }
`;

describe('layers', () => {
  it('go from all to the deepest group, then by priority, then by name; the host last', async () => {
    const inventory = await load({ 'h.yaml': HOSTS });
    expect(inventory.groupsOf('h2')).toEqual(['all', 'b_group', 'parent', 'a_group', 'child']);
    expect(inventory.layersOf('h1')).toEqual([
      { level: 'all', inline_all: 1 },
      { level: 'parent', inline_parent: 1 },
      { level: 'child', inline_child: 1 },
      { level: 'host', inline_host: 1 },
    ]);
    expect(variablesOf(inventory, 'h2')).toMatchObject({ level: 'child', tie: 'a' });
  });

  it('have files above what stands in the inventory, and those beside the playbook above those beside the inventory', async () => {
    const inventory = await load(
      {
        'inv/h.yaml': HOSTS,
        'inv/group_vars/all.yml': 'level: all file\nfrom_all: inventory\nwho: all inventory\n',
        'inv/group_vars/parent.yaml': 'level: parent file\nwho: parent inventory\n',
        'inv/group_vars/child.json': '{"level": "child file", "who": "child inventory"}',
        'inv/host_vars/h1': 'level: host file\n',
        'inv/group_vars/nobody.yaml': 'broken: [',
        'play/group_vars/all.yml': 'from_all: playbook\nwho: all playbook\n',
        'play/host_vars/h1.yaml': 'level: host playbook\n',
      },
      ['inv/h.yaml'],
      ['play'],
    );
    const levels = inventory.layersOf('h1').map(({ level, who }) => level ?? who);
    expect(levels).toEqual([
      'all',
      'parent',
      'child',
      'all file',
      'all playbook',
      'parent file',
      'child file',
      'host',
      'host file',
      'host playbook',
    ]);
    expect(variablesOf(inventory, 'h2')).toMatchObject({
      from_all: 'playbook',
      who: 'child inventory',
      level: 'child file',
    });
  });

  it('come from a directory too: its files in order, hidden ones and backups left out', async () => {
    const inventory = await load(
      {
        'h.yaml': 'web:\n  hosts:\n    h1:\n',
        'group_vars/web/10-a.yaml': 'x: 1\ny: "{{ x }}"\n',
        'group_vars/web/20-b.yml': 'x: 2\n',
        'group_vars/web/sub/c.yaml': 'z: 3\n',
        'group_vars/web/plain': 'p: 4\n',
        'group_vars/web/.hidden.yaml': 'broken: [',
        'group_vars/web/old.yaml~': 'broken: [',
        'group_vars/web/notes.txt': 'broken: [',
        'group_vars/all/empty.yaml': '# nothing\n',
        'host_vars/localhost.yaml': 'local: true\n',
      },
      ['h.yaml'],
    );
    expect(variablesOf(inventory, 'h1')).toEqual({ x: 2, y: '<template {{ x }}>', z: 3, p: 4 });
    expect(variablesOf(inventory, 'localhost')).toEqual({ ansible_connection: 'local', local: true });
  });

  it('from a file that holds no map, or is broken, are refused', async () => {
    const hosts = 'web:\n  hosts:\n    h1:\n';
    expect(await messagesOf({ 'h.yaml': hosts, 'group_vars/web.yaml': '- a\n' }, ['h.yaml'])).toEqual([
      'group_vars/web.yaml:1:1: The file "group_vars/web.yaml" must hold a map of variables, but holds a list.\n  Write "name: value", one on each line.',
    ]);
    expect(
      (await messagesOf({ 'h.yaml': hosts, 'host_vars/h1.yml': 'a: 1\na: 2\n' }, ['h.yaml']))[0],
    ).toMatch(/^host_vars\/h1\.yml:2:1: The key "a" stands twice/);
  });
});

describe('add_host and group_by', () => {
  it('give another inventory and leave the first as it is', async () => {
    const inventory = await load({ 'h.yaml': HOSTS });
    const more = withHost(inventory, {
      name: 'new:2222',
      groups: ['child', 'fresh'],
      vars: { level: 'added' },
    });
    expect(more.hosts).toEqual(['h1', 'h2', 'new']);
    expect(more.groups.fresh).toEqual(['new']);
    expect(more.groupsOf('new')).toEqual(['all', 'fresh', 'parent', 'child']);
    expect(variablesOf(more, 'new')).toMatchObject({ level: 'added', inline_parent: 1, ansible_port: 2222 });
    expect(inventory.hosts).toEqual(['h1', 'h2']);
    expect(inventory.groups.fresh).toBeUndefined();
    const again = withHost(more, { name: 'new', groups: [], vars: { other: 1 } });
    expect(variablesOf(again, 'new')).toMatchObject({ level: 'added', other: 1 });
    expect(again.select('fresh:&child')).toEqual(['new']);
  });

  it('make groups below parents', async () => {
    const inventory = await load({ 'h.yaml': HOSTS });
    const grouped = withGroup(inventory, { name: 'os_debian', hosts: ['h1'], parents: ['os', 'all'] });
    expect(grouped.groups.os).toEqual(['h1']);
    expect(grouped.groupsOf('h1')).toEqual(['all', 'os', 'parent', 'child', 'os_debian']);
    const twice = withGroup(grouped, { name: 'os_debian', hosts: ['h2', 'h1'] });
    expect(twice.groups.os).toEqual(['h1', 'h2']);
    expect(inventory.groups.os).toBeUndefined();
  });

  it('refuse impossible names and circles', async () => {
    const inventory = await load({ 'h.yaml': HOSTS });
    expect(() => withHost(inventory, { name: '-x', groups: [], vars: {} })).toThrow(
      '"-x" cannot be the name of a host.',
    );
    expect(() => withGroup(inventory, { name: 'a b', hosts: [] })).toThrow(
      '"a b" cannot be the name of a group.',
    );
    expect(() => withGroup(inventory, { name: 'parent', hosts: [], parents: ['child'] })).toThrow(
      'Groups contain each other in a circle: child -> parent -> child.',
    );
  });
});
