import { describe, expect, it } from 'vitest';
import { load, messagesOf, variablesOf } from './inventory-files.ts';

const HOSTS = `
all:
  hosts:
    a: {role: web, os: {family: debian, version: "12"}, labels: [blue, "far away"]}
    b: {role: db, os: {family: rhel, version: "9"}, size: 4}
    c: {}
`;

const CONSTRUCTED = `
plugin: constructed
compose:
  fqdn: inventory_hostname + ".example.org"
  title: "{{ upper inventory_hostname }} is {{ role }}"
groups:
  web: role == "web"
  big: size > 2
  named: fqdn.startsWith("a.")
  deep: colour == "blue"
keyed_groups:
  - {prefix: os, key: os.family}
  - {prefix: os, separator: "-", key: os.version, parent_group: versions}
  - {key: labels, prefix: label}
  - {key: "{{ role }}", separator: "", leading_separator: false}
  - {key: os, prefix: v}
`;

const files = {
  '1-hosts.yaml': HOSTS,
  '2-made.yaml': CONSTRUCTED,
  'group_vars/web.yaml': 'port: 80',
  'host_vars/c.yaml': 'colour: blue',
};

describe('an inventory of the plugin constructed', () => {
  it('makes groups and variables from the variables of the hosts, whichever file they stand in', async () => {
    const inventory = await load(files, ['.']);
    const { all: _all, ungrouped, ...groups } = inventory.groups;
    expect(groups).toEqual({
      web: ['a'],
      big: ['b'],
      named: ['a'],
      deep: ['c'],
      db: ['b'],
      os_debian: ['a'],
      os_rhel: ['b'],
      os_12: ['a'],
      os_9: ['b'],
      versions: ['a', 'b'],
      label_blue: ['a'],
      label_far_away: ['a'],
      v_family_debian: ['a'],
      v_version_12: ['a'],
      v_family_rhel: ['b'],
      v_version_9: ['b'],
    });
    expect(ungrouped).toEqual([]);
    expect(variablesOf(inventory, 'a')).toMatchObject({ fqdn: 'a.example.org', title: 'A is web', port: 80 });
    expect(variablesOf(inventory, 'c')).not.toHaveProperty('title');
    expect(inventory.groupsOf('b')).toContain('versions');
  });

  it.each([
    ['strict: an undefined name', 'strict: true\ngroups: {web: role == "web"}', 'role'],
    ['facts', 'groups: {web: facts.system == "Linux"}', 'group_by'],
    ['a group that is no condition', 'groups: {web: inventory_hostname}', 'must be true or false'],
    ['bad syntax', 'groups: {web: "role =="}', '2-made.yaml:2'],
    ['an unknown key', 'group: {}', 'Did you mean "groups"?'],
    ['a keyed group without key', 'keyed_groups: [{prefix: x}]', 'key'],
    ['a bad name', 'groups: {"no name": "true"}', 'no name'],
  ])('refuses %s', async (_, text, message) => {
    const messages = await messagesOf({ ...files, '2-made.yaml': `plugin: constructed\n${text}\n` }, ['.']);
    expect(messages.join('\n')).toContain(message);
  });
});
