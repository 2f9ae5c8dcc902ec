import { expect, test } from 'vitest';
import { playText } from './play.ts';

const TWO_HOSTS = 'a,b,';

test("hosts in step read again what they changed themselves: a loop's later items see the earlier ones", async () => {
  const played = await playText(
    `
- hosts: all
  vars: { f: "{{ playbook_dir }}/{{ inventory_hostname }}" }
  tasks:
    - { name: lines, lineinfile: { path: "{{ f }}", line: "{{ item }}", create: true }, loop: [one, two, three] }
    - { name: look, command: "cat {{ f }}", register: r, changed_when: false }
    - { name: all, assert: { that: "r.stdout_lines == ['one', 'two', 'three']" } }
`,
    { inventory: TWO_HOSTS },
  );
  expect(played.lines.filter((line) => !line.endsWith(' ok'))).toHaveLength(8);
  expect(played.exitCode).toBe(0);
});

test('hosts in step prove a tree by what is there after it was copied', async () => {
  const played = await playText(
    `
- hosts: all
  tasks:
    - { name: tree, copy: { src: tree, dest: "{{ playbook_dir }}/{{ inventory_hostname }}/" } }
    - { name: again, copy: { src: tree, dest: "{{ playbook_dir }}/{{ inventory_hostname }}/" } }
`,
    { inventory: TWO_HOSTS, files: { 'tree/one': '1', 'tree/deep/two': '2' } },
  );
  expect(played.lines.toSorted()).toEqual(['again a ok', 'again b ok', 'tree a changed', 'tree b changed']);
});
