import type { ConnectionTarget, SshConfigValue } from '../core/connection.ts';
import type { SourcePosition } from '../core/position.ts';
import { matchesPatternList } from './patterns.ts';
import { badOption } from './problems.ts';
import { type ConfigValue, type ConfigValues, evaluateConfig } from './ssh-config/evaluate.ts';
import { loadConfigFiles } from './ssh-config/files.ts';
import { PASSED_OVER } from './ssh-config/passed-over.ts';
import { unhonouredConfigOption, unknownConfigOption } from './ssh-config/problems.ts';
import { expandPath } from './ssh-config/tokens.ts';
import { type Change, FIXED, OPTIONS } from './ssh-options.ts';
import { initialSettings, namesOf, type SshSettings } from './ssh-settings.ts';
import { files } from './ssh-values.ts';

/** The machine's own files of known hosts. */
const SYSTEM_KNOWN_HOSTS = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];

/** Options of the files that speak of something which the inventory may have said already. */
const REPLACES: Readonly<Record<string, SshConfigValue>> = {
  port: 'port',
  user: 'user',
  identityfile: 'privateKeyFile',
  connecttimeout: 'connectTimeoutSeconds',
  stricthostkeychecking: 'hostKeyMode',
  userknownhostsfile: 'knownHosts',
  globalknownhostsfile: 'knownHosts',
  hashknownhosts: 'knownHosts',
};

interface Setting {
  readonly name: string;
  readonly words: readonly string[];
  /** Undefined for an option of the inventory. */
  readonly position: SourcePosition | undefined;
}

/**
 * How a connection is to be made: what the inventory says, then its ssh options, then the files of ssh_config(5). Rejects with a
 * HostwrightError that names the option, and its line in a file, where one cannot be honoured.
 */
export async function resolveSettings(wanted: ConnectionTarget): Promise<SshSettings> {
  const own: Setting[] = Object.entries(wanted.sshOptions).map(([name, value]) => ({
    name: name.toLowerCase(),
    words: wordsOf(name, value),
    position: undefined,
  }));
  const asked = new Set(own.map(({ name }) => name));
  const settings = [...own, ...(await configured(wanted, own)).filter(({ name }) => !asked.has(name))];
  const order = Object.keys(OPTIONS);
  const sorted = settings.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const options = sorted.filter(({ name }) => !isKnownHosts(name));
  const resolved = options.reduce(
    (before, setting) => apply(wanted, before, setting),
    initialSettings(wanted),
  );
  return withKnownHosts(wanted, resolved, sorted);
}

/** What the files say, as far as the inventory leaves it to them. */
async function configured(wanted: ConnectionTarget, own: readonly Setting[]): Promise<readonly Setting[]> {
  const use = wanted.sshConfig;
  if (!use) return [];
  const lines = await loadConfigFiles(use.file);
  if (lines.every((file) => file.length === 0)) return [];
  const given = (name: string) => own.find((setting) => setting.name === name)?.words[0];
  const port = given('port') ?? (use.defaulted.includes('port') ? undefined : wanted.port);
  const values = await evaluateConfig(lines, {
    host: wanted.host,
    user: given('user') ?? (use.defaulted.includes('user') ? undefined : wanted.user),
    port: port === undefined ? undefined : Number(port),
  });
  return [...values].flatMap(([name, found]) => {
    const replaces = REPLACES[name];
    if (replaces !== undefined && !use.defaulted.includes(replaces)) return [];
    if (!isKnown(name)) return unknown(name, found, values);
    if (PASSED_OVER.has(name) && !Object.hasOwn(OPTIONS, name)) return [];
    return found.map(({ words, position }) => ({ name, words, position }));
  });
}

function unknown(name: string, found: readonly ConfigValue[], values: ConfigValues): [] {
  const ignored = (values.get('ignoreunknown') ?? []).flatMap(({ words }) => words.join(',').split(','));
  const patterns = ignored.map((word) => word.trim().toLowerCase());
  if (matchesPatternList(patterns, name)) return [];
  throw unknownConfigOption(found[0]?.position as SourcePosition, name);
}

function isKnown(name: string): boolean {
  return Object.hasOwn(OPTIONS, name) || PASSED_OVER.has(name) || isKnownHosts(name);
}

function isKnownHosts(name: string): boolean {
  return name === 'userknownhostsfile' || name === 'globalknownhostsfile';
}

function apply(
  wanted: ConnectionTarget,
  settings: SshSettings,
  { name, words, position }: Setting,
): SshSettings {
  const value = words.join(' ');
  const table: Readonly<Record<string, Change>> = position ? OPTIONS : { ...OPTIONS, ...FIXED };
  const change = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!change) throw badOption(wanted, name, value, 'cannot be honoured by connection ssh');
  return naming(wanted, { name, words, position }, () => {
    // A key of the inventory's own is the only one, as that of its variable is.
    if (name === 'identityfile' && !position) {
      const privateKeyFile = expandPath(value, namesOf(settings));
      return { ...settings, target: { ...settings.target, privateKeyFile } };
    }
    return change(settings, words);
  });
}

/** The user's files before the machine's, each as the options or the configuration have them. */
function withKnownHosts(
  wanted: ConnectionTarget,
  settings: SshSettings,
  all: readonly Setting[],
): SshSettings {
  const { hostKeys } = settings.target;
  const named = (name: string, usual: readonly string[]) => {
    const setting = all.find((one) => one.name === name);
    return setting ? naming(wanted, setting, () => files(setting.words, settings)) : usual;
  };
  const isGlobal = (file: string) => SYSTEM_KNOWN_HOSTS.includes(file);
  const user = named(
    'userknownhostsfile',
    hostKeys.files.filter((file) => !isGlobal(file)),
  );
  const global = named('globalknownhostsfile', hostKeys.files.filter(isGlobal));
  return {
    ...settings,
    target: { ...settings.target, hostKeys: { ...hostKeys, files: [...user, ...global] } },
  };
}

/** Runs a step; what is wrong with the value is told with the option and its place. */
function naming<T>(wanted: ConnectionTarget, { name, words, position }: Setting, step: () => T): T {
  try {
    return step();
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    const value = words.join(' ');
    if (position) throw unhonouredConfigOption(position, name, value, thrown.message);
    throw badOption(wanted, name, value, thrown.message, 'See ssh_config(5) for what it may be.');
  }
}

/** Words of an option's value; quotes hold a path with blanks together, but belong to a command. */
function wordsOf(name: string, value: string): readonly string[] {
  if (/command$/i.test(name)) return [value];
  return (value.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, '$1'));
}
