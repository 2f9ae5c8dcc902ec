import { describe, expect, test } from 'vitest';
import { formatError } from '../../src/core/error.ts';
import { checkNames, type KnownNames } from '../../src/playbook/check-names.ts';
import { expressions, type Files, load, withFiles } from './loading.ts';

interface Known {
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
  readonly everywhere?: readonly string[];
  readonly selected?: KnownNames['selected'];
}

/** What is said about the names of a playbook whose plays run on these hosts. */
function found(
  files: Files | string,
  { hosts = { h1: ['own'], h2: ['own'] }, everywhere = [], selected }: Known = {},
): Promise<string> {
  return withFiles(files, async (directory) => {
    const { plays } = await load(directory);
    const ofHost = new Map(Object.entries(hosts).map(([host, names]) => [host, new Set(names)]));
    const known: KnownNames = { ofHost, everywhere, ...(selected ? { selected } : {}) };
    const errors = checkNames(plays, () => known, expressions);
    return errors.map(formatError).join('\n').replaceAll(`${directory}/`, '');
  });
}

const tasks = (text: string, rest = '') =>
  `- hosts: all\n${rest}  tasks:\n${text.replaceAll(/^(?=.)/gm, '    ')}\n`;

describe('undefined names', () => {
  test.each<[string, Files | string, string, Known?]>([
    [
      'in parameters, names, loops and keywords',
      tasks(`- name: "{{ aa }}"
  debug: {msg: ["{{ bb }}", {x: "{{ cc }}"}]}
  become_user: "{{ dd }}"
  environment: {X: "{{ ee }}"}
  register: out
- debug: {msg: "{{ out.x }} {{ item }}"}
  loop: "{{ ff }}"`),
      ['aa', 'bb', 'cc', 'dd', 'ee', 'ff']
        .map((name, index) => {
          const places = ['3:13', '4:18', '4:35', '5:20', '6:24', '9:13'];
          return `site.yaml:${places[index]}: The variable "${name}" is not defined.\n  Define it under vars, in the inventory, as an input or with -e.`;
        })
        .join('\n'),
    ],
    [
      'with what was probably meant',
      tasks('- debug: {msg: "{{ brigde }}"}', '  vars: {bridge: br0}\n'),
      'site.yaml:4:20: The variable "brigde" is not defined.\n  Did you mean "bridge"?',
    ],
    [
      'that are inputs',
      '- hosts: all\n  inputs: {bridge: {default: x}}\n  tasks: [{debug: {msg: "{{ bridge }}"}}]\n',
      'site.yaml:3:25: The variable "bridge" is not defined.\n  It is an input of the play: write inputs.bridge.',
    ],
    [
      'that are facts in Ansible',
      tasks('- debug: {msg: "{{ ansible_env }}"}'),
      'site.yaml:3:20: The variable "ansible_env" is not defined.\n  Facts are under "facts" (facts.env); else define the variable.',
    ],
    [
      'only on some hosts',
      tasks('- debug: {msg: "{{ some }}"}'),
      'site.yaml:3:20: The variable "some" is not defined for h2.\n  Other hosts of the play have it: define it for all, or add "when: has(vars.some)".',
      { hosts: { h1: ['some'], h2: [] } },
    ],
    [
      'in a condition',
      tasks('- debug:\n  when: mode == "x"\n- debug:\n  changed_when: other'),
      'site.yaml:4:13: The variable "mode" is not defined.\n  Define it under vars, in the inventory, as an input or with -e.\nsite.yaml:6:21: The variable "other" is not defined.\n  Define it under vars, in the inventory, as an input or with -e.',
    ],
    [
      'that a used variable is made from',
      tasks(
        '- debug: {msg: "{{ a }}"}',
        '  vars: {a: "{{ b }}/x", b: "{{ nope }}", unused: "{{ nope2 }}"}\n',
      ),
      'site.yaml:2:29: The variable "nope" is not defined.\n  Define it under vars, in the inventory, as an input or with -e.',
    ],
    [
      'in a role',
      {
        'site.yaml': '- hosts: all\n  roles: [{role: r, given: 1}]\n',
        'roles/r/tasks/main.yaml': '- debug: {msg: "{{ given }} {{ level }} {{ user }} {{ leevl }}"}\n',
        'roles/r/defaults/main.yaml': 'level: 1\n',
        'roles/r/vars/main.yaml': 'user: x\n',
      },
      'roles/r/tasks/main.yaml:1:16: The variable "leevl" is not defined.\n  Did you mean "level"?',
    ],
  ])('%s', async (_, files, message, known) => {
    const said = await found(files, known);
    // Columns inside a text are the evaluator's business; the line is ours.
    expect(said.replaceAll(/:(\d+):\d+:/g, ':$1:')).toBe(message.replaceAll(/:(\d+):\d+:/g, ':$1:'));
  });
});

