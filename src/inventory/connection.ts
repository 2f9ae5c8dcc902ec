import { homedir, userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { ConnectionTarget, HostKeyPolicy, Privilege } from '../core/connection.ts';
import type { Secret } from '../core/secret.ts';
import { readSettings, type SettingReader } from './connection-values.ts';
import * as problems from './problems.ts';
import { readSshArguments } from './ssh-arguments.ts';

/** What holds where a host's variables say nothing: options of the command line, and keywords of the play. */
export interface ConnectionDefaults {
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly privateKeyFile?: string | undefined;
  readonly password?: Secret | undefined;
  readonly transport?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly knownHostsFile?: string | undefined;
  readonly become?: boolean | undefined;
  readonly becomeUser?: string | undefined;
  readonly becomeMethod?: string | undefined;
  readonly becomePassword?: Secret | undefined;
  /** Against which relative paths in variables are resolved (that of the inventory). Default: the working directory. */
  readonly directory?: string | undefined;
}

/** Whether, and as whom, tasks run on a host. Undefined where nothing was said, so that keywords of the play can decide. */
export interface BecomeSettings {
  readonly enabled: boolean | undefined;
  readonly user: string | undefined;
  readonly method: Privilege['method'] | undefined;
  readonly password: Secret | undefined;
  readonly flags: readonly string[] | undefined;
}

export interface HostConnection {
  readonly target: ConnectionTarget;
  /** What the host's variables say; they override the play's keywords, as in Ansible. */
  readonly become: BecomeSettings;
}

const METHODS = ['sudo', 'su', 'doas', 'runuser'] as const;
const DEFAULT_TIMEOUT = 10;
const SYSTEM_KNOWN_HOSTS = '/etc/ssh/ssh_known_hosts';

/** Names of ways to connect that mean the same here. */
const TRANSPORTS: Readonly<Record<string, string>> = { smart: 'ssh', paramiko: 'ssh', paramiko_ssh: 'ssh' };

/**
 * How a host is reached, from its variables (`ansible_host`, …, or the map `connection`; the single variables win) and the defaults.
 * `variables` gives resolved values, undefined where there is none. Throws a HostwrightError that names the host and the variable.
 */
export function connectionOf(
  host: string,
  variables: (name: string) => unknown,
  defaults: ConnectionDefaults = {},
): HostConnection {
  const settings = readSettings(host, variables);
  rejectOtherShells(settings);
  const password = settings.secret('password') ?? defaults.password;
  const passphrase = settings.secret('passphrase');
  const ownKey = settings.text('privateKeyFile');
  const privateKeyFile = ownKey === undefined ? defaults.privateKeyFile : pathOf(ownKey, defaults.directory);
  const container = settings.text('container');
  return {
    target: {
      name: host,
      transport: transportOf(settings.text('transport') ?? defaults.transport ?? 'ssh'),
      host: settings.text('host') ?? host,
      port: settings.integer('port', 1, 65535) ?? defaults.port ?? 22,
      user: settings.text('user') ?? defaults.user ?? ownName(),
      ...(password && { password }),
      ...(privateKeyFile !== undefined && { privateKeyFile: pathOf(privateKeyFile, undefined) }),
      ...(passphrase && { privateKeyPassphrase: passphrase }),
      hostKeys: hostKeysOf(settings, defaults),
      connectTimeoutSeconds:
        settings.integer('timeout', 1, 3600) ?? defaults.timeoutSeconds ?? DEFAULT_TIMEOUT,
      sshOptions: sshOptionsOf(settings),
      ...(container !== undefined && { container }),
    },
    become: {
      enabled: settings.bool('become'),
      user: settings.text('becomeUser'),
      method: becomeMethodOf(settings),
      password: settings.secret('becomePassword'),
      flags: settings
        .text('becomeFlags')
        ?.split(/\s+/)
        .filter((flag) => flag !== ''),
    },
  };
}

/** The user change that settings, then keywords or defaults, ask for: root by sudo where nothing else is said. */
export function privilegeOf(become: BecomeSettings, defaults: ConnectionDefaults = {}): Privilege {
  const password = become.password ?? defaults.becomePassword;
  const method = become.method ?? methodNamed(defaults.becomeMethod ?? 'sudo');
  if (!method) throw problems.unknownBecomeMethod(defaults.becomeMethod ?? '', METHODS);
  return {
    method,
    user: become.user ?? defaults.becomeUser ?? 'root',
    ...(password && { password }),
    ...(become.flags && { flags: become.flags }),
  };
}

function transportOf(name: string): string {
  // community.docker.docker and the like: only the last word names the way.
  const short = name.split('.').at(-1) ?? name;
  return TRANSPORTS[short] ?? short;
}

function pathOf(path: string, directory: string | undefined): string {
  if (path === '~' || path.startsWith('~/')) return homedir() + path.slice(1);
  return resolve(directory ?? '.', path);
}

function hostKeysOf(settings: SettingReader, defaults: ConnectionDefaults): HostKeyPolicy {
  const own = settings.texts('knownHosts')?.map((file) => pathOf(file, defaults.directory));
  const given =
    defaults.knownHostsFile === undefined ? undefined : [pathOf(defaults.knownHostsFile, undefined)];
  return {
    mode: settings.word('hostKeyChecking', ['yes', 'accept-new', 'ask', 'no']) ?? 'yes',
    files: own ?? given ?? [pathOf('~/.ssh/known_hosts', undefined), SYSTEM_KNOWN_HOSTS],
  };
}

function sshOptionsOf(settings: SettingReader): Readonly<Record<string, string>> {
  // As ssh does: the first value of an option counts.
  const all = (['sshArgs', 'commonArgs', 'extraArgs'] as const).flatMap((setting) => {
    const text = settings.text(setting);
    return text === undefined
      ? []
      : readSshArguments(text, (problem, hint) => settings.fail(setting, problem, hint));
  });
  return Object.fromEntries(all.toReversed());
}

/** `ansible.builtin.sudo` is sudo. */
function methodNamed(name: string): Privilege['method'] | undefined {
  return METHODS.find((known) => known === name.split('.').at(-1));
}

function becomeMethodOf(settings: SettingReader): Privilege['method'] | undefined {
  const text = settings.text('becomeMethod');
  const method = text === undefined ? undefined : methodNamed(text);
  if (text !== undefined && !method) {
    throw settings.fail(
      'becomeMethod',
      `names the unknown method "${text}"`,
      `Known are ${METHODS.join(', ')}.`,
    );
  }
  const program = settings.text('becomeExe');
  if (program !== undefined && program !== (method ?? 'sudo')) {
    throw settings.fail(
      'becomeExe',
      'cannot be honoured: the program is looked for in PATH',
      'Take it out, or put its directory into the PATH of the login user.',
    );
  }
  return method;
}

function rejectOtherShells(settings: SettingReader): void {
  const shell = settings.text('shellType');
  if (shell !== undefined && shell !== 'sh') {
    throw settings.fail(
      'shellType',
      `asks for the shell "${shell}", but everything runs in sh`,
      'Take it out: the login shell of the user does not matter.',
    );
  }
}

let loginName: string | undefined;

/** Who runs this; asked once, since the system looks it up in a file each time. */
function ownName(): string {
  loginName ??= userInfo().username;
  return loginName;
}
