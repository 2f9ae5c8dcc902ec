import { describe, expect, test } from 'vitest';
import type { Connection, Transport } from '../../src/core/connection.ts';
import { HostwrightError } from '../../src/core/error.ts';
import { local } from '../../src/transports/local.ts';
import { recording } from '../journal/recording.ts';
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

describe('a run that goes on after a host was lost', () => {
  const ofAlpha = (lines: readonly string[]) => lines.filter((line) => line.includes('alpha'));

  test('runs the owed sections and handlers, not the lost task again; what still does not answer is owed again', async () => {
    const recorded = recording();
    try {
      const first = await playText(guarded, { ...lossy(99), openJournal: recorded.open });
      expect(first.owed.alpha).toHaveLength(3);
      const away = lossy(99);
      // The first login is refused already.
      const gone = async () => ({ ...(await away.transports.fragile()), open: refuse });
      const still = await playText(guarded, {
        ...away,
        transports: { fragile: gone },
        openJournal: recorded.open,
        resume: recorded.resume(),
      });
      expect(still.lines).toEqual([]);
      expect(still.exitCode).toBe(4);
      expect(still.owed.alpha?.map(({ what }) => what)).toEqual(['rescue', 'always', 'handler']);
      const again = await playText(guarded, {
        ...lossy(0),
        openJournal: recorded.open,
        resume: recorded.resume(),
      });
      expect(again.lines).toEqual([
        'rescue alpha ok',
        'always alpha ok',
        'after alpha ok',
        'restart alpha ok',
      ]);
      expect(again.said[0]).toBe('alpha: cut');
      expect(again.recap.alpha).toMatchObject({ unreachable: 0, rescued: 1 });
      expect(again).toMatchObject({ exitCode: 0, owed: {} });
    } finally {
      recorded.remove();
    }
  });

  test('has a rescue behind it that ran when the host answered again', async () => {
    const recorded = recording();
    try {
      const text = guarded.replace(
        '{name: after, debug: {msg: x}}',
        `{name: late, command: "test {{ ok }} = true", when: "inventory_hostname == 'alpha'"}`,
      );
      const run = (ok: string) => ({
        ...lossy(0),
        openJournal: recorded.open,
        options: { extraVars: [{ ok }] },
      });
      const first = await playText(text, run('false'));
      expect(ofAlpha(first.lines).slice(-3)).toEqual([
        'rescue alpha ok',
        'always alpha ok',
        'late alpha failed',
      ]);
      const again = await playText(text, { ...run('true'), resume: recorded.resume() });
      expect(again.lines).toEqual(['late alpha changed', 'restart alpha ok']);
      expect(again.warnings).toEqual([]);
    } finally {
      recorded.remove();
    }
  });

  test('tries the lost task again where no rescue was there for it', async () => {
    const recorded = recording();
    try {
      const text = `
- hosts: alpha
  tasks:
    - block: [{name: cut, shell: "test {{ ok }} = true || { echo CUT; sleep 5; }", changed_when: false}]
      always: [{name: always, debug: {msg: x}}]
`;
      const run = (ok: string, refusals: number) => ({
        ...lossy(refusals),
        openJournal: recorded.open,
        options: { extraVars: [{ ok }] },
      });
      const first = await playText(text, run('false', 99));
      expect(first.owed.alpha?.map(({ what }) => what)).toEqual(['always']);
      const again = await playText(text, { ...run('true', 0), resume: recorded.resume() });
      expect(again.lines).toEqual(['cut alpha ok', 'always alpha ok']);
      expect(again).toMatchObject({ exitCode: 0, owed: {} });
    } finally {
      recorded.remove();
    }
  });
});

async function refuse(): Promise<never> {
  throw new HostwrightError('unreachable', 'The host went away.');
}
