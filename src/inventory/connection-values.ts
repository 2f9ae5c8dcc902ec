import { positionOfKey, type SourcePosition } from '../core/position.ts';
import { Secret } from '../core/secret.ts';
import { didYouMean, listWords } from '../source/words.ts';
import * as problems from './problems.ts';
import { describe, isMapping } from './yaml-source.ts';

/** What a setting may be called: in the map `connection`, and as a variable of its own; the first that is set counts. */
export interface Setting {
  readonly keys: readonly string[];
  readonly variables: readonly string[];
}

/** Settings by what they mean. Variables are Ansible's names; keys are the same without their prefix. */
export const SETTINGS = {
  host: { keys: ['host'], variables: ['ansible_host', 'ansible_ssh_host'] },
  port: { keys: ['port'], variables: ['ansible_port', 'ansible_ssh_port'] },
  user: { keys: ['user'], variables: ['ansible_user', 'ansible_ssh_user'] },
  password: {
    keys: ['password'],
    variables: ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'],
  },
  privateKeyFile: {
    keys: ['private_key_file', 'ssh_private_key_file'],
    variables: ['ansible_ssh_private_key_file', 'ansible_private_key_file'],
  },
  passphrase: {
    keys: ['private_key_passphrase', 'ssh_private_key_passphrase'],
    variables: ['ansible_ssh_private_key_passphrase', 'ansible_private_key_passphrase'],
  },
  transport: { keys: ['transport', 'connection'], variables: ['ansible_connection'] },
  timeout: { keys: ['timeout', 'ssh_timeout'], variables: ['ansible_ssh_timeout', 'ansible_timeout'] },
  keep: { keys: ['keep_connection'], variables: [] },
  hostKeyChecking: {
    keys: ['host_key_checking', 'ssh_host_key_checking'],
    variables: ['ansible_ssh_host_key_checking', 'ansible_host_key_checking'],
  },
  knownHosts: { keys: ['known_hosts'], variables: [] },
  commonArgs: { keys: ['common_args', 'ssh_common_args'], variables: ['ansible_ssh_common_args'] },
  extraArgs: { keys: ['extra_args', 'ssh_extra_args'], variables: ['ansible_ssh_extra_args'] },
  sshArgs: { keys: ['ssh_args'], variables: ['ansible_ssh_args'] },
  sshConfig: { keys: ['ssh_config', 'ssh_config_file'], variables: ['ansible_ssh_config_file'] },
  container: { keys: ['container'], variables: [] },
  shellType: { keys: ['shell_type'], variables: ['ansible_shell_type'] },
  become: { keys: ['become'], variables: ['ansible_become'] },
  becomeUser: { keys: ['become_user'], variables: ['ansible_become_user'] },
  becomeMethod: { keys: ['become_method'], variables: ['ansible_become_method'] },
  becomePassword: {
    keys: ['become_password', 'become_pass'],
    variables: ['ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass', 'ansible_su_pass'],
  },
  becomeFlags: { keys: ['become_flags'], variables: ['ansible_become_flags'] },
  becomeExe: { keys: ['become_exe'], variables: ['ansible_become_exe'] },
} as const satisfies Readonly<Record<string, Setting>>;

/** Every variable that decides how a host is reached. */
export const CONNECTION_VARIABLES: readonly string[] = [
  'connection',
  ...Object.values(SETTINGS).flatMap(({ variables }) => variables),
];

export type SettingName = keyof typeof SETTINGS;

/** Keys of the map `connection` that take what they mean from Ansible's variable, but say nothing here. */
const WITHOUT_EFFECT = ['python_interpreter', 'pipelining', 'ssh_pipelining'];

/** Where a value came from, for messages. */
interface Given {
  readonly name: string;
  readonly value: unknown;
  readonly position: SourcePosition | undefined;
}

/** Reads settings of one host, typed. Each throws a HostwrightError that names the host and the variable. */
export interface SettingReader {
  readonly text: (setting: SettingName) => string | undefined;
  readonly secret: (setting: SettingName) => Secret | undefined;
  readonly integer: (setting: SettingName, least: number, most: number) => number | undefined;
  readonly bool: (setting: SettingName) => boolean | undefined;
  /** One of some words; a boolean counts as `yes` or `no`. */
  readonly word: <Word extends string>(setting: SettingName, words: readonly Word[]) => Word | undefined;
  readonly texts: (setting: SettingName) => readonly string[] | undefined;
  readonly fail: (setting: SettingName, problem: string, hint?: string) => Error;
}

