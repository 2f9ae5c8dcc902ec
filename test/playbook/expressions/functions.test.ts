import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { documentFunctions } from '../../../src/playbook/expressions/document.ts';
import { functions } from '../../../src/playbook/expressions/functions/index.ts';
import { compareVersions } from '../../../src/playbook/expressions/functions/numbers.ts';
import { suggestTemplate } from '../../../src/playbook/expressions/index.ts';
import { expressions, orMessage, outcomeOf, resultOf, template } from './evaluating.ts';

describe('each function', () => {
  it.each(Object.entries(functions))('%s does what its example says', (_, { example: [source, result] }) => {
    expect(resultOf(`{{ ${source} }}`, {})).toEqual(result);
  });

  it('is in docs/expressions.md', async () => {
    const document = await readFile(new URL('../../../docs/expressions.md', import.meta.url), 'utf8');
    expect(document.slice(document.indexOf('### Blocks'))).toBe(documentFunctions());
  });
});

const values = {
  text: 'Hello World',
  list: [3, 1, 2],
  users: [
    { n: 'b', age: 3 },
    { n: 'a', age: 5, admin: true },
  ],
  map: { b: 2, a: { x: 1 } },
  multi: 'a\n\nb',
};

/** What the examples do not show: bounds, odd input, and the errors. */
const cases: readonly (readonly [string, unknown])[] = [
  ['trim "xxaxx" "x"', 'a'],
  ['trim "xxx" "x"', ''],
  ['title "o\'neill\'s bar"', "O'neill's Bar"],
  ['regex_replace text "(?i)WORLD" "x"', 'Hello x'],
  ['regex_replace text "(?<first>\\w+) (\\w+)" "\\2 \\g<first>"', 'World Hello'],
  ['regex_replace "a.b" "\\." "$$"', 'a$b'],
  ['regex_search text "xyz"', ''],
  ['regex_search text "wor" ignore_case=true', 'Wor'],
  [
    'regex_findall "k=v a=b" "(\\w)=(\\w)"',
    [
      ['k', 'v'],
      ['a', 'b'],
    ],
  ],
  ['regex_search text "("', 'The function "regex_search" failed: "(" is not a regular expression.'],
  ['split "  a  b "', ['a', 'b']],
  ['quote ""', "''"],
  ['quote "a b; rm -rf /"', "'a b; rm -rf /'"],
  ['quote "plain-word_1"', 'plain-word_1'],
  ['indent multi 2 first=true', '  a\n\n  b'],
  ['first ""', 'The function "first" failed: an empty text has no first item.'],
  ['sort users by="n"', [values.users[1], values.users[0]]],
  ['sort list reverse=true', [3, 2, 1]],
  ['sort (list 10 9 2)', [2, 9, 10]],
  ['unique (list (dict a=1) (dict a=1) 1 "1")', [{ a: 1 }, 1, '1']],
  ['range 3', [0, 1, 2]],
  ['range 5 1 -2', [5, 3]],
  ['range 3 1', []],
  ['range 1000000', 'The function "range" failed: 1000000 numbers are too many (at most 100000).'],
  ['range 1 2 0', 'The function "range" failed: the step cannot be 0.'],
  ['contains map "b"', true],
  ['contains map "toString"', false],
  ['contains text "World"', true],
  ['slice "abcdef" -2', 'ef'],
  ['flatten (list 1 (list 2 (list 3))) 1', [1, 2, [3]]],
  ['map_attribute users "admin" default=false', [false, true]],
  ['map_attribute users "admin"', 'The function "map_attribute" failed: item 0 has no "admin".'],
  ['map_attribute (list (dict a=(dict b=1))) "a.b"', [1]],
  ['select users "admin"', [values.users[1]]],
  ['reject users "admin"', [values.users[0]]],
  ['select list', [3, 1, 2]],
  ['merge map (dict a=(dict y=2)) deep=true', { b: 2, a: { x: 1, y: 2 } }],
  ['merge map (dict a=(dict y=2))', { b: 2, a: { y: 2 } }],
  ['items2dict (list (dict k="a" v=1)) key_name="k" value_name="v"', { a: 1 }],
  ['items2dict (list 1)', 'The function "items2dict" failed: item 0 has no "key" and "value".'],
  ['dict "a"', 'The function "dict" failed: the last key has no value.'],
  ['dict "a" 1 b=2', { a: 1, b: 2 }],
  ['zip list (list "x") (list "n" "l")', [{ n: 3, l: 'x' }]],
  ['int "0x1f" 16', 31],
  ['int "zz" 10', 'The function "int" failed: a number is needed, but the text "zz" was given.'],
  ['int "12z" 16', 'The function "int" failed: "12z" is not a number in base 16.'],
  ['int 3.9', 3],
  ['int true', 1],
  ['string map', '{"b":2,"a":{"x":1}}'],
  ['to_bool "Off"', false],
  ['to_bool "maybe"', 'The function "to_bool" failed: "maybe" is neither true nor false.'],
  ['eq (list 1 (dict a=1)) (list 1 (dict a=1))', true],
  ['eq 1 "1"', false],
  ['lt "a" "b"', true],
  ['lt "a" 1', 'The function "lt" failed: only two numbers or two texts have an order.'],
  ['add "2" 3', 5],
  ['add 0.1 0.2', 0.1 + 0.2],
  ['div 1 0', 'The function "div" failed: division by zero.'],
  ['mod -1 3', 2],
  ['round 2.5', 3],
  ['round 1234 -2', 1200],
  ['min (list)', 'The function "min" failed: the list is empty.'],
  ['to_json (list 1 "a" null true)', '[1,"a",null,true]'],
  ['to_yaml (dict a="no" b="0644" c="x: y") flow=true', '{ a: "no", b: "0644", c: "x: y" }\n'],
  ['from_json "{"', 'The function "from_json" failed: the text is not JSON.'],
  ['from_yaml "yes"', 'yes'],
  ['b64decode "###"', 'The function "b64decode" failed: the text is not Base64.'],
  ['b64decode (b64encode "äöü")', 'äöü'],
  ['hash "abc" "crc"', 'The function "hash" failed: "crc" is not a known digest.'],
  ['basename "/a/b/"', 'b'],
  ['dirname "a"', '.'],
  ['dirname "/a"', '/'],
  ['dirname "/a/b/"', '/a'],
  ['extension ".bashrc"', ''],
  ['path_join "/etc/" "a" "/b"', '/b'],
  ['env "HOME"', '/home/ada'],
  ['env "NONE"', ''],
  ['network "10.1.2.3" "255.255.0.0"', '10.1.0.0'],
  ['network "10.1.2.3" 8', '10.0.0.0'],
  ['network_cidr "2001:db8:0:1::5/64"', '2001:db8:0:1::/64'],
  ['network "10.1.2.3"', 'The function "network" failed: "10.1.2.3" has no prefix length.'],
  ['network "0x7f.1/8"', 'The function "network" failed: "0x7f.1/8" is not an IP address.'],
  ['network "10.0.0.0/33"', 'The function "network" failed: "10.0.0.0/33" is not an IP address.'],
  ['netmask 20', '255.255.240.0'],
  ['netmask "2001:db8::/32"', 'ffff:ffff::'],
  ['prefix "10.0.0.1/22"', 22],
  ['prefix "255.0.255.0"', 'The function "prefix" failed: "255.0.255.0" has no prefix length.'],
  ['nth_host "10.0.0.0/30" -1', '10.0.0.3'],
  [
    'nth_host "10.0.0.0/30" 4',
    'The function "nth_host" failed: the network has 4 addresses, so there is no number 4.',
  ],
  ['nth_host "2001:db8::/64" 65536', '2001:db8::1:0'],
  ['first_host "10.0.0.0/31"', '10.0.0.0'],
  ['last_host "10.0.0.0/32"', '10.0.0.0'],
  ['in_network "10.0.0.1" "2001:db8::/32"', false],
  ['in_network "2001:db8::1" "2001:db8::/32"', true],
  ['address_add "255.255.255.255" 1', 'The function "address_add" failed: there is no such address.'],
  ['is_ip "10.0.0.1" 6', false],
  ['is_ip 5', false],
  ['now', '2026-01-31T23:05:09Z'],
  ['now "%s %j %a %b %e %I%p %% %f"', '1769900709 031 Sat Jan 31 11PM % 000000'],
  ['date_format 0 "%F %T %Z"', '1970-01-01 00:00:00 UTC'],
  ['date_format "2026-01-31 10:00" "%H:%M"', '10:00'],
  ['date_format "soon" "%H"', 'The function "date_format" failed: "soon" is not a date.'],
  ['date_format 0 "%Q"', 'The function "date_format" failed: %Q is not a part of a date.'],
  ['timestamp_of "1970-01-01T00:00:01.5Z" exact=true', 1.5],
];

