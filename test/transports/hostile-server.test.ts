import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import ssh2, { type ParsedKey, type ServerChannel, type Connection as ServerConnection } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ConnectionTarget, HostKeyPolicy } from '../../src/core/connection.ts';
import { formatError, type HostwrightError } from '../../src/core/error.ts';
import { Secret } from '../../src/core/secret.ts';
import { openSession } from '../../src/shell/open-session.ts';
import { ssh } from '../../src/transports/ssh.ts';
import { generateKey } from '../contract/ssh-server.ts';
import { scratchDirectory } from '../shell/shells.ts';

// A server that means harm, once we trust its key. Nothing of ours may leak, hang or grow.

const scratch = scratchDirectory();
const closing: (() => void)[] = [];
beforeAll(() => {
  vi.stubEnv('HOME', scratch.path);
  vi.stubEnv('SSH_AUTH_SOCK', undefined);
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
});
afterAll(() => {
  vi.unstubAllEnvs();
  scratch.remove();
});

interface Malice {
  readonly onConnection?: (connection: ServerConnection) => void;
  readonly onExec?: (channel: ServerChannel, connection: ServerConnection) => void;
  readonly admit?: boolean;
}

/** The inside of a connection of the server, for what no honest server does. */
interface Inside {
  readonly _protocol: { readonly _hostKeys: Record<string, ParsedKey> };
}

