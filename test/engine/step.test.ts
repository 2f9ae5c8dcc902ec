import { expect, test } from 'vitest';
import { playText } from './play.ts';

const PLAY = `
- hosts: all
  tasks:
    - {name: same, copy: {content: "all\\n", dest: "{{ playbook_dir }}/same-{{ inventory_hostname }}", mode: '0644'}}
    - {name: command, command: echo x}
    - {name: hidden, copy: {content: hush, dest: "{{ playbook_dir }}/hidden", mode: '0600'}, no_log: true, run_once: true}
    - {name: after, lineinfile: {path: "{{ playbook_dir }}/same-{{ inventory_hostname }}", line: more}}
`;

test('--step shows what a task would change before it asks, and changes nothing by looking', async () => {
  const asked: [task: string, preview: string][] = [];
  const played = await playText(PLAY, {
    inventory: 'a,b,',
    options: {
      confirmTask: async (task, _hosts, preview) => {
        asked.push([task, preview.replaceAll(/\S*\/hostwright-play-\w+/g, '')]);
        return task === 'hidden' ? 'no' : 'yes';
      },
    },
  });
  expect(played.exitCode).toBe(0);
  const previews = Object.fromEntries(asked);
  expect(Object.keys(previews)).toEqual(['same', 'command', 'hidden', 'after']);
  expect(previews.same).toContain(
    'a:\n--- before: /same-a (does not exist)\n+++ after: /same-a (created)\n@@ -0,0 +1,1 @@\n+all\n',
  );
  expect(previews.same).toContain('b:\n--- before: /same-b (does not exist)');
  expect(previews.command).toBe('');
  expect(previews.hidden).toContain('no_log');
  expect(previews.hidden).not.toContain('hush');
  expect(previews.after).toContain(' all\n+more\n');
  expect(played.lines.toSorted()).toEqual([
    'after a changed',
    'after b changed',
    'command a changed',
    'command b changed',
    'same a changed',
    'same b changed',
  ]);
});
