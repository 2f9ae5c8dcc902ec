import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AnyAuthMethod, AuthHandlerMiddleware, ParsedKey } from 'ssh2';
import keyParser from 'ssh2/lib/protocol/keyParser.js';
import type { ConnectionTarget } from '../core/connection.ts';
import { badKeyFile } from './problems.ts';

/** Keys that `ssh` tries when none is named. */
const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** One way to log in, and its name for messages. */
interface Attempt {
  readonly label: string;
  readonly method: 'publickey' | 'password' | 'keyboard-interactive';
  readonly auth: AnyAuthMethod;
}

export interface Login {
  readonly handler: AuthHandlerMiddleware;
  /** What was tried so far. */
  readonly tried: () => readonly string[];
  /** Methods that the host accepts, where it has said so. */
  readonly offered: () => readonly string[];
}

/** Prepares the ways to log in: the named key, or the agent and the usual keys; then the password. Throws a HostwrightError. */
export async function prepareLogin(target: ConnectionTarget, useAgent: boolean): Promise<Login> {
  const all = [...(await keyAttempts(target, useAgent)), ...passwordAttempts(target)];
  let attempts = [...all];
  let last: Attempt | undefined;
  const tried: string[] = [];
  let offered: readonly string[] = [];
  const handler: AuthHandlerMiddleware = (left, partialSuccess, next) => {
    if (left) offered = left;
    // One factor of several was right: all others may be asked for now, also those that the host would not have before.
    if (partialSuccess) attempts = all.filter((attempt) => attempt.method !== last?.method);
    // A password that was refused is refused by the other method too, and counts as another failed login.
    else if (last?.method === 'password' && left?.includes('password'))
      attempts = attempts.filter(isNoPassword);
    for (;;) {
      const attempt = attempts.shift();
      if (!attempt) return next(false as never);
      if (left && !left.includes(attempt.method)) continue;
      last = attempt;
      tried.push(attempt.label);
      return next(attempt.auth);
    }
  };
  return { handler, tried: () => tried, offered: () => offered };
}

function isNoPassword(attempt: Attempt): boolean {
  return attempt.method !== 'keyboard-interactive';
}

async function keyAttempts(target: ConnectionTarget, useAgent: boolean): Promise<Attempt[]> {
  const username = target.user;
  const keyAttempt = (path: string, key: ParsedKey): Attempt => ({
    label: `the key ${path}`,
    method: 'publickey',
    auth: { type: 'publickey', username, key },
  });
  if (target.privateKeyFile) {
    return [
      keyAttempt(
        target.privateKeyFile,
        await loadKey(target.privateKeyFile, target.privateKeyPassphrase?.reveal()),
      ),
    ];
  }
  const agent = useAgent ? process.env.SSH_AUTH_SOCK : undefined;
  const attempts: Attempt[] = agent
    ? [{ label: 'the keys of the agent', method: 'publickey', auth: { type: 'agent', username, agent } }]
    : [];
  // With a password given, the usual keys are still tried first, as ssh does; what is wrong with one of them is no error then.
  for (const name of DEFAULT_KEYS) {
    const path = join(homedir(), '.ssh', name);
    try {
      attempts.push(keyAttempt(path, await loadKey(path, target.privateKeyPassphrase?.reveal())));
    } catch {}
  }
  return attempts;
}

/** Most servers ask for a password by one method or the other; the second is tried only where the first is not offered. */
function passwordAttempts(target: ConnectionTarget): Attempt[] {
  const password = target.password?.reveal();
  if (password === undefined) return [];
  const username = target.user;
  let asked = false;
  return [
    { label: 'the password', method: 'password', auth: { type: 'password', username, password } },
    {
      label: 'the password (keyboard-interactive)',
      method: 'keyboard-interactive',
      auth: {
        type: 'keyboard-interactive',
        username,
        prompt: (_name, _instructions, _language, prompts, finish) => {
          // One hidden question, once, is the password. Anything else (a code, an expired password) is not for us to answer.
          const [question] = prompts;
          const answer =
            prompts.length === 1 && question?.echo === false && !asked && /pass/i.test(question.prompt);
          if (prompts.length === 1) asked = true;
          finish(answer ? [password] : prompts.map(() => ''));
        },
      },
    },
  ];
}

async function loadKey(path: string, passphrase: string | undefined): Promise<ParsedKey> {
  const file = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
  let text: Buffer;
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0) {
      throw badKeyFile(
        path,
        `can be read by others (mode ${(mode & 0o777).toString(8)})`,
        `Make it yours alone: chmod 600 ${path}`,
      );
    }
    text = await readFile(file);
  } catch (thrown) {
    const { code, syscall } = thrown as NodeJS.ErrnoException;
    if (syscall === undefined) throw thrown;
    if (code === 'ENOENT')
      throw badKeyFile(path, 'does not exist', 'Correct ansible_ssh_private_key_file.', thrown as Error);
    throw badKeyFile(
      path,
      `cannot be read: ${(thrown as Error).message}`,
      'It must be readable for the user who runs Hostwright.',
      thrown as Error,
    );
  }
  const parsed = keyParser.parseKey(text, passphrase);
  if (!(parsed instanceof Error)) {
    const key = Array.isArray(parsed) ? (parsed[0] as ParsedKey) : parsed;
    if (key.isPrivateKey()) return key;
    throw badKeyFile(path, 'holds a public key only', 'Name the file without .pub.');
  }
  if (/no passphrase given/i.test(parsed.message)) {
    throw badKeyFile(
      path,
      'is encrypted',
      'Load it into the agent (ssh-add), or give its passphrase.',
      parsed,
    );
  }
  if (/bad passphrase|integrity check failed/i.test(parsed.message)) {
    throw badKeyFile(path, 'cannot be decrypted with the passphrase given', 'Check the passphrase.', parsed);
  }
  throw badKeyFile(
    path,
    'is in no format that is known',
    'OpenSSH and PEM formats are; ssh-keygen -p -f FILE converts.',
    parsed,
  );
}