async function malicious(
  { onConnection, onExec, admit = true }: Malice,
  mode: HostKeyPolicy['mode'] = 'yes',
): Promise<ConnectionTarget> {
  const key = generateKey('ed25519');
  const connections = new Set<ServerConnection>();
  const server = new ssh2.Server({ hostKeys: [key.privateKey] }, (connection) => {
    connections.add(connection);
    connection.on('error', () => {});
    connection.on('authentication', (context) => (admit ? context.accept() : context.reject(['password'])));
    connection.on('session', (accept) => {
      accept().on('exec', (acceptExec) => {
        const channel = acceptExec();
        channel.on('error', () => {});
        onExec?.(channel, connection);
      });
    });
    onConnection?.(connection);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const connection of connections) connection.end();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const known = join(scratch.path, `known-${port}`);
  writeFileSync(known, `[127.0.0.1]:${port} ${key.line}\n`);
  return {
    name: 'web1',
    transport: 'ssh',
    host: '127.0.0.1',
    port,
    user: 'operator',
    password: new Secret('open sesame'),
    hostKeys: { mode, files: [known] },
    connectTimeoutSeconds: 2,
    sshOptions: {},
  };
}

const words = (thrown: unknown) => formatError(thrown as HostwrightError).replace(/:\d{4,5}\b/g, ':PORT');
/** Letters, signs and line ends, and nothing that a terminal would obey. */
const HARMLESS = /^[^\p{Cc}\p{Cf}]*$/u;
const harmless = (text: string) => text.split('\n').every((line) => HARMLESS.test(line));

async function failureOf(target: ConnectionTarget): Promise<string> {
  const connection = await ssh.open(target).catch((thrown) => words(thrown));
  if (typeof connection === 'string') return connection;
  try {
    await openSession(connection, { helloTimeoutSeconds: 2 });
    return 'it worked';
  } catch (thrown) {
    return words(thrown);
  } finally {
    await connection.close();
  }
}

describe('a server that means harm', () => {
  test.each(['yes', 'accept-new', 'no'] as const)(
    'shows another key when keys are exchanged again (%s)',
    async (mode) => {
      const other = ssh2.utils.parseKey(generateKey('ed25519').privateKey) as ParsedKey;
      let received = '';
      const target = await malicious(
        {
          onExec: (channel, connection) => {
            channel.on('data', (chunk: Buffer) => {
              received += chunk.toString();
            });
            (connection as unknown as Inside)._protocol._hostKeys['ssh-ed25519'] = other;
            connection.rekey();
          },
        },
        mode,
      );
      const connection = await ssh.open(target);
      const stream = await connection.start(['sh']);
      const reason = await connection.closed;
      expect(words(reason)).toMatch(
        /^\[127\.0\.0\.1\]:PORT shows the key ssh-ed25519 SHA256:\S+, where only ssh-ed25519 SHA256:\S+ is accepted: it is another host\./,
      );
      expect((await stream.ended).error).toBe(reason);
      await expect(connection.start(['true'])).rejects.toBe(reason);
      expect(received).toBe('');
    },
  );

  test('exchanges keys again and again, rightly: nothing is lost', async () => {
    const target = await malicious({
      onExec: (channel, connection) => {
        let left = 5;
        const more = () => {
          channel.write('x'.repeat(100_000));
          left -= 1;
          if (left > 0) return connection.rekey(more);
          channel.exit(0);
          channel.end();
        };
        connection.rekey(more);
      },
    });
    const connection = await ssh.open(target);
    const stream = await connection.start(['true']);
    let size = 0;
    stream.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
    });
    expect([await stream.ended, size]).toEqual([{ code: 0 }, 500_000]);
    await connection.close();
  });

  test('takes the password and refuses: it is told once', async () => {
    const passwords: string[] = [];
    const target = await malicious({
      admit: false,
      onConnection: (connection) =>
        connection.on('authentication', (context) => {
          if (context.method === 'password') passwords.push(context.password);
        }),
    });
    expect(await failureOf(target)).toMatch(/^operator cannot log in to web1/);
    expect(passwords).toEqual(['open sesame']);
  });

  test('asks questions without an end', async () => {
    const asking = await malicious({
      admit: false,
      onConnection: (connection) => {
        connection.removeAllListeners('authentication');
        connection.on('authentication', (context) => {
          if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
          const again = () =>
            context.prompt([{ prompt: `\u001b]0;x\u0007${'More '.repeat(1000)}`, echo: false }], again);
          again();
        });
      },
    });
    const shown = await failureOf({ ...asking, connectTimeoutSeconds: 1 });
    expect(shown).toMatch(/answered, but the login was not complete within 1 seconds/);
    expect(shown.length).toBeLessThan(2000);
  });

  test('sends terminal commands in everything that it says', async () => {
    const evil = '\u001b[2J\u001b]52;c;ZXZpbA==\u0007\u009b31m\u202eevil\r\n';
    const targets = [
      await malicious({
        onExec: (channel) => {
          channel.write(evil.repeat(10));
          channel.stderr.write(evil.repeat(10));
          channel.exit(1);
          channel.end();
        },
      }),
      await malicious({
        admit: false,
        onConnection: (connection) => {
          connection.removeAllListeners('authentication');
          connection.on('authentication', (context) =>
            context.method === 'keyboard-interactive'
              ? context.prompt([{ prompt: evil, echo: false }], () =>
                  context.reject(['keyboard-interactive']),
                )
              : context.reject(['keyboard-interactive']),
          );
        },
      }),
    ];
    for (const target of targets) {
      const shown = await failureOf(target);
      expect(shown).toContain('evil');
      expect(harmless(shown)).toBe(true);
    }
    const raw = createServer((socket) => socket.on('error', () => {}).end(`SSH-2.0-${evil}`)).listen(
      0,
      '127.0.0.1',
    );
    closing.push(() => raw.close());
    await new Promise((resolve) => raw.once('listening', resolve));
    const { port } = raw.address() as { port: number };
    expect(harmless(await failureOf({ ...(targets[0] as ConnectionTarget), port }))).toBe(true);
  });

  test('opens channels towards us: none is let in', async () => {
    const refused: string[] = [];
    const target = await malicious({
      onExec: (channel, connection) => {
        connection.forwardOut('127.0.0.1', 1, '127.0.0.1', 2, (error) => {
          refused.push(error ? 'forwarded' : 'let in');
          connection.x11('127.0.0.1', 1, (other) => {
            refused.push(other ? 'x11' : 'let in');
            channel.exit(0);
            channel.end();
          });
        });
      },
    });
    const connection = await ssh.open(target);
    expect(await (await connection.start(['true'])).ended).toEqual({ code: 0 });
    expect(refused).toEqual(['forwarded', 'x11']);
    await connection.close();
  });

  test('floods a program of ours, on both streams: memory does not grow', async () => {
    const piece = Buffer.alloc(256 * 1024, 120);
    const target = await malicious({
      onExec: (channel) => {
        let open = true;
        channel.on('close', () => {
          open = false;
        });
        const flood = (write: (chunk: Buffer) => boolean, drained: (next: () => void) => void) => {
          const more = () => {
            while (open && write(piece));
            if (open) drained(more);
          };
          more();
        };
        flood(
          (chunk) => channel.write(chunk),
          (next) => channel.once('drain', next),
        );
        flood(
          (chunk) => channel.stderr.write(chunk),
          (next) => channel.stderr.once('drain', next),
        );
      },
    });
    const before = process.memoryUsage.rss();
    expect(await failureOf(target)).toMatch(/^No shell answered within 2 seconds of the login\./);
    // The server is in this process, too.
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 * 1024);
  });

  test('hangs up in the middle of a packet', async () => {
    const target = await malicious({});
    const proxy = createServer((near) => {
      near.on('error', () => {});
      near.end('SSH-2.0-x\r\n\u0000\u0000\u0001\u0000\u0004abc');
    }).listen(0, '127.0.0.1');
    closing.push(() => proxy.close());
    await new Promise((resolve) => proxy.once('listening', resolve));
    const { port } = proxy.address() as { port: number };
    const shown = await failureOf({ ...target, port, connectTimeoutSeconds: 1 });
    expect(shown).toMatch(/^web1 \(127\.0\.0\.1:PORT\) /);
    expect(harmless(shown)).toBe(true);
  });

  test('says that a program died by a signal, or nothing at all of its end: never a success', async () => {
    const killed = await malicious({
      onExec: (channel) => {
        channel.exit('KILL');
        channel.end();
      },
    });
    const silent = await malicious({ onExec: (channel) => channel.close() });
    for (const [target, end] of [
      [killed, { signal: 'KILL' }],
      [silent, {}],
    ] as const) {
      const connection = await ssh.open(target);
      const stream = await connection.start(['true']);
      stream.stdout.resume();
      stream.stderr.resume();
      expect(await stream.ended).toEqual(end);
      await connection.close();
    }
  });
});
