import { expect, test } from 'vitest';
import { translateFile } from '../../src/ansible/translate-file.ts';
import { plainNames } from '../../src/playbook/jinja/kinds.ts';

const context = { names: plainNames, isModule: () => true, isTemplate: () => false };

test('the first file that is there becomes a loop over it', () => {
  const { text, marks } = translateFile(
    `- name: Variables of the system
  include_vars: "{{ lookup('ansible.builtin.first_found', candidates) }}"
  vars:
    candidates:
      files: ["{{ ansible_os_family }}.yml", main.yml]
      paths: [vars]
- include_tasks: "{{ query('first_found', files) }}"
- include_vars: "{{ lookup('first_found', files, skip=True) }}"
`,
    'main.yml',
    context,
  );
  expect(marks.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
    '8: the lookup first_found has no counterpart',
  ]);
  expect(text).toBe(`- name: Variables of the system
  with_first_found: "{{ candidates }}"
  include_vars: "{{ item }}"
  vars:
    candidates:
      files: ["{{ facts.os_family }}.yml", main.yml]
      paths: [vars]
- with_first_found: "{{ files }}"
  include_tasks: "{{ item }}"
- include_vars: "{{ lookup('first_found', files, skip=True) }}" # hostwright: the lookup first_found has no counterpart
`);
});
