import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bed, BenchHost } from './bed.ts';
import { copiedText, type Step, templateText, VARIABLES } from './tasks.ts';

/** Where hosts differ from the rest of the world: through a slow link they are reached elsewhere. */
export interface Reached {
  readonly host: BenchHost;
  readonly address: string;
  readonly port: number;
}

type Language = 'hostwright' | 'ansible';

/** Writes playbook, templates, files and inventory of a workload, in our words or in Ansible's, which are nearly the same. */
export function writeProject(
  directory: string,
  language: Language,
  bed: Pick<Bed, 'hostDirectory' | 'privateKey'>,
  steps: readonly Step[],
  facts: boolean,
  hosts: readonly Reached[],
  renamed: Readonly<Record<string, string>> = {},
): void {
  const ending = language === 'hostwright' ? 'hbs' : 'j2';
  for (const name of ['templates', 'files']) mkdirSync(join(directory, name), { recursive: true });
  for (const step of steps) {
    if (step.kind === 'template') {
      const name = language === 'hostwright' ? 'facts.' : 'ansible_';
      const text = templateText(step.name, facts)
        .replace(/FACT\((\w+)\)/g, `${name}$1`)
        .replace(/\{\{ (\w+) \}\}/g, (_, variable) => `{{ ${renamed[variable] ?? variable} }}`);
      writeFileSync(join(directory, 'templates', `${step.name}.conf.${ending}`), text);
    }
    if (step.kind === 'copy') writeFileSync(join(directory, 'files', step.name), copiedText(step.name));
  }
  const tasks = steps.map((step) => task(step, bed.hostDirectory, ending));
  writePlaybook(directory, tasks, facts);
  writeInventory(directory, bed, hosts, language);
}

export function writePlaybook(directory: string, tasks: readonly unknown[], facts: boolean): void {
  // JSON is YAML.
  const play = { name: 'Benchmark', hosts: 'all', gather_facts: facts, vars: VARIABLES, tasks };
  writeFileSync(join(directory, 'site.yaml'), `${JSON.stringify([play], null, 2)}\n`);
}

function task(step: Step, root: string, ending: string): Readonly<Record<string, unknown>> {
  const path = 'path' in step ? `${root}/${step.path}` : '';
  switch (step.kind) {
    case 'directory':
      return { name: `Directory ${step.path}`, file: { path, state: 'directory', mode: step.mode } };
    case 'template':
      return {
        name: `Configuration ${step.name}`,
        template: { src: `${step.name}.conf.${ending}`, dest: path, mode: step.mode },
      };
    case 'line':
      return {
        name: `Line ${step.option}`,
        lineinfile: { path, regexp: `^${step.option} =`, line: `${step.option} = ${step.value}` },
      };
    case 'command':
      return {
        name: `Make ${step.path}`,
        command: { cmd: `sh -c 'echo "${step.text}" > ${path}'`, creates: path },
      };
    case 'copy':
      return { name: `Copy ${step.name}`, copy: { src: step.name, dest: path, mode: step.mode } };
    case 'stat':
      return { name: `Look at ${step.path}`, stat: { path }, register: 'seen' };
    case 'assert':
      return {
        name: 'It is as it should be',
        assert: { that: ['seen.stat.exists', `seen.stat.mode == '${step.mode}'`] },
      };
  }
}

export function writeInventory(
  directory: string,
  bed: Pick<Bed, 'privateKey'>,
  hosts: readonly Reached[],
  language: Language,
): void {
  const shared = {
    ansible_user: 'root',
    ansible_ssh_private_key_file: bed.privateKey,
    ...(language === 'ansible' ? { ansible_python_interpreter: '/usr/bin/python3' } : {}),
  };
  const entries = hosts.map(({ host, address, port }) => [
    host.name,
    { ansible_host: address, ansible_port: port },
  ]);
  const inventory = { all: { vars: shared, hosts: Object.fromEntries(entries) } };
  writeFileSync(join(directory, 'hosts.yaml'), `${JSON.stringify(inventory, null, 2)}\n`);
}
