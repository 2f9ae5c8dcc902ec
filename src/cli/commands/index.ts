import type { CommandEntry } from '../command.ts';

/** Every command in the order of `--help`; a command's code is loaded when it is the one to run. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  run: {
    summary: 'Run playbooks on the hosts of an inventory',
    load: async () => (await import('./run.ts')).defineRun,
    helpWith: async (files, color) => (await import('../playbook-help.ts')).playbookHelp(files, color),
  },
  plan: {
    summary: 'Show what a run would change, and keep it',
    load: async () => (await import('./plan.ts')).definePlan,
  },
  apply: {
    summary: 'Carry out a plan, exactly, or say why not',
    load: async () => (await import('./apply.ts')).defineApply,
  },
  runs: {
    summary: 'List, show and compare the runs so far',
    load: async () => (await import('./runs.ts')).defineRuns,
  },
  resume: {
    summary: 'Go on with a run that failed or was interrupted',
    load: async () => (await import('./resume.ts')).defineResume,
  },
  undo: {
    summary: 'Take back what a run changed',
    load: async () => (await import('./undo.ts')).defineUndo,
  },
  exec: {
    summary: 'Run one module on hosts, without a playbook',
    load: async () => (await import('./exec.ts')).defineExec,
  },
  lint: {
    summary: 'Check playbooks without contacting any host',
    load: async () => (await import('./lint.ts')).defineLint,
  },
  import: {
    summary: 'Translate a playbook or role of Ansible',
    load: async () => (await import('./import.ts')).defineImport,
  },
  inventory: {
    summary: 'Show the hosts, groups and variables of an inventory',
    load: async () => (await import('./inventory.ts')).defineInventory,
  },
  facts: {
    summary: 'Read the facts of hosts',
    load: async () => (await import('./facts.ts')).defineFacts,
  },
  guard: {
    summary: 'Look at a change of a host’s network that waits to be confirmed',
    load: async () => (await import('./guard.ts')).defineGuard,
  },
  doc: {
    summary: 'Describe the modules and their parameters',
    load: async () => (await import('./doc.ts')).defineDoc,
  },
  schema: {
    summary: 'Print the JSON Schema of the modules',
    load: async () => (await import('./schema.ts')).defineSchema,
  },
  vault: {
    summary: 'Encrypt files and values, and read and change them',
    load: async () => (await import('./vault.ts')).defineVault,
  },
  init: {
    summary: 'Write a small project to start from',
    load: async () => (await import('./init.ts')).defineInit,
  },
  practice: {
    summary: 'Start hosts to practise on, on this machine',
    load: async () => (await import('./practice.ts')).definePractice,
  },
  completion: {
    summary: 'Print the completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).defineCompletion,
  },
};
