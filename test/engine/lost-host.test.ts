import { describe, expect, test } from 'vitest';
import type { Connection, Transport } from '../../src/core/connection.ts';
import { HostwrightError } from '../../src/core/error.ts';
import { local } from '../../src/transports/local.ts';
import { playText } from './play.ts';

/** The local transport, whose connections break when a program says so, and which then refuses some logins. */
function fragile(refusals: number): Transport {
  let left = 0;
  const unreachable = () => new HostwrightError('unreachable', 'The host went away.');
  return {
    name: 'fragile',
    open: async (target): Promise<Connection> => {
      if (left > 0) {
        left--;
        throw unreachable();
      }
      const connection = await local.open(target);
      return {
        ...connection,
        start: async (argv) => {
          const stream = await connection.start(argv);
          stream.stdout.prependListener('data', (chunk: Buffer) => {
            if (!chunk.includes('CUT')) return;
            left = refusals;
            stream.destroy();
          });
          return stream;
        },
      };
    },
  };
}

function lossy(refusals: number) {
  const transport = fragile(refusals);
  return {
    inventory: 'all: {hosts: {alpha: {ansible_connection: fragile}, beta: {ansible_connection: local}}}\n',
    transports: { fragile: async () => transport },
  };
}

const cut = '{name: cut, shell: "echo CUT; sleep 5", when: "inventory_hostname == \'alpha\'"}';

const guarded = `
- hosts: all
  tasks:
    - {name: first, command: "true", notify: restart, when: inventory_hostname == 'alpha'}
    - name: the change
      block: [${cut}]
      rescue: [{name: rescue, debug: {msg: "{{ ansible_failed_task.name }}"}}]
      always: [{name: always, debug: {msg: x}}]
    - {name: after, debug: {msg: x}}
  handlers: [{name: restart, debug: {msg: restarted}}]
`;

describe('a host that is lost', () => {
  test('gets its rescue and always when it answers again, and goes on', async () => {
    const played = await playText(guarded, lossy(0));
    expect(played.lines.filter((line) => line.includes('alpha'))).toEqual([
      'first alpha changed',
      'cut alpha unreachable',
      'rescue alpha ok',
      'always alpha ok',
      'after alpha ok',
      'restart alpha ok',
    ]);
    expect(played.recap.alpha).toMatchObject({ unreachable: 0, rescued: 1 });
    expect(played.warnings[0]).toContain('answers again');
    expect(played).toMatchObject({ exitCode: 0, owed: {} });
  });

  test('is owed what could not run, its handlers too, where it does not answer', async () => {
    const played = await playText(guarded, lossy(99));
    expect(played.lines.filter((line) => line.includes('alpha'))).toEqual([
      'first alpha changed',
      'cut alpha unreachable',
    ]);
    expect(played.lines).toContain('after beta ok');
    expect(played.exitCode).toBe(4);
    expect(played.owed.alpha?.map(({ what, name }) => `${what} ${name}`)).toEqual([
      'rescue the change',
      'always the change',
      'handler restart',
    ]);
    const end = played.events.at(-1);
    expect(end?.type === 'runEnd' && end.owed).toEqual(played.owed);
  });

  test('is kept in the play by ignore_unreachable', async () => {
    const played = await playText(
      `
- hosts: alpha
  tasks:
    - {name: cut, shell: "echo CUT; sleep 5", ignore_unreachable: true, register: r}
    - {name: goes on, assert: {that: [r.unreachable]}}
`,
      lossy(0),
    );
    expect(played.lines).toEqual(['cut alpha ignored', 'goes on alpha ok']);
    expect(played.exitCode).toBe(0);
  });

  test('takes no part in later plays, and the exit code says so', async () => {
    const played = await playText(
      `
- hosts: all
  tasks: [${cut}]
- hosts: all
  tasks: [{name: later, debug: {msg: x}}]
`,
      lossy(0),
    );
    expect(played.lines.filter((line) => line.startsWith('later'))).toEqual(['later beta ok']);
    expect(played.recap.alpha).toMatchObject({ unreachable: 1 });
    expect(played.exitCode).toBe(4);
  });
});
