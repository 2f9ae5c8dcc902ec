import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

describe('variables', () => {
  test('precedence, from inventory to -e; templates are lazy; maps replace', async () => {
    const played = await playText(
      `
- hosts: all
  vars: {v: play, late: "{{ later }}", later: found, m: {b: 2}}
  vars_files: [more.yaml]
  tasks:
    - {name: inventory, assert: {that: ["group == 'host'", "both == 'vars_files'"]}}
    - {name: lazy, assert: {that: ["late == 'found'", "!has(m.a)"]}}
    - block:
        - {name: task, assert: {that: "v == 'task'"}, vars: {v: task}}
        - {name: block, assert: {that: "v == 'block'"}}
      vars: {v: block}
    - {name: set, set_fact: {v: set}}
    - {name: over, assert: {that: "v == 'set'"}, vars: {v: task}}
    - {name: extra, assert: {that: "e == 'extra'"}, vars: {e: task}}
`,
      {
        files: { 'more.yaml': 'both: vars_files\n', 'group_vars/all.yaml': 'm: {a: 1}\n' },
        inventory: 'all: {vars: {group: all, both: all}, hosts: {alpha: {group: host}}}\n',
        options: { extraVars: [{ e: 'extra' }] },
      },
    );
    expect(played.exitCode).toBe(0);
  });

  test('what a host prints is never rendered as a template', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: evil, command: "echo '{''{ playbook_dir }''}'", register: r}
    - {name: kept, debug: {msg: "{{ r.stdout }}"}, register: said}
    - {name: still, set_fact: {copied: "{{ r.stdout }}"}}
    - {name: text, assert: {that: ["said.msg == '{' + '{ playbook_dir }' + '}'", "copied == said.msg"]}}
`);
    expect(played.exitCode).toBe(0);
  });

  test('facts are read when something refers to them, and only then', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: facts, assert: {that: "facts.kernel == ansible_facts.kernel && size(facts.kernel) > 0"}}
`);
    expect(played.exitCode).toBe(0);
    expect(played.lines).toEqual(['facts alpha ok']);
  });
});

test('facts of interfaces are variables too, those that the host has', async () => {
  const played = await playText(`
- hosts: all
  tasks:
    - debug: {msg: "{{ ansible_lo.ipv4.address }} {{ default ansible_eth77 'none' }}"}
    - debug: {msg: "{{ ansible_eth77.mtu }}"}
      ignore_errors: true
`);
  expect(played.said[0]).toMatch(/: 127\.0\.0\.1 none$/);
  expect(played.lines.at(-1)).toMatch(/ignored/);
});
