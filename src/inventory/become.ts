import type { Privilege } from '../core/connection.ts';
import type { Secret } from '../core/secret.ts';
import type { SettingReader } from './connection-values.ts';
import * as problems from './problems.ts';

/** Whether, and as whom, tasks run on a host. Undefined where nothing was said, so that keywords of the play can decide. */
export interface BecomeSettings {
  readonly enabled: boolean | undefined;
  /** One name, or the names on the way to the last one, with commas. */
  readonly user: string | undefined;
  /** One word, or one per user, with commas. */
  readonly method: string | undefined;
  readonly password: Secret | undefined;
  readonly flags: readonly string[] | undefined;
}

/** What the command line and keywords of the play say. */
export interface BecomeDefaults {
  readonly becomeUser?: string | undefined;
  readonly becomeMethod?: string | undefined;
  readonly becomePassword?: Secret | undefined;
}

const METHODS = ['sudo', 'su', 'doas', 'runuser'] as const;

/**
 * The user changes that settings, then keywords or defaults, ask for, from the login user on: root by sudo where nothing else is said. Names
 * with commas are a way through several users (`root, postgres`), each with the method at its place, or the only one. Throws a
 * HostwrightError for a method that there is not.
 */
export function privilegesOf(become: BecomeSettings, defaults: BecomeDefaults = {}): readonly Privilege[] {
  const password = become.password ?? defaults.becomePassword;
  const users = listOf(become.user ?? defaults.becomeUser ?? 'root');
  const methods = listOf(become.method ?? defaults.becomeMethod ?? 'sudo').map((word) => {
    const method = methodNamed(word);
    if (!method) throw problems.unknownBecomeMethod(word, METHODS);
    return method;
  });
  if (methods.length > 1 && methods.length !== users.length)
    throw problems.becomeChainUneven(users.length, methods.length);
  return users.map((user, index) => {
    const isFirst = index === 0;
    // Root is asked for no password; anybody else on the way may be.
    const asked = isFirst || users[index - 1] !== 'root';
    return {
      method: methods[index] ?? (methods[0] as Privilege['method']),
      user,
      ...(password && asked && { password }),
      ...(become.flags && isFirst && { flags: become.flags }),
    };
  });
}

/** What a host's variable says of the method, each word of it known. */
export function becomeMethodOf(settings: SettingReader): string | undefined {
  const text = settings.text('becomeMethod');
  const methods =
    text === undefined ? undefined : listOf(text).map((word) => ({ word, method: methodNamed(word) }));
  const unknown = methods?.find(({ method }) => !method);
  if (unknown) {
    throw settings.fail(
      'becomeMethod',
      `names the unknown method "${unknown.word}"`,
      `Known are ${METHODS.join(', ')}.`,
    );
  }
  const named = methods?.map(({ method }) => method).join(',');
  const program = settings.text('becomeExe');
  if (program !== undefined && program !== (named ?? 'sudo')) {
    throw settings.fail(
      'becomeExe',
      'cannot be honoured: the program is looked for in PATH',
      'Take it out, or put its directory into the PATH of the login user.',
    );
  }
  return named;
}

/** `ansible.builtin.sudo` is sudo. */
function methodNamed(name: string): Privilege['method'] | undefined {
  return METHODS.find((known) => known === name.split('.').at(-1));
}

function listOf(text: string): readonly string[] {
  return text.split(',').map((word) => word.trim());
}
