import { expect, test } from 'vitest';
import { playText } from './play.ts';

test('no_log hides everything that is shown: results, items, diffs, output, failures; the registered result stays usable', async () => {
  const played = await playText(
    `
- hosts: all
  tasks:
    - {name: told, command: echo hidden-1, no_log: true, register: r}
    - {name: usable, assert: {that: "r.stdout == 'hidden-' + '1'"}}
    - {name: looped, command: "echo {{ item }}", loop: [hidden-2, hidden-3], no_log: true, register: l}
    - {name: also, assert: {that: "l.results[1].stdout == 'hidden-' + '3'"}}
    - {name: file, copy: {content: hidden-4, dest: "{{ playbook_dir }}/x"}, no_log: true}
    - no_log: true
      block:
        - {name: fails, shell: "echo hidden-5; exit 1", retries: 2, delay: 0}
      rescue:
        - {name: seen, assert: {that: ["ansible_failed_result.stdout == 'hidden-' + '5'"]}}
`,
    { options: { diff: true } },
  );
  expect(JSON.stringify(played.events)).not.toContain('hidden-');
  expect(played.results('told')[0]).toMatchObject({ noLog: true, status: 'changed' });
  expect(played.results('fails')[0]?.status).toBe('rescued');
  expect(played.exitCode).toBe(0);
});
