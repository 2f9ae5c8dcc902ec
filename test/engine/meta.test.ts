import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

const steer = (meta: string, more = '') =>
  playText(
    `
- hosts: all
  serial: 2
  tasks:
    - {name: one, command: "true", notify: h}
    - {name: ${meta}, meta: ${meta}, when: inventory_hostname == 'a'}
    - {name: two, debug: {msg: x}}
  handlers: [{name: h, debug: {msg: x}}]
- hosts: all
  tasks: [{name: next, debug: {msg: x}}]
${more}`,
    { inventory: 'a,b,c,' },
  );
const linesAfter = (lines: readonly string[]) => lines.filter((line) => /^(two|next|h) /.test(line));

describe('meta', () => {
  test('end_host ends the play for one host, without failure', async () => {
    const played = await steer('end_host');
    expect(linesAfter(played.lines)).toEqual([
      ...['two b ok', 'h b ok', 'two c ok', 'h c ok'],
      ...['next a ok', 'next b ok', 'next c ok'],
    ]);
    expect(played.exitCode).toBe(0);
  });

  test('end_batch ends it for the batch', async () => {
    const played = await steer('end_batch');
    expect(linesAfter(played.lines)).toEqual(['two c ok', 'h c ok', 'next a ok', 'next b ok', 'next c ok']);
  });

  test('end_play ends it for all, later batches too; the next play runs', async () => {
    const played = await steer('end_play');
    expect(linesAfter(played.lines)).toEqual(['next a ok', 'next b ok', 'next c ok']);
    expect(played).toMatchObject({ exitCode: 0, owed: {} });
  });

  test('flush_handlers asks its condition on each host', async () => {
    const played = await steer('flush_handlers');
    expect(linesAfter(played.lines)).toEqual([
      ...['h a ok', 'two a ok', 'two b ok', 'h b ok', 'two c ok', 'h c ok'],
      ...['next a ok', 'next b ok', 'next c ok'],
    ]);
  });

  test('noop does nothing, reset_connection logs in anew', async () => {
    const played = await steer('noop');
    expect(linesAfter(played.lines)).toHaveLength(9);
    const reset = await playText(`
- hosts: all
  tasks:
    - {name: before, shell: "echo $PPID", register: a}
    - {name: same, shell: "echo $PPID", register: b}
    - {meta: reset_connection}
    - {name: after, shell: "echo $PPID", register: c}
    - {name: seen, assert: {that: [a.stdout == b.stdout, a.stdout != c.stdout]}}
`);
    expect(reset.exitCode).toBe(0);
  });

  test('clear_host_errors lets failed hosts take part in the next play', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: bad, shell: "test {{ inventory_hostname }} != a"}
    - {meta: clear_host_errors}
    - {name: same play, debug: {msg: x}}
- hosts: all
  tasks: [{name: next, debug: {msg: x}}]
`,
      { inventory: 'a,b,' },
    );
    expect(played.lines.filter((line) => /^(same|next)/.test(line))).toEqual([
      'same play b ok',
      'next a ok',
      'next b ok',
    ]);
    expect(played.exitCode).toBe(2);
  });

  test('clear_facts forgets what was read and what was set as cacheable; setup reads anew', async () => {
    const played = await playText(`
- hosts: all
  gather_facts: true
  tasks:
    - {name: set, set_fact: {own: 1, cacheable: true}}
    - {name: there, assert: {that: [facts.own == 1, "size(facts.kernel) > 0"]}}
    - {meta: clear_facts}
    - {name: gone, assert: {that: "!has(facts.own)"}}
    - {name: setup, setup: , register: r}
    - {name: given, assert: {that: "r.ansible_facts.ansible_kernel == facts.kernel"}}
`);
    expect(played.exitCode).toBe(0);
    expect(played.tasks[0]).toBe('Gathering Facts');
  });
});
