import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Host } from '../lab/lab.ts';

/** A login with a terminal, and a command in it. */
export interface Terminal {
  /** Waits until the command has printed this. */
  readonly until: (text: string) => Promise<void>;
  readonly type: (keys: string) => void;
  /** The one who typed is gone, without a word: ssh killed -9. */
  readonly cut: () => void;
  /** Waits until the command has ended; all that it printed. */
  readonly ended: () => Promise<string>;
}

const LIMIT_MS = 60_000;

export function openTerminal(host: Host, command: string): Terminal {
  const [ssh = 'ssh', ...args] = host.sshCommand();
  const child = spawn(ssh, ['-tt', ...args, command], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stdin.on('error', () => undefined);
  const closed = once(child, 'close');
  return {
    until: async (text) => {
      while (!printed.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`"${command}" ended without "${text}": ${printed.slice(-400)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    type: (keys) => void child.stdin.write(keys),
    cut: () => void child.kill('SIGKILL'),
    ended: async () => {
      await closed;
      return printed;
    },
  };
}