/** `variables` gives resolved values, undefined where there is none. */
export function readSettings(host: string, variables: (name: string) => unknown): SettingReader {
  const map = connectionMap(host, variables('connection'));

  const find = (setting: SettingName): Given | undefined => {
    const { keys, variables: names }: Setting = SETTINGS[setting];
    for (const name of names) {
      const value = variables(name);
      if (isSet(value)) return { name, value, position: undefined };
    }
    for (const key of keys) {
      const given = map.get(key);
      if (given && isSet(given.value)) return given;
    }
    return undefined;
  };

  const fail = (setting: SettingName, problem: string, hint?: string) => {
    const { keys, variables: names }: Setting = SETTINGS[setting];
    const given = find(setting);
    return problems.badConnection(
      given?.position,
      host,
      given?.name ?? names[0] ?? `connection.${keys[0]}`,
      problem,
      hint,
    );
  };

  const text = (setting: SettingName): string | undefined => {
    const value = find(setting)?.value;
    if (value === undefined || typeof value === 'string') return value;
    if (value instanceof Secret) return value.reveal();
    if (typeof value === 'number') return String(value);
    throw fail(setting, `must be a text, but is ${describe(value)}`);
  };

  const bool = (setting: SettingName): boolean | undefined => {
    const value = find(setting)?.value;
    if (value === undefined || typeof value === 'boolean') return value;
    const found = booleanWord(value);
    if (found === undefined) throw fail(setting, `must be true or false, but is ${describe(value)}`);
    return found;
  };

  return {
    text,
    bool,
    fail,
    secret: (setting) => {
      const value = find(setting)?.value;
      if (value === undefined || value instanceof Secret) return value;
      if (typeof value === 'string') return new Secret(value);
      throw fail(
        setting,
        `must be a text, but is ${typeof value === 'number' ? 'a number' : describe(value)}`,
        'Put it in quotes.',
      );
    },
    integer: (setting, least, most) => {
      const value = find(setting)?.value;
      if (value === undefined) return undefined;
      const number = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
      if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most)
        return number;
      throw fail(setting, `must be a whole number from ${least} to ${most}, but is ${describe(value)}`);
    },
    word: (setting, words) => {
      const value = find(setting)?.value;
      if (value === undefined) return undefined;
      const asBoolean = booleanWord(value);
      const text = typeof value === 'string' ? value.toLowerCase() : undefined;
      const wanted = asBoolean === undefined ? text : asBoolean ? 'yes' : 'no';
      const found = words.find((word) => word === wanted);
      if (found === undefined)
        throw fail(
          setting,
          `must be ${listWords(words).replace(' and ', ' or ')}, but is ${describe(value)}`,
        );
      return found;
    },
    texts: (setting) => {
      const value = find(setting)?.value;
      if (value === undefined) return undefined;
      const list = Array.isArray(value) ? value : [value];
      if (list.every((item) => typeof item === 'string' && item !== '')) return list as string[];
      throw fail(setting, `must be a path or a list of paths, but is ${describe(value)}`);
    },
  };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function booleanWord(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word =
    typeof value === 'string' || typeof value === 'number' ? String(value).trim().toLowerCase() : '';
  if (['true', 'yes', 'on', '1'].includes(word)) return true;
  return ['false', 'no', 'off', '0'].includes(word) ? false : undefined;
}

/** Entries of the variable `connection`; `become` may itself be a map. Throws for a key that means nothing. */
function connectionMap(host: string, value: unknown): ReadonlyMap<string, Given> {
  const entries = new Map<string, Given>();
  if (value === undefined || value === null) return entries;
  if (!isMapping(value)) {
    throw problems.badConnection(
      undefined,
      host,
      'connection',
      `must be a map, but is ${describe(value)}`,
      'Write host, port, user, … below it.',
    );
  }
  const all: readonly Setting[] = Object.values(SETTINGS);
  const known = [...all.flatMap((setting) => setting.keys), ...WITHOUT_EFFECT];
  const add = (
    map: Readonly<Record<string, unknown>>,
    prefix: string,
    path: string,
    names: readonly string[],
  ) => {
    for (const [key, one] of Object.entries(map)) {
      const position = positionOfKey(map, key);
      if (!names.includes(prefix + key))
        throw problems.badConnection(
          position,
          host,
          path + key,
          'does not exist',
          didYouMean(prefix + key, names)?.replace(`"${prefix}`, '"') ??
            `Known are ${listWords(names.map((name) => name.slice(prefix.length)))}.`,
        );
      entries.set(prefix + key, { name: path + key, value: one, position });
    }
  };
  const { become, ...others } = value;
  // The copy has no positions of its own; those of the map are asked for by key.
  for (const key of Object.keys(others)) if (!known.includes(key)) add(value, '', 'connection.', known);
  for (const [key, one] of Object.entries(others))
    entries.set(key, { name: `connection.${key}`, value: one, position: positionOfKey(value, key) });
  if (isMapping(become)) {
    entries.set('become', {
      name: 'connection.become',
      value: true,
      position: positionOfKey(value, 'become'),
    });
    add(
      become,
      'become_',
      'connection.become.',
      known.filter((name) => name.startsWith('become_')),
    );
  } else if (become !== undefined) {
    entries.set('become', {
      name: 'connection.become',
      value: become,
      position: positionOfKey(value, 'become'),
    });
  }
  return entries;
}
