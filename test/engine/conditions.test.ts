import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

describe('when', () => {
  test('is evaluated per item of a loop, and the whole task is skipped only where all items are', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: some, debug: {msg: x}, loop: [1, 2, 3], when: item > 1, register: r}
    - {name: none, debug: {msg: x}, loop: [1], when: item > 1}
    - {name: registered, assert: {that: ["r.results[0].skipped", "size(r.results) == 3"]}}
`);
    expect(played.lines).toEqual([
      'some[1] alpha skipped',
      'some[2] alpha ok',
      'some[3] alpha ok',
      'some alpha ok',
      'none[1] alpha skipped',
      'none alpha skipped',
      'registered alpha ok',
    ]);
  });

  test('a list means AND; a false one registers a skipped result', async () => {
    const played = await playText(`
- hosts: all
  vars: {yes_: true, no_: false}
  tasks:
    - {name: both, debug: {msg: x}, when: [yes_, no_], register: r}
    - {name: seen, assert: {that: [r.skipped, "!r.changed"]}}
`);
    expect(played.lines).toEqual(['both alpha skipped', 'seen alpha ok']);
  });

  test('saves a loop that cannot be worked out where it is false', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: never, command: "false", register: nothing, when: false}
    - {name: loop, debug: {msg: x}, loop: "{{ nothing.stdout_lines }}", when: "!nothing.skipped"}
`);
    expect(played.lines).toEqual(['never alpha skipped', 'loop alpha skipped']);
    expect(played.exitCode).toBe(0);
  });
});
