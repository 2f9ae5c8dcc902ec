import { describe, expect, it } from 'vitest';
import { loadInventory } from '../../src/inventory/load.ts';
import { load, messagesOf, variablesOf, writeFiles } from './inventory-files.ts';

const YAML = `
all:
  vars:
    color: red
    motd: "Hello {{ name }}"
  hosts:
    jump.example.org:
      ansible_host: 192.0.2.1
  children:
    web:
      hosts:
        web[01:03].example.org:
          role: web
        web02.example.org:
          role: second
      vars:
        color: blue
    db:
      children:
        primary:
          hosts:
            db1:
        replica:
          hosts:
            db2: {lag: 5}
            "db3:2222":
unused:
staging:
  hosts: lonely
`;

const INI = `
# comment
; comment
lonely ansible_port=2222 quoted="a b" note='it # is' # not this
"[::1]":22 v6=yes

[web]
web[1:3] role=web
web2     role=second number=5 zero=0644 hex=0x1f float=1.5 list="['a', 1, True, None]" map="{'k': {'n': -2}}" text=hello none=None
db[a:c:2].example.org

[web:vars]
color = blue
motd=Hello {{ name }}
empty=
spaced =  a value with = and # signs
tuple=(1, 'x')

[prod:children]
web
extra

[extra]
`;

describe('YAML', () => {
  it('gives hosts, groups and variables', async () => {
    const inventory = await load({ 'hosts.yaml': YAML });
    expect(inventory.hosts).toEqual([
      'jump.example.org',
      'web01.example.org',
      'web02.example.org',
      'web03.example.org',
      'db1',
      'db2',
      'db3',
      'lonely',
    ]);
    expect(inventory.groups).toEqual({
      all: inventory.hosts,
      web: ['web01.example.org', 'web02.example.org', 'web03.example.org'],
      db: ['db1', 'db2', 'db3'],
      primary: ['db1'],
      replica: ['db2', 'db3'],
      unused: [],
      staging: ['lonely'],
      ungrouped: ['jump.example.org'],
    });
    expect(inventory.groupsOf('db2')).toEqual(['all', 'db', 'replica']);
    expect(inventory.groupsOf('jump.example.org')).toEqual(['all', 'ungrouped']);
    expect(variablesOf(inventory, 'web02.example.org')).toEqual({
      color: 'blue',
      motd: '<template Hello {{ name }}>',
      role: 'second',
    });
    expect(variablesOf(inventory, 'db3')).toEqual({
      color: 'red',
      motd: '<template Hello {{ name }}>',
      ansible_port: 2222,
    });
  });

  it('may be JSON, and may have an address for a name', async () => {
    const inventory = await load({
      'hosts.json':
        '{"all": {"hosts": {"192.0.2.7": null, "2001:db8::1": null, "[2001:db8::2]:2200": null}}}',
    });
    expect(inventory.hosts).toEqual(['192.0.2.7', '2001:db8::1', '2001:db8::2']);
    expect(variablesOf(inventory, '2001:db8::2')).toEqual({ ansible_port: 2200 });
  });

  it.each<readonly [string, string, readonly string[]]>([
    [
      'an unknown key',
      'all:\n  hots:\n    a:\n',
      ['h.yaml:2:3: The group "all" has the unknown key "hots".\n  Did you mean "hosts"?'],
    ],
    [
      'a list of hosts',
      'web:\n  hosts:\n    - a\n    - b\n',
      [
        'h.yaml:3:5: hosts of the group "web" must be a map, but is a list.\n  Write each host as a key, with a colon and without a dash: "web01:".',
      ],
    ],
    [
      'a list at the top',
      '- a\n',
      [
        'h.yaml:1:1: An inventory must be a map, but is a list.\n  Write "all:" and "  hosts:" with a host name below.',
      ],
    ],
    [
      'nothing',
      '---\n',
      [
        'The inventory "h.yaml" holds nothing.\n  Write at least "all:" and "  hosts:" with a host name below.',
      ],
    ],
    [
      'several mistakes at once',
      'web:\n  hosts:\n    "a b":\n    c: text\n  vars: 5\n  children:\n    "x y":\n',
      [
        'h.yaml:5:9: vars of the group "web" must be a map, but is 5.\n  Write "name: value" below it, one variable on each line.',
        'h.yaml:3:5: "a b" cannot be the name of a host.\n  A host is named by letters, digits and . _ - (or is an IP address); its address may stand in ansible_host.',
        'h.yaml:4:5: The host "c" must be a map, but is the text "text".\n  Write "name: value" below it, one variable on each line.',
        'h.yaml:7:5: "x y" cannot be the name of a group.\n  A group is named by letters, digits, _ - and a point.',
      ],
    ],
    [
      'groups in a circle',
      'a:\n  children:\n    b:\n      children:\n        c:\n          children:\n            a:\n',
      [
        'h.yaml:7:13: Groups contain each other in a circle: a -> b -> c -> a.\n  Take one of them out of the children of the other.',
      ],
    ],
    [
      'all below a group',
      'a:\n  children:\n    all:\n',
      [
        'h.yaml:3:5: Groups contain each other in a circle: all -> a -> all.\n  Take one of them out of the children of the other.',
      ],
    ],
    [
      'a bad range',
      'a:\n  hosts:\n    web[5:1]:\n',
      [
        'h.yaml:3:5: The range in "web[5:1]" ends before it begins.\n  A range is written web[01:50], web[1:9:2] or db-[a:f].',
      ],
    ],
    [
      'a range without an end to it',
      'a:\n  hosts:\n    web[1:999999999]:\n',
      [
        'h.yaml:3:5: The range in "web[1:999999999]" stands for more than 100000 hosts.\n  A range is written web[01:50], web[1:9:2] or db-[a:f].',
      ],
    ],
    [
      'a plugin',
      'plugin: aws_ec2\n',
      [
        'h.yaml:1:1: This is the configuration of the inventory plugin "aws_ec2", which only Ansible can run.\n  Of the plugins only "constructed" is known here. Use an executable that prints the inventory as JSON instead: ansible-inventory --list, for example.',
      ],
    ],
    [
      'a priority that is none',
      'a:\n  vars:\n    ansible_group_priority: high\n',
      ['h.yaml:3:29: ansible_group_priority of the group "a" must be a whole number, not "high".'],
    ],
  ])('with %s is refused', async (_, text, messages) => {
    expect(await messagesOf({ 'h.yaml': text })).toEqual(messages);
  });
});

