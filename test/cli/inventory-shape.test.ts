import { expect, test } from 'vitest';
import { graphOf, groupsAsJson } from '../../src/cli/inventory-shape.ts';
import { load } from '../inventory/inventory-files.ts';

const INVENTORY = `
[web]
web1
web2
[db]
db1
[prod:children]
web
db
[north]
web1
db1
[all]
alone
`;

test('groups stand where the inventory puts them, whoever else has the same hosts', async () => {
  const inventory = await load({ hosts: INVENTORY });
  expect(graphOf(inventory, inventory.hosts)).toBe(`@all:
  |--@ungrouped:
  |  |--alone
  |--@prod:
  |  |--@web:
  |  |  |--web1
  |  |  |--web2
  |  |--@db:
  |  |  |--db1
  |--@north:
  |  |--web1
  |  |--db1
`);
  expect(groupsAsJson(inventory, ['web1', 'alone'])).toEqual({
    all: { children: ['ungrouped', 'prod', 'north'] },
    ungrouped: { hosts: ['alone'] },
    prod: { children: ['web', 'db'] },
    web: { hosts: ['web1'] },
    north: { hosts: ['web1'] },
  });
});

test('a tree may begin at a group', async () => {
  const inventory = await load({ hosts: INVENTORY });
  expect(graphOf(inventory, inventory.hosts, 'web')).toBe('@web:\n  |--web1\n  |--web2\n');
  expect(() => graphOf(inventory, inventory.hosts, 'wbe')).toThrow('The inventory has no group "wbe".');
});