describe('functions', () => {
  it.each(cases)('%s', (source, expected) => {
    const result = resultOf(`{{ ${source} }}`, values);
    if (typeof result === 'string' && result.startsWith('site.yaml'))
      expect(result.split('\n')[0]).toBe(`site.yaml:3:7: ${String(expected)}`);
    else expect(result).toEqual(expected);
  });

  it('are the same in conditions', () => {
    for (const condition of [
      'nth_host("10.0.0.0/8", 1) == "10.0.0.1"',
      'map_attribute(users, "n") == ["b", "a"]',
      'regex_search(text, "o (W)") == "W"',
      'prefix("255.255.255.0") == 24',
      'sort(list)[0] == 1',
      'date_format(0, "%Y") == "1970"',
      'sum(list) / 2 == 3',
    ])
      expect(outcomeOf(condition, values), condition).toBe(true);
  });

  it.each([
    ['1.0', '1.0', 0],
    ['1.10', '1.9', 1],
    ['1.0', '1.0.1', -1],
    ['1.0-rc1', '1.0', -1],
    ['1.0-rc2', '1.0-rc10', -1],
    ['v2.0', '2.0', 0],
    ['2.0~beta', '2.0', -1],
    ['7.2p1', '7.2', -1],
    ['10', '9.99', 1],
  ])('compare the versions %s and %s', (a, b, order) => {
    expect(Math.sign(compareVersions(a, b))).toBe(order);
    expect(Math.sign(compareVersions(b, a))).toBe(order === 0 ? 0 : -order);
  });
});

