import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AuthHandlerMiddleware, ParsedKey } from 'ssh2';
import { HostwrightError } from '../core/error.ts';
import { chosenKeys, type Offered } from './ssh-agent.ts';
import { type KeyFile, readKeyFile } from './ssh-keys.ts';
import { type Attempt, passwordAttempts, type Questions } from './ssh-password.ts';
import type { SshSettings } from './ssh-settings.ts';

/** Keys that `ssh` tries when none is named. */
const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

export interface Login {
  readonly handler: AuthHandlerMiddleware;
  /** What was tried so far. */
  readonly tried: () => readonly string[];
  /** True where nothing is left to try after what was tried last. */
  readonly isLast: () => boolean;
  /** Methods that the host accepts, where it has said so. */
  readonly offered: () => readonly string[];
  /** Questions of the host that nobody answered. */
  readonly unanswered: () => readonly string[];
  /** True while a person is being asked, who may take longer than a host. */
  readonly asking: () => boolean;
}

/** Prepares the ways to log in: the named key, or the agent and the usual keys; then the password. Rejects with a HostwrightError. */
export async function prepareLogin(settings: SshSettings): Promise<Login> {
  const questions: Questions = { unanswered: [], open: 0 };
  const every = [...(await keyAttempts(settings)), ...passwordAttempts(settings, questions)];
  const rank = ({ method }: Attempt) => settings.methods.indexOf(method);
  const all = every.filter((attempt) => rank(attempt) >= 0).toSorted((a, b) => rank(a) - rank(b));
  let attempts = [...all];
  let last: Attempt | undefined;
  const tried: string[] = [];
  let offered: readonly string[] = [];
  let factors = 0;
  const handler: AuthHandlerMiddleware = (left, partialSuccess, next) => {
    if (left) offered = left;
    if (partialSuccess) factors += 1;
    // One factor of several was right: all others may be asked for now, also those that the host would not have before.
    if (partialSuccess) attempts = all.filter((attempt) => attempt.method !== last?.method);
    // A password that was refused is refused by the other method too, and counts as another failed login.
    else if (last && last.method !== 'publickey' && left?.includes(last.method))
      attempts = attempts.filter((attempt) => attempt.method === 'publickey');
    for (;;) {
      const attempt = attempts.shift();
      if (!attempt) return next(false as never);
      if ((left && !left.includes(attempt.method)) || attempt.pointless?.(factors)) continue;
      last = attempt;
      tried.push(attempt.label);
      return next(attempt.auth);
    }
  };
  return {
    handler,
    tried: () => tried,
    isLast: () => attempts.length === 0,
    offered: () => offered,
    unanswered: () => questions.unanswered,
    asking: () => questions.open > 0,
  };
}

/**
 * As ssh: keys that are named and in the agent, then the agent's others, then files. Only the key that the inventory names is tried where
 * it names one.
 */
async function keyAttempts(settings: SshSettings): Promise<readonly Attempt[]> {
  const { target, identityFiles, identitiesOnly } = settings;
  if (!settings.methods.includes('publickey')) return [];
  const offered: Offered = new Set();
  const named: KeyFile[] = [];
  if (target.privateKeyFile) named.push(await readKeyFile(target.privateKeyFile, target, true));
  for (const path of identityFiles ?? []) {
    const file = await readKeyFile(path, target, settings.agent === undefined).catch(missingIsNone);
    if (file) named.push(file);
  }
  const publicKeys = named.flatMap(({ publicKey }) => publicKey?.toString('base64') ?? []);
  const onlyNamed = identitiesOnly || (target.privateKeyFile !== undefined && identityFiles === undefined);
  const usual =
    target.privateKeyFile === undefined && identityFiles === undefined ? await usualKeys(settings) : [];
  const agents = agentAttempts(settings, publicKeys, named, onlyNamed, offered);
  const keys = [...named, ...usual].flatMap(({ path, key }) =>
    key === undefined ? [] : [keyAttempt(target.user, path, key, offered)],
  );
  const lacking = named.find(({ problem }) => problem);
  if (lacking?.problem && agents.length === 0 && keys.length === 0 && !target.password) throw lacking.problem;
  return [...agents, ...keys];
}

function agentAttempts(
  { agent: socket, target }: SshSettings,
  publicKeys: readonly string[],
  named: readonly KeyFile[],
  onlyNamed: boolean,
  offered: Offered,
): readonly Attempt[] {
  if (socket === undefined) return [];
  const username = target.user;
  const attempt = (label: string, fits: (key: string) => boolean): Attempt => ({
    label,
    method: 'publickey',
    auth: { type: 'agent', username, agent: chosenKeys(socket, fits, offered) },
  });
  // A key whose file can be read needs no agent.
  const needed = named.filter(({ key }) => key === undefined).map(({ path }) => path);
  return [
    ...(onlyNamed && needed.length === 0
      ? []
      : publicKeys.length === 0
        ? []
        : [
            attempt(`the agent's key of ${needed.join(', ') || 'the files'}`, (key) =>
              publicKeys.includes(key),
            ),
          ]),
    ...(onlyNamed ? [] : [attempt('the keys of the agent', () => true)]),
  ];
}

/** With a password or an agent given, the usual keys are still tried, as ssh does; what is wrong with one of them is no error then. */
async function usualKeys(settings: SshSettings): Promise<readonly KeyFile[]> {
  const { target, agent } = settings;
  const found: KeyFile[] = [];
  for (const name of DEFAULT_KEYS) {
    const path = join(homedir(), '.ssh', name);
    const lastResort = found.length === 0 && agent === undefined && target.password === undefined;
    const file = await readKeyFile(path, target, lastResort).catch(() => undefined);
    if (file) found.push(file);
  }
  return found;
}

function keyAttempt(username: string, path: string, key: ParsedKey, offered: Offered): Attempt {
  const name = key.getPublicSSH().toString('base64');
  return {
    label: `the key ${path}`,
    method: 'publickey',
    auth: { type: 'publickey', username, key },
    pointless: () => offered.has(name),
  };
}

/** ssh passes over files of its configuration that are not there. */
function missingIsNone(thrown: unknown): undefined {
  const code = thrown instanceof HostwrightError ? (thrown.cause as NodeJS.ErrnoException)?.code : undefined;
  if (code !== 'ENOENT') throw thrown;
}
