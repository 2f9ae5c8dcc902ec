import { describe, expect, test } from 'vitest';
import type { Connection } from '../../src/core/connection.ts';
import { openSession } from '../../src/shell/open-session.ts';
import { quoteWords } from '../../src/shell/sh.ts';
import { local } from '../../src/transports/local.ts';
import { findProgram, summary } from './shells.ts';

/** A connection whose host hands every command to this program, as sshd does to the login shell. */
async function through(start: (command: string) => readonly string[]): Promise<Connection> {
  const connection = await local.open({} as never);
  return { ...connection, start: (argv) => connection.start(start(quoteWords(argv))) };
}

const said = "it's a \\ and an ! here\nand there";

async function echo(connection: Connection): Promise<unknown> {
  const session = await openSession(connection, { helloTimeoutSeconds: 4 });
  try {
    return summary(await session.run({ script: { text: 'cat', input: Buffer.from(said) } }));
  } finally {
    await session.close();
    await connection.close();
  }
}

describe('a session', () => {
  for (const shell of ['dash', 'bash', 'csh', 'tcsh', 'fish', 'zsh', 'ksh', 'mksh']) {
    const path = findProgram(shell);
    test.skipIf(path === undefined)(`of a user whose login shell is ${shell}`, async () => {
      const connection = await through((command) => [path ?? '', '-c', command]);
      expect(await echo(connection)).toEqual({ rc: 0, stdout: said, stderr: '' });
    });
  }

  test('begins with a command, which spares a round trip', async () => {
    const commands: string[] = [];
    const connection = await through((command) => {
      commands.push(command);
      return ['sh', '-c', command];
    });
    await echo(connection);
    expect(commands).toEqual([expect.stringMatching(/^sh -c /)]);
  });

  test('where the host runs a shell of its own choice instead (ForceCommand)', async () => {
    const commands: string[] = [];
    const connection = await through((command) => {
      commands.push(command.slice(0, 'sh -c'.length));
      return ['sh'];
    });
    expect(await echo(connection)).toEqual({ rc: 0, stdout: said, stderr: '' });
    expect(await echo(connection)).toEqual({ rc: 0, stdout: said, stderr: '' });
    // The second session knows already what the first had to find out.
    expect(commands).toEqual(['sh -c', 'sh', 'sh']);
  });

  test('where the login shell runs nothing but plain programs', async () => {
    const connection = await through((command) =>
      command === 'sh' ? ['sh'] : ['sh', '-c', 'echo "not allowed" >&2; exit 126'],
    );
    expect(await echo(connection)).toEqual({ rc: 0, stdout: said, stderr: '' });
  });
});