describe('suggestTemplate', () => {
  it.each([
    ["x | default('a')", 'default x "a"'],
    ["x | default('a') | upper", 'upper (default x "a")'],
    ["x | default('a', true)", 'default x "a" empty=true'],
    ['a + b * 2', 'add a (mul b 2)'],
    ["a if b == 'x' else c", 'ternary (eq b "x") a c'],
    ["lookup('env', 'HOME')", 'env "HOME"'],
    ["users | map(attribute='name') | list | join(', ')", 'join (map_attribute users "name") ", "'],
    ["users | selectattr('on', 'equalto', true) | list", 'select users "on" true'],
    ["x.split(',')[0]", 'lookup (split x ",") 0'],
    ["x.split(',')", 'split x ","'],
    ["hostvars['web01']['ansible_host']", 'hostvars.web01.ansible_host'],
    ['hostvars[item].x', 'lookup (lookup hostvars item) "x"'],
    ['groups[name]', 'lookup groups name'],
    ['list[0]', 'list.[0]'],
    ['x is defined', 'defined x'],
    ['not x', 'not x'],
    ["'a' in b", 'contains b "a"'],
    ["address | ipaddr('network')", 'network address'],
    ['a | combine(b, recursive=true)', 'merge a b deep=true'],
    ["d.get('k', 1)", 'default d.k 1'],
    ['x | ansible.builtin.b64decode', 'b64decode x'],
    ['x', null],
    ['x | unknown_filter', null],
    ["lookup('file', 'x')", 'file_text "x"'],
    ["lookup('dig', 'x')", null],
    ['x |', null],
  ])('%s', (jinja, expected) => {
    const suggestion = suggestTemplate(jinja);
    expect(suggestion).toBe(expected === jinja ? null : expected);
    if (suggestion !== null)
      expect(orMessage(() => expressions.checkSyntax(template(`{{ ${suggestion} }}`)))).toBeUndefined();
  });
});