describe('no false alarm', () => {
  test.each<[string, Files | string, Known?]>([
    [
      'names of the host, of -e, of play, block and task',
      tasks(
        '- block:\n    - debug: {msg: "{{ own }} {{ e }} {{ p }} {{ b }} {{ t }}"}\n      vars: {t: 1}\n  vars: {b: 1}',
        '  vars: {p: 1}\n',
      ),
      { everywhere: ['e'] },
    ],
    [
      'what the engine defines',
      tasks(
        '- debug: {msg: "{{ inventory_hostname }} {{ groups.all }} {{ hostvars.x.y }} {{ facts.a }} {{ check_mode }} {{ playbook_dir }} {{ ansible_play_hosts }} {{ omit }}"}',
      ),
    ],
    [
      'inputs by their own names',
      '- hosts: all\n  inputs: {bridge: {default: x}}\n  tasks: [{debug: {msg: "{{ inputs.bridge }}"}}]\n',
    ],
    [
      'registers and facts, wherever they are set',
      tasks(
        '- debug: {msg: "{{ later }} {{ fact }}"}\n- command: ls\n  register: later\n- set_fact: {fact: 1}',
      ),
    ],
    [
      'loop variables',
      tasks(
        '- debug: {msg: "{{ one.x }} {{ i }}"}\n  loop: [1]\n  loop_control: {loop_var: one, index_var: i, label: "{{ one }}"}',
      ),
    ],
    [
      'below a condition',
      tasks(
        '- block:\n    - debug: {msg: "{{ nope }}"}\n  when: own\n- debug: {msg: "{{ nope }}"}\n  when: has(vars.nope)',
      ),
    ],
    [
      'behind the first part of a condition',
      tasks('- debug:\n  when: [own, nope]\n- debug:\n  when: own && nope'),
    ],
    ['with a default', tasks('- debug: {msg: "{{ default nope 1 }}"}')],
    ['inside {{#if}}', tasks('- debug: {msg: "{{#if own}}{{ nope }}{{/if}}"}')],
    ['in a loop that may be empty', tasks('- debug: {msg: "{{ nope }}"}\n  loop: "{{ own }}"')],
    [
      'where a rescue may be waiting for it',
      tasks('- block: [{debug: {msg: "{{ nope }}"}}]\n  rescue: [{debug: }]'),
    ],
    ['where the failure is ignored', tasks('- debug: {msg: "{{ nope }}"}\n  ignore_errors: true')],
    ['in what is never asked for', tasks('- debug: {msg: "{{ nope }}"}\n  tags: never')],
    [
      'in what the tags leave out',
      tasks('- debug: {msg: "{{ nope }}"}\n  tags: other'),
      { selected: (tags) => tags.includes('wanted') },
    ],
    [
      'where an include could bring it',
      tasks('- include_tasks: "{{ own }}.yaml"\n- debug: {msg: "{{ nope }}"}'),
    ],
    [
      'where a file of variables could bring it',
      tasks('- debug: {msg: "{{ nope }}"}', '  vars_files: "{{ own }}.yaml"\n'),
    ],
    ['where include_vars could bring it', tasks('- include_vars: x.yaml\n- debug: {msg: "{{ nope }}"}')],
    ['where no host is known yet', tasks('- debug: {msg: "{{ nope }}"}'), { hosts: {} }],
  ])('%s', async (_, files, known) => {
    expect(await found(files, known)).toBe('');
  });
});

describe('handlers', () => {
  const handlers = '  handlers: [{name: reload, debug: , listen: [topic]}]\n';
  test.each<[string, Files | string, string]>([
    ['by name and topic', tasks('- debug:\n  notify: [reload, topic]', handlers), ''],
    [
      'unknown',
      tasks('- debug:\n  notify: [reload, relaod]\n- block: []\n  notify: frob', handlers),
      `site.yaml:5:24: No handler is called "relaod" or listens to it.
  Did you mean "reload"?
site.yaml:7:15: No handler is called "frob" or listens to it.
  The play has "reload" and "topic".`,
    ],
    [
      'where there is none at all',
      tasks('- debug:\n  notify: x'),
      `site.yaml:4:15: No handler is called "x" or listens to it.
  Add it under "handlers:" of the play.`,
    ],
    ['named by a template', tasks('- debug:\n  notify: "{{ own }}"', handlers), ''],
    [
      'with a template as its name',
      tasks('- debug:\n  notify: x', '  handlers: [{name: "{{ own }}", debug: }]\n'),
      '',
    ],
    [
      'that an include may bring',
      tasks('- debug:\n  notify: x\n- include_role: {name: "{{ own }}"}', handlers),
      '',
    ],
    [
      'of a role, by its name or with the role in front',
      {
        'site.yaml':
          '- hosts: all\n  roles: [r]\n  tasks: [{debug: , notify: [restart, "r : restart", "q : restart"]}]\n',
        'roles/r/handlers/main.yaml': '- name: restart\n  debug:\n',
      },
      `site.yaml:3:54: No handler is called "q : restart" or listens to it.
  Did you mean "r : restart"?`,
    ],
  ])('%s', async (_, files, message) => {
    expect(await found(files)).toBe(message);
  });
});
