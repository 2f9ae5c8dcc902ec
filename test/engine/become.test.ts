import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { playText } from './play.ts';

// Becoming somebody else without a password is root's privilege.
test.runIf(userInfo().uid === 0)(
  'become: the task wins over the block over the play; a host’s own variables win over all',
  async () => {
    const played = await playText(
      `
- hosts: all
  become: true
  become_user: daemon
  vars: {admin: bin}
  tasks:
    - {name: play, command: id -un, register: r}
    - {name: as said, assert: {that: r.stdout == expected}}
    - become_user: "{{ admin }}"
      block:
        - {name: block, command: id -un}
        - {name: task, command: id -un, become_user: sys}
        - {name: not at all, command: id -un, become: false}
        - {name: plain means root, command: id -un, become_user: root}
        - {name: delegated, command: id -un, delegate_to: b, when: inventory_hostname == 'a'}
`,
      {
        inventory: `
all:
  vars: {ansible_become_method: runuser}
  hosts:
    a: {expected: daemon}
    b: {expected: games, ansible_become_user: games}
`,
      },
    );
    const users = (task: string) =>
      Object.fromEntries(played.results(task).map(({ host, result }) => [host, result.stdout]));
    expect(users('play')).toEqual({ a: 'daemon', b: 'games' });
    expect(users('block')).toEqual({ a: 'bin', b: 'games' });
    expect(users('task')).toEqual({ a: 'sys', b: 'games' });
    expect(users('not at all')).toEqual({ a: 'root', b: 'root' });
    expect(users('plain means root')).toEqual({ a: 'root', b: 'games' });
    expect(users('delegated')).toMatchObject({ a: 'games' });
    expect(played.exitCode).toBe(0);
  },
);

test.runIf(userInfo().uid === 0)('become: by way of several users, from any level', async () => {
  const played = await playText(
    `
- hosts: all
  become: true
  become_user: root, daemon
  become_method: runuser
  tasks:
    - {name: play, command: id -un}
    - {name: task, command: id -un, become_user: "root,{{ last }}"}
    - {name: how, command: id -un, become_method: "runuser, su"}
    - {name: uneven, command: id -un, become_method: "runuser,su,su", ignore_errors: true}
`,
    { inventory: '{all: {vars: {last: bin}, hosts: {a: }}}' },
  );
  const said = (task: string) => played.results(task).map(({ result }) => result.stdout ?? result.msg);
  expect([said('play'), said('task'), said('how')]).toEqual([['daemon'], ['bin'], ['daemon']]);
  expect(said('uneven')).toEqual([
    expect.stringContaining('There are 2 users to become in turn, but 3 methods.'),
  ]);
});
