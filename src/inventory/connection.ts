import { homedir, userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { ConnectionTarget, HostKeyPolicy, SshConfigUse, SshConfigValue } from '../core/connection.ts';
import type { Secret } from '../core/secret.ts';
import { type BecomeDefaults, type BecomeSettings, becomeMethodOf } from './become.ts';
import { readSettings, type SettingReader } from './connection-values.ts';
import { CONFIG_FILE, readSshArguments } from './ssh-arguments.ts';

/** What holds where a host's variables say nothing: options of the command line, and keywords of the play. */
export interface ConnectionDefaults extends BecomeDefaults {
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly privateKeyFile?: string | undefined;
  readonly password?: Secret | undefined;
  readonly transport?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly keepSeconds?: number | undefined;
  readonly knownHostsFile?: string | undefined;
  /** Instead of the user's and the system's configuration of ssh; `none` reads none. */
  readonly sshConfigFile?: string | undefined;
  readonly become?: boolean | undefined;
  /** Against which relative paths in variables are resolved (that of the inventory). Default: the working directory. */
  readonly directory?: string | undefined;
}

export interface HostConnection {
  readonly target: ConnectionTarget;
  /** What the host's variables say; they override the play's keywords, as in Ansible. */
  readonly become: BecomeSettings;
}

const HOST_KEY_MODES = ['yes', 'accept-new', 'ask', 'no'] as const;
const DEFAULT_TIMEOUT = 10;
/** As ssh has them, with their older names; a new key goes to the first. */
const KNOWN_HOSTS = [
  '~/.ssh/known_hosts',
  '~/.ssh/known_hosts2',
  '/etc/ssh/ssh_known_hosts',
  '/etc/ssh/ssh_known_hosts2',
];

/** Names of ways to connect that mean the same here. */
const TRANSPORTS: Readonly<Record<string, string>> = {
  smart: 'ssh',
  paramiko: 'ssh',
  paramiko_ssh: 'ssh',
  docker_api: 'docker',
  machinectl: 'nspawn',
};

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
  const keepSeconds = settings.integer('keep', 0, 86_400) ?? defaults.keepSeconds;
  const transport = transportOf(settings.text('transport') ?? defaults.transport ?? 'ssh');
  const sshArguments = sshArgumentsOf(settings);
  const sshConfig =
    transport === 'local' ? undefined : sshConfigOf(settings, defaults, sshArguments.configFile);
  return {
    target: {
      name: host,
      transport,
      host: settings.text('host') ?? host,
      port: settings.integer('port', 1, 65535) ?? defaults.port ?? 22,
      user: settings.text('user') ?? defaults.user ?? ownName(),
      ...(password && { password }),
      ...(privateKeyFile !== undefined && { privateKeyFile: pathOf(privateKeyFile, undefined) }),
      ...(passphrase && { privateKeyPassphrase: passphrase }),
      hostKeys: hostKeysOf(settings, defaults),
      connectTimeoutSeconds:
        settings.integer('timeout', 1, 3600) ?? defaults.timeoutSeconds ?? DEFAULT_TIMEOUT,
      ...(keepSeconds ? { keepSeconds } : {}),
      sshOptions: sshArguments.options,
      ...(sshConfig && { sshConfig }),
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
    mode: settings.word('hostKeyChecking', HOST_KEY_MODES) ?? 'yes',
    files: own ?? given ?? KNOWN_HOSTS.map((file) => pathOf(file, undefined)),
  };
}

interface SshArguments {
  readonly options: Readonly<Record<string, string>>;
  /** What follows `-F`. */
  readonly configFile: string | undefined;
}

function sshArgumentsOf(settings: SettingReader): SshArguments {
  // As ssh does: the first value of an option counts.
  const all = (['sshArgs', 'commonArgs', 'extraArgs'] as const).flatMap((setting) => {
    const text = settings.text(setting);
    if (text === undefined) return [];
    return readSshArguments(text, (problem, hint) => settings.fail(setting, problem, hint));
  });
  const configFile = all.find(([name]) => name === CONFIG_FILE)?.[1];
  return {
    options: Object.fromEntries(all.filter(([name]) => name !== CONFIG_FILE).toReversed()),
    configFile,
  };
}

/** Which files of ssh_config(5) are read, and what they may decide: whatever neither the host's variables nor the command line say. */
function sshConfigOf(
  settings: SettingReader,
  defaults: ConnectionDefaults,
  argument: string | undefined,
): SshConfigUse {
  const given = settings.text('sshConfig');
  const own = argument ?? given;
  const file =
    own === undefined
      ? defaults.sshConfigFile && configPath(defaults.sshConfigFile, undefined)
      : configPath(own, defaults.directory);
  const unsaid: readonly (readonly [SshConfigValue, boolean])[] = [
    ['port', settings.integer('port', 1, 65535) === undefined && defaults.port === undefined],
    ['user', settings.text('user') === undefined && defaults.user === undefined],
    [
      'privateKeyFile',
      settings.text('privateKeyFile') === undefined && defaults.privateKeyFile === undefined,
    ],
    [
      'connectTimeoutSeconds',
      settings.text('timeout') === undefined && defaults.timeoutSeconds === undefined,
    ],
    ['hostKeyMode', settings.word('hostKeyChecking', HOST_KEY_MODES) === undefined],
    ['knownHosts', settings.texts('knownHosts') === undefined && defaults.knownHostsFile === undefined],
  ];
  const defaulted = unsaid.flatMap(([value, is]) => (is ? [value] : []));
  return { ...(file !== undefined && { file }), defaulted };
}

function configPath(file: string, directory: string | undefined): string {
  return file.toLowerCase() === 'none' ? 'none' : pathOf(file, directory);
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
