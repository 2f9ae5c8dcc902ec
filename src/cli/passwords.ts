import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { ConnectionFlags } from './flags.ts';
import { unreadablePasswordFile } from './problems.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Environment variables; the first that is set counts. */
const LOGIN_FILES = ['HOSTWRIGHT_CONNECTION_PASSWORD_FILE', 'ANSIBLE_CONNECTION_PASSWORD_FILE'];
const BECOME_FILES = ['HOSTWRIGHT_BECOME_PASSWORD_FILE', 'ANSIBLE_BECOME_PASSWORD_FILE'];
const BECOME_PASSWORDS = ['HOSTWRIGHT_BECOME_PASS', 'ANSIBLE_BECOME_PASS'];

/** The login password: from the file, asked for with -k, or from the file that the environment names; undefined where nothing does. */
export async function loginPasswordOf(
  flags: ConnectionFlags,
  environment: Environment,
): Promise<string | undefined> {
  if (flags.connectionPasswordFile !== undefined) return readPasswordFile(flags.connectionPasswordFile);
  if (flags.askPass) return askSecretly('Login password');
  const file = first(LOGIN_FILES, environment);
  return file === undefined ? undefined : readPasswordFile(file);
}

/**
 * The become password: from the file, or asked for with -K (an empty answer means the login password, as with Ansible), or from the
 * environment.
 */
export async function becomePasswordOf(
  flags: ConnectionFlags,
  environment: Environment,
  loginPassword: string | undefined,
): Promise<string | undefined> {
  const given = first(BECOME_PASSWORDS, environment);
  // Programs that are started from here are not to see it.
  for (const name of BECOME_PASSWORDS) delete process.env[name];
  if (flags.becomePasswordFile !== undefined) return readPasswordFile(flags.becomePasswordFile);
  if (!flags.askBecomePass) {
    const file = first(BECOME_FILES, environment);
    return file === undefined ? given : readPasswordFile(file);
  }
  const hint = loginPassword === undefined ? '' : ' (empty: the login password)';
  return (await askSecretly(`Become password${hint}`)) || loginPassword;
}

function first(names: readonly string[], environment: Environment): string | undefined {
  return names.map((name) => environment[name]).find((value) => value);
}

async function askSecretly(question: string): Promise<string> {
  const { ask } = await import('./ask.ts');
  return ask(question, false);
}

/** What stands in a file, or what an executable one prints; without the end of the line. */
async function readPasswordFile(path: string): Promise<string> {
  try {
    const isProgram = ((await stat(path)).mode & 0o111) !== 0;
    const text = isProgram ? await outputOf(path) : await readFile(path, 'utf8');
    return text.replace(/\r?\n$/, '');
  } catch (cause) {
    throw unreadablePasswordFile(path, cause);
  }
}

async function outputOf(path: string): Promise<string> {
  return (await promisify(execFile)(resolve(path), { encoding: 'utf8' })).stdout;
}
