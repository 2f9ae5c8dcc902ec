import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { ConnectionFlags } from './flags.ts';
import { unreadablePasswordFile } from './problems.ts';

/** The login password: from the file, or asked for with -k; undefined where neither option was given. */
export async function loginPasswordOf(flags: ConnectionFlags): Promise<string | undefined> {
  if (flags.connectionPasswordFile !== undefined) return readPasswordFile(flags.connectionPasswordFile);
  return flags.askPass ? askSecretly('Login password') : undefined;
}

/** The become password: from the file, or asked for with -K (an empty answer means the login password, as with Ansible). */
export async function becomePasswordOf(
  flags: ConnectionFlags,
  loginPassword: string | undefined,
): Promise<string | undefined> {
  if (flags.becomePasswordFile !== undefined) return readPasswordFile(flags.becomePasswordFile);
  if (!flags.askBecomePass) return undefined;
  const hint = loginPassword === undefined ? '' : ' (empty: the login password)';
  return (await askSecretly(`Become password${hint}`)) || loginPassword;
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