describe('INI', () => {
  it('gives hosts, groups and typed variables', async () => {
    const inventory = await load({ hosts: INI });
    expect(inventory.hosts).toEqual([
      'lonely',
      '::1',
      'web1',
      'web2',
      'web3',
      'dba.example.org',
      'dbc.example.org',
    ]);
    expect(inventory.groups.web).toEqual(['web1', 'web2', 'web3', 'dba.example.org', 'dbc.example.org']);
    expect(inventory.groups.prod).toEqual(inventory.groups.web);
    expect(inventory.groups.ungrouped).toEqual(['lonely', '::1']);
    expect(variablesOf(inventory, 'lonely')).toEqual({ ansible_port: 2222, quoted: 'a b', note: 'it # is' });
    expect(variablesOf(inventory, '::1')).toEqual({ ansible_port: 22, v6: 'yes' });
    expect(variablesOf(inventory, 'web2')).toEqual({
      color: 'blue',
      motd: '<template Hello {{ name }}>',
      empty: '',
      spaced: 'a value with = and # signs',
      tuple: [1, 'x'],
      role: 'second',
      number: 5,
      zero: '0644',
      hex: 31,
      float: 1.5,
      list: ['a', 1, true, null],
      map: { k: { n: -2 } },
      text: 'hello',
      none: null,
    });
  });

  it('is told from YAML without an ending', async () => {
    expect((await load({ a: 'web1\nweb2 x=1\n' })).hosts).toEqual(['web1', 'web2']);
    expect((await load({ b: 'web:\n  hosts:\n    w1:\n' })).hosts).toEqual(['w1']);
    expect((await load({ c: '# note\n---\nweb:\n  hosts:\n    w1:\n' })).hosts).toEqual(['w1']);
    expect((await load({ d: '[web]\nw1\n' })).hosts).toEqual(['w1']);
  });

  it.each<readonly [string, readonly string[]]>([
    [
      '[web\nw1\n',
      [
        'h:1:1: The section "[web" cannot be read.\n  A section is [group], [group:vars] or [group:children].',
      ],
    ],
    [
      '[web:varz]\n',
      [
        'h:1:1: The section "[web:varz]" cannot be read.\n  A section is [group], [group:vars] or [group:children].',
      ],
    ],
    [
      'w1 port = 1\n',
      [
        'h:1:1: The line "port" cannot be read.\n  After the host name come variables, each name=value without blanks around "=".',
      ],
    ],
    [
      '[web:vars]\nnonsense\n[web]\n',
      ['h:2:1: The line "nonsense" cannot be read.\n  In a section of variables each line is name=value.'],
    ],
    [
      '[prod:children]\nwbe\n[web]\n',
      ['h:2:1: The group "wbe" is used here, but defined nowhere.\n  Did you mean "web"?'],
    ],
    [
      '[none:vars]\na=1\n',
      [
        'h:1:1: The group "none" is used here, but defined nowhere.\n  Add a section [none], even an empty one.',
      ],
    ],
    ['  w1 x="a\n', ["h:1:8: The line '\"a' cannot be read.\n  Close the quote."]],
    [
      'a b c\n<x>\n',
      [
        'h:1:1: The line "b" cannot be read.\n  After the host name come variables, each name=value without blanks around "=".',
        'h:2:1: "<x>" cannot be the name of a host.\n  A host is named by letters, digits and . _ - (or is an IP address); its address may stand in ansible_host.',
      ],
    ],
    [
      '[a:children]\nb\n[b:children]\na\n',
      [
        'h:4:1: Groups contain each other in a circle: a -> b -> a.\n  Take one of them out of the children of the other.',
      ],
    ],
  ])('%j is refused', async (text, messages) => {
    expect(await messagesOf({ h: text })).toEqual(messages);
  });
});

