import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lint } from '../../src/lint/lint.ts';
import { modules } from '../../src/modules/index.ts';
import { createExpressions } from '../../src/playbook/expressions/index.ts';

const TASKS = `- name: "Directory {{ item }}"
  file: {path: "/srv/{{ item }}", state: directory, mode: '0755'}
  loop: "{{ directories }}"
- name: Configuration
  copy:
    dest: /etc/app.conf
    content: |
      name = {{ upper name }}
      {{#each directories as |one|}}
      directory = {{ one }}
      {{/each}}
  register: configuration
  notify: restart app
- name: Ask
  command: app --version
  changed_when: false
  register: version
- name: Say it
  debug: {msg: "{{ version.stdout }} {{ configuration.changed }}"}
  when: version.rc == 0 && size(directories) > 0
`;

export interface Measured {
  readonly files: number;
  readonly tasks: number;
  /** Milliseconds of computing in each round, which other work of the machine does not lengthen; the first loads the modules. */
  readonly rounds: readonly number[];
}

/** Lints a hundred playbooks of twelve tasks each, several times. */
export async function measureLint(files = 100, rounds = 3): Promise<Measured> {
  const directory = await mkdtemp(path.join(tmpdir(), 'hw-lint-bench-'));
  try {
    await mkdir(path.join(directory, 'plays'));
    const tasks = TASKS.repeat(3).replaceAll(/^(?=.)/gm, '    ');
    for (let index = 0; index < files; index++)
      await writeFile(
        path.join(directory, 'plays', `${index}.yaml`),
        `- hosts: all\n  vars: {name: app${index}, directories: [a, b]}\n  tasks:\n${tasks}` +
          '  handlers:\n    - name: restart app\n      service: {name: app, state: restarted}\n',
      );
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const start = process.cpuUsage();
      const { findings, playbooks } = await lint([directory], { modules, expressions: createExpressions() });
      const { user, system } = process.cpuUsage(start);
      times.push((user + system) / 1000);
      if (playbooks !== files || findings.length > 0) throw new Error(JSON.stringify(findings[0]));
    }
    return { files, tasks: 12, rounds: times };
  } finally {
    await rm(directory, { recursive: true });
  }
}
