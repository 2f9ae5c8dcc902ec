import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { events, projectWith } from './command.ts';

let project: ReturnType<typeof projectWith>;
beforeEach(() => {
  project = projectWith({
    'site.yaml':
      '- hosts: all\n  tasks: [{copy: {content: x, dest: "{{ playbook_dir }}/made", mode: "0644"}}]\n',
  });
  // A file where a directory would have to be: not even root gets past it.
  writeFileSync(path.join(project.directory, 'file'), '');
});
afterEach(() => project.remove());

test.each([
  ['the journal', { HOSTWRIGHT_RUNS: 'file/runs', XDG_STATE_HOME: 'state' }],
  ['its key', { HOSTWRIGHT_RUNS: 'runs', XDG_STATE_HOME: 'file/state' }],
])('a run goes on with a warning where %s cannot be written', async (_what, environment) => {
  const place = { cwd: project.directory, environment };
  const ran = await events(['run', 'site.yaml', '-c', 'local', '-i', 'a,'], place);
  expect(ran.code).toBe(0);
  const warnings = ran.events.filter((event) => event.type === 'warning').map(({ message }) => message);
  expect(warnings).toEqual([expect.stringContaining('it can be neither resumed nor undone')]);
});