describe('an executable', () => {
  const listing = {
    _meta: { hostvars: { w1: { ansible_host: '192.0.2.1', evil: '{{ secret }}' }, alone: { x: 1 } } },
    all: { children: ['web', 'ungrouped'], vars: { everywhere: true } },
    web: { hosts: ['w1', 'w2'], vars: { color: 'blue' }, children: ['inner'] },
    inner: ['i1'],
  };
  const script = (text: string) => `#!/bin/sh\n${text}\n`;

  it('is asked with --list, and its texts are data', async () => {
    const inventory = await load({
      'inv.sh': script(`[ "$1" = --list ] || exit 3\ncat <<'E'\n${JSON.stringify(listing)}\nE`),
    });
    expect(inventory.groups).toEqual({
      all: ['w1', 'w2', 'i1', 'alone'],
      web: ['w1', 'w2', 'i1'],
      inner: ['i1'],
      ungrouped: ['alone'],
    });
    expect(variablesOf(inventory, 'w1')).toEqual({
      everywhere: true,
      color: 'blue',
      ansible_host: '192.0.2.1',
      evil: '{{ secret }}',
    });
    expect(inventory.groupsOf('i1')).toEqual(['all', 'web', 'inner']);
  });

  it('is asked for each host where it gives no _meta', async () => {
    const inventory = await load({
      'inv.sh': script(
        `if [ "$1" = --list ]; then echo '{"web": ["w1", "w2"]}'; else echo "{\\"name\\": \\"$2\\"}"; fi`,
      ),
    });
    expect(variablesOf(inventory, 'w2')).toEqual({ name: 'w2' });
  });

  it.each<readonly [string, string]>([
    [
      'exit 7',
      'The inventory script "inv.sh" failed with --list: exit status 7.\n  Run it yourself to see more: inv.sh --list',
    ],
    [
      'printf "bad\\033[31m thing\\n" >&2; exit 1',
      'The inventory script "inv.sh" failed with --list: exit status 1 and the words: bad [31m thing.\n  Run it yourself to see more: inv.sh --list',
    ],
    [
      'echo hello',
      'The inventory script "inv.sh" failed with --list: it printed something that is not JSON.\n  Run it yourself to see more: inv.sh --list',
    ],
    [
      `echo '{"web": {"hosts": "w1"}}'`,
      'The inventory script "inv.sh" printed JSON that is no inventory: web.hosts is not a list of names.\n  Groups are maps with hosts (a list), children (a list) and vars (a map); _meta.hostvars holds the variables of hosts.',
    ],
    [
      `echo '[1]'`,
      'The inventory script "inv.sh" printed JSON that is no inventory: the whole is a list, not a map.\n  Groups are maps with hosts (a list), children (a list) and vars (a map); _meta.hostvars holds the variables of hosts.',
    ],
    [
      `echo '{"web": ["-oProxyCommand=x"]}'`,
      '"-oProxyCommand=x" cannot be the name of a host.\n  A host is named by letters, digits and . _ - (or is an IP address); its address may stand in ansible_host.',
    ],
  ])('that does %j is refused', async (text, message) => {
    expect(await messagesOf({ 'inv.sh': script(text) })).toEqual([message]);
  });
});

