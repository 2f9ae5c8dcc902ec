import { readFile } from 'node:fs/promises';
import type { ConnectionFlags } from './flags.ts';
import { unreadablePasswordFile } from './problems.ts';

/** The login password, asked for with -k; undefined where the option was not given. */
export async function loginPasswordOf(flags: ConnectionFlags): Promise<string | undefined> {
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

async function readPasswordFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    throw unreadablePasswordFile(path, cause);
  }
}