describe('other sources', () => {
  it('are names with commas', async () => {
    const inventory = await loadInventory(['web[1:2],db1:2222, 192.0.2.9 ,']);
    expect(inventory.hosts).toEqual(['web1', 'web2', 'db1', '192.0.2.9']);
    expect(variablesOf(inventory, 'db1')).toEqual({ ansible_port: 2222 });
    expect(inventory.groups.ungrouped).toEqual(inventory.hosts);
  });

  it('are modules', async () => {
    const inventory = await load({
      'hosts.ts': `const names: string[] = ['a', 'b'];\nexport default () => ({ web: { hosts: Object.fromEntries(names.map((n) => [n, { id: n, t: '{{ x }}' }])) } });\n`,
    });
    expect(inventory.groups.web).toEqual(['a', 'b']);
    expect(variablesOf(inventory, 'b')).toEqual({ id: 'b', t: '<template {{ x }}>' });
    expect(await messagesOf({ 'bad.ts': 'throw new Error("broken");' })).toEqual([
      'The inventory "bad.ts" cannot be loaded: broken.\n  It exports the same map as a YAML inventory, or a function that gives it, as default.',
    ]);
  });

  it('are directories: every file but backups and the like, in order, with group_vars and host_vars inside', async () => {
    const inventory = await load(
      {
        'inv/02.yaml': 'web:\n  hosts:\n    w2:\n  vars:\n    from: second\n',
        'inv/01.ini': '[web]\nw1 own=1\n[web:vars]\nfrom=first\nonly=first\n',
        'inv/sub/03.yaml': 'db:\n  hosts:\n    d1:\n    w1: {more: 2}\n',
        'inv/old.yaml~': 'broken: [',
        'inv/old.yaml.bak': 'broken: [',
        'inv/a.orig': 'broken: [',
        'inv/ansible.cfg': '[defaults]\nx=1\n',
        'inv/.hidden': 'broken: [',
        'inv/README.md': '# text',
        'inv/group_vars/web.yaml': 'from: file\n',
        'inv/host_vars/w1/main.yml': 'own: 2\n',
      },
      ['inv'],
    );
    expect(inventory.hosts).toEqual(['w1', 'w2', 'd1']);
    expect(variablesOf(inventory, 'w1')).toEqual({ from: 'file', only: 'first', own: 2, more: 2 });
  });

  it('add to each other, the later winning', async () => {
    const inventory = await load(
      {
        'a.yaml': 'web:\n  hosts:\n    w1: {x: 1, y: 1}\n',
        'b.yaml': 'web:\n  hosts:\n    w1: {x: 2}\n    w2:\n',
      },
      ['a.yaml', 'b.yaml', 'w3,'],
    );
    expect(inventory.hosts).toEqual(['w1', 'w2', 'w3']);
    expect(variablesOf(inventory, 'w1')).toEqual({ x: 2, y: 1 });
  });

  it('that do not exist, or hold what no reader knows, are refused', async () => {
    expect(await messagesOf({ x: '' }, ['nope.yaml'])).toEqual([
      'The inventory "nope.yaml" does not exist.\n  Give a file or directory with -i; host names on the command line end with a comma: -i "nope.yaml,"',
    ]);
    const directory = await writeFiles({ 'inv.py': 'placeholder' });
    const { writeFile } = await import('node:fs/promises');
    await writeFile(`${directory}/inv.py`, '#!/usr/bin/env python3\n');
    await expect(loadInventory([`${directory}/inv.py`])).rejects.toThrow(
      /is a script \(it begins with #!\), but may not be executed/,
    );
  });

  it('may be missing: then there is the controller', async () => {
    const inventory = await loadInventory([]);
    expect(inventory.hosts).toEqual([]);
    expect(inventory.select('localhost')).toEqual(['localhost']);
    expect(variablesOf(inventory, 'localhost')).toEqual({ ansible_connection: 'local' });
    expect(inventory.groupsOf('localhost')).toEqual(['all']);
  });
});
