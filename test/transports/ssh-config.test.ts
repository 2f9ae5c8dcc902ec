import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ConnectionTarget, SshConfigValue } from '../../src/core/connection.ts';
import { formatError, type HostwrightError } from '../../src/core/error.ts';
import { resolveSettings } from '../../src/transports/ssh-resolve.ts';
import type { SshSettings } from '../../src/transports/ssh-settings.ts';
import { findProgram, scratchDirectory } from '../shell/shells.ts';

const EVERYTHING: readonly SshConfigValue[] = [
  'port',
  'user',
  'privateKeyFile',
  'connectTimeoutSeconds',
  'hostKeyMode',
  'knownHosts',
];

let scratch: ReturnType<typeof scratchDirectory>;
beforeAll(() => {
  scratch = scratchDirectory();
  vi.stubEnv('HOME', scratch.path);
  vi.stubEnv('SSH_AUTH_SOCK', '/run/agent');
  vi.stubEnv('KEYS', '/keys');
});
afterAll(() => {
  vi.unstubAllEnvs();
  scratch.remove();
});

let counter = 0;
function write(text: string, name = `config-${counter++}`): string {
  const path = join(scratch.path, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function targetWith(file: string, host: string, more: Partial<ConnectionTarget> = {}): ConnectionTarget {
  return {
    name: host,
    transport: 'ssh',
    host,
    port: 22,
    user: userInfo().username,
    hostKeys: { mode: 'yes', files: ['/home/k', '/etc/ssh/ssh_known_hosts'] },
    connectTimeoutSeconds: 10,
    sshOptions: {},
    sshConfig: { file, defaulted: EVERYTHING },
    ...more,
  };
}

const settingsFor = (text: string, host: string, more: Partial<ConnectionTarget> = {}) =>
  resolveSettings(targetWith(write(text), host, more));

async function problem(text: string, host = 'web1', more: Partial<ConnectionTarget> = {}): Promise<string> {
  const error = await settingsFor(text, host, more).then(
    () => undefined,
    (thrown: HostwrightError) => thrown,
  );
  if (error?.name !== 'HostwrightError') throw error ?? new Error('nothing was refused');
  return formatError(error).replace(/\S*config-\d+/g, 'FILE');
}

/** Configurations whose meaning for the hosts `ssh` itself is asked for. */
const CONFIGURATIONS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'the first value of an option counts': [
    'Host web*\n Port 2200\n User a\nHost *\n Port 22\n User b\n',
    'web1',
    'db1',
  ],
  'options before any Host are for all': ['User a\nHost x\nUser b', 'x', 'y'],
  'patterns and negation': [
    'Host *.example.org !bad.example.org 10.0.?.1\n  Port 2022',
    'a.example.org',
    'bad.example.org',
    '10.0.5.1',
    '10.0.55.1',
  ],
  'HostName with tokens': [
    'Host web?\n HostName %h.example.org\nHost odd\n HostName 100%%',
    'web1',
    'web12',
    'odd',
  ],
  'equals signs, quotes, case, comments and tabs': [
    '# c\nhOsT = "web1"\n\tPORT=2022\n  user "x"  \n\n#User no\nIdentityFile "/a b/c"\n',
    'web1',
  ],
  'several keys': [
    `IdentityFile ~/a\nIdentityFile /b/%h/%r/%n/%p\nHost web1\nIdentityFile %d/c\nIdentityFile \${KEYS}/d\nUser me\nPort 7`,
    'web1',
  ],
  'Match host sees the name after HostName': [
    'Host a\n HostName b\nMatch host b\n User is-b\nMatch originalhost a\n Port 9\nMatch host a\n User never',
    'a',
    'b',
    'c',
  ],
  'Match with several criteria and negation': [
    `Match host a,b* !host bad user me,you\n Port 1\nMatch !originalhost a\n Port 2\nMatch localuser ${userInfo().username}\n ConnectTimeout 7\nMatch localuser nobody-else\n ConnectTimeout 9`,
    'a',
    'bad',
    'b',
    'c',
  ],
  'Match user sees the User so far': [
    'Host a\nUser me\nMatch user me\nPort 5\nMatch user you\nPort 6',
    'a',
    'b',
  ],
  'Match all ends a section': ['Host a\n Port 3\nMatch all\n User all', 'a', 'b'],
  'Match exec': [
    'Match host a exec "test %h = a"\n Port 3\nMatch exec "false"\n Port 4\nMatch !exec "test x = y"\n User u',
    'a',
    'b',
  ],
  'Match final': ['Match final host real\n Port 5\nHost a\n HostName real\nIdentityFile /k\n', 'a', 'b'],
  'proxies and keys of hosts': [
    'Host a\n ProxyJump me@b:5,c\n HostKeyAlias alias\n StrictHostKeyChecking accept-new\nHost d\nProxyCommand nc -x "a b" %h %p # and this\nStrictHostKeyChecking off',
    'a',
    'd',
  ],
  'ProxyJump none': ['Host b\nProxyJump none\nHost *\nProxyJump b', 'a', 'b'],
  'times and counts': [
    'ConnectTimeout 1m30s\nServerAliveInterval 2m\nServerAliveCountMax 7\nConnectionAttempts 4\nAddressFamily inet6\nBindAddress 127.0.0.9',
    'a',
  ],
  'known hosts': [
    'UserKnownHostsFile ~/k1 "/k 2" /k/%k\nGlobalKnownHostsFile /g1\nHashKnownHosts yes',
    'web1',
  ],
  'known hosts of nobody': ['UserKnownHostsFile none', 'web1'],
  methods: [
    'PubkeyAuthentication no\nPreferredAuthentications keyboard-interactive,password,publickey\nIdentitiesOnly yes',
    'a',
  ],
};

describe.skipIf(findProgram('ssh') === undefined)('what the configuration means is what ssh says', () => {
  test.each(Object.entries(CONFIGURATIONS))('%s', async (_, [text, ...hosts]) => {
    for (const host of hosts) {
      const file = write(text);
      const settings = await resolveSettings(targetWith(file, host));
      expect({ host, ...ours(settings) }).toEqual({ host, ...theirs(file, host, ours(settings)) });
    }
  });

  test('files that are included, in their place and order', async () => {
    write('Host a\n Port 11\n', '.ssh/conf.d/10-a');
    write('Host *\n Port 12\nUser inner\n', '.ssh/conf.d/20-all');
    write('Port 99\n', '.ssh/conf.d/.hidden');
    write('Port 13', '.ssh/sub');
    for (const text of [
      'Include conf.d/*\nHost *\n User late',
      'Host b\n Include sub\n User b\nHost *\n Port 14',
      'Match host a\n Include "conf.d/10-a" sub absent\nHost b\n Port 15',
      `Include ~/.ssh/sub\nInclude ${scratch.path}/.ssh/conf.d/20-a??`,
    ])
      for (const host of ['a', 'b']) {
        const file = write(text, `.ssh/config-${counter++}`);
        const settings = await resolveSettings(targetWith(file, host));
        expect({ text, host, ...ours(settings) }).toEqual({
          text,
          host,
          ...theirs(file, host, ours(settings)),
        });
      }
  });
});

/** In the words of `ssh -G`. */
function ours(settings: SshSettings): Readonly<Record<string, unknown>> {
  const { target } = settings;
  const mode = { yes: 'true', no: 'false', ask: 'ask', 'accept-new': 'accept-new' }[target.hostKeys.mode];
  const jumps = settings.jumps.map(
    ({ user, host, port }) => `${user ? `${user}@` : ''}${host}${port ? `:${port}` : ''}`,
  );
  return {
    hostname: target.host,
    user: target.user,
    port: String(target.port),
    hostkeyalias: settings.hostKeyAlias,
    proxyjump: jumps.length > 0 ? jumps.join(',') : undefined,
    proxycommand: settings.proxyCommand,
    stricthostkeychecking: mode,
    hashknownhosts: settings.hashKnownHosts ? 'yes' : 'no',
    identityfile: settings.identityFiles,
    identitiesonly: settings.identitiesOnly ? 'yes' : 'no',
    connecttimeout: String(target.connectTimeoutSeconds),
    connectionattempts: String(settings.connectionAttempts),
    serveraliveinterval: String(settings.keepaliveSeconds),
    serveralivecountmax: String(settings.keepaliveCount),
    addressfamily: { 0: 'any', 4: 'inet', 6: 'inet6' }[settings.addressFamily],
    bindaddress: settings.bindAddress,
    files: target.hostKeys.files,
  };
}

/** What ssh makes of a file; its own defaults replaced by ours. */
function theirs(file: string, host: string, mine: Readonly<Record<string, unknown>>) {
  const said = execFileSync('ssh', ['-G', '-F', file, host], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const values = new Map<string, string[]>();
  for (const line of said.split('\n')) {
    const [, name = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  const one = (name: string, usual: string | undefined, ours: string | undefined = usual) => {
    const value = values.get(name)?.[0];
    return value === usual ? ours : value;
  };
  const names: Readonly<Record<string, string>> = {
    '%h': one('hostname', undefined) ?? '',
    '%r': one('user', undefined) ?? '',
    '%p': one('port', undefined) ?? '',
    '%n': host,
    '%k': one('hostkeyalias', undefined) ?? host,
    '%d': homedir(),
  };
  const path = (word: string) =>
    word
      .replace(/%[hrpnkd]/g, (token) => names[token] as string)
      .replace(/\$\{KEYS\}/, '/keys')
      .replace(/^~/, scratch.path)
      // ssh asks the system where home is, not the environment.
      .replace(userInfo().homedir, scratch.path);
  const keys = values.get('identityfile')?.map(path);
  const user = one('userknownhostsfile', undefined);
  const userFiles = user?.includes('known_hosts2')
    ? ['/home/k']
    : user === 'none'
      ? []
      : splitNames(user ?? '', mine);
  const global = one('globalknownhostsfile', undefined) ?? '';
  return {
    hostname: one('hostname', undefined),
    user: one('user', undefined),
    port: one('port', undefined),
    hostkeyalias: one('hostkeyalias', undefined),
    proxyjump: one('proxyjump', 'none', undefined),
    proxycommand: one('proxycommand', 'none', undefined),
    stricthostkeychecking: one('stricthostkeychecking', 'ask', 'true'),
    hashknownhosts: one('hashknownhosts', undefined),
    identityfile: keys?.some((key) => /\/id_(rsa|ed25519)$/.test(key)) ? undefined : keys,
    identitiesonly: one('identitiesonly', undefined),
    connecttimeout: one('connecttimeout', 'none', '10'),
    connectionattempts: one('connectionattempts', undefined),
    serveraliveinterval: one('serveraliveinterval', '0', '10'),
    serveralivecountmax: one('serveralivecountmax', undefined),
    addressfamily: one('addressfamily', undefined),
    bindaddress: one('bindaddress', undefined),
    files: [...userFiles, ...(global.includes('known_hosts2') ? ['/etc/ssh/ssh_known_hosts'] : [global])].map(
      path,
    ),
  };

  // ssh prints names with blanks without quotes.
  function splitNames(text: string, { files }: Readonly<Record<string, unknown>>): string[] {
    const blank = (files as string[]).find((name) => name.includes(' '));
    return text
      .replace(blank ?? '\0', '\0')
      .split(' ')
      .map((word) => word.replace('\0', blank ?? ''));
  }
}

describe('the inventory goes before the files', () => {
  const text = `Port 2200\nUser file\nIdentityFile /file\nConnectTimeout 3\nStrictHostKeyChecking no
    UserKnownHostsFile /file\nHostName real\nHostKeyAlias file`;

  test('in what it says, and in nothing else', async () => {
    const sshConfig = { file: write(text), defaulted: [] };
    const more = { sshConfig, user: 'own', port: 5, sshOptions: { hostkeyalias: 'own' } };
    const { target, hostKeyAlias, identityFiles } = await settingsFor('', 'a', more);
    const { user, port, host, hostKeys, connectTimeoutSeconds } = target;
    expect({ user, port, host, hostKeys, connectTimeoutSeconds, hostKeyAlias, identityFiles }).toEqual({
      user: 'own',
      port: 5,
      host: 'real',
      hostKeys: { mode: 'yes', files: ['/home/k', '/etc/ssh/ssh_known_hosts'] },
      connectTimeoutSeconds: 10,
      hostKeyAlias: 'own',
      identityFiles: undefined,
    });
  });

  test('nothing is read where nothing is to be read', async () => {
    const { target } = await settingsFor('', 'a', { sshConfig: { file: 'none', defaulted: EVERYTHING } });
    expect(target.port).toBe(22);
  });

  test("the user's file goes before the system's, and must be the user's alone", async () => {
    const file = write('Host a\n Port 2201\n', '.ssh/config');
    const plain = { sshConfig: { defaulted: EVERYTHING } };
    chmodSync(file, 0o666);
    expect(await problem('', 'a', plain)).toContain('can be written by others');
    chmodSync(file, 0o600);
    expect((await settingsFor('', 'a', plain)).target.port).toBe(2201);
  });
});

describe('what cannot be honoured is refused, with its line', () => {
  test.each<readonly [string, string]>([
    ['Port\nHost a', 'FILE:1:1: This line of the configuration of ssh gives Port no value.'],
    [
      'User a\nHostName "b',
      'FILE:2:1: This line of the configuration of ssh has a quote that is not closed.',
    ],
    ['Host', 'FILE:1:1: This line of the configuration of ssh lacks a value.'],
    [
      'Port many',
      'FILE:1:1: This line of the configuration of ssh sets port to "many", which is not a whole number from 1 to 65535.',
    ],
    ['Prot 5', 'FILE:1:1: This line of the configuration of ssh sets prot, which is not known here.'],
    [
      'CanonicalizeHostname yes',
      'FILE:1:1: This line of the configuration of ssh sets canonicalizehostname to "yes", which cannot be honoured: it is always no or none or false here.',
    ],
    [
      'RevokedHostKeys /krl',
      'FILE:1:1: This line of the configuration of ssh sets revokedhostkeys to "/krl", which cannot be honoured: it is always none here.',
    ],
    [
      'RemoteCommand tmux',
      'FILE:1:1: This line of the configuration of ssh sets remotecommand to "tmux", which cannot be honoured: it is always none here.',
    ],
    [
      'Match localnetwork 10.0.0.0/8\n Port 5',
      'FILE:1:1: This line of the configuration of ssh matches on "localnetwork", which cannot be honoured.',
    ],
    ['Match host', 'FILE:1:1: This line of the configuration of ssh lacks a value.'],
    [
      'HostName %x',
      'FILE:1:1: This line of the configuration of ssh sets hostname to "%x", which holds %x, which stands for nothing.',
    ],
    [
      `IdentityFile \${NO_SUCH_NAME}`,
      `FILE:1:1: This line of the configuration of ssh sets identityfile to "\${NO_SUCH_NAME}", which names the environment variable NO_SUCH_NAME, which is not set.`,
    ],
    [
      'Ciphers aes128-cbd',
      'FILE:1:1: This line of the configuration of ssh sets ciphers to "aes128-cbd", which names no algorithm that this transport has.',
    ],
  ])('%s', async (text, expected) => {
    expect((await problem(text)).split('\n')[0]).toBe(expected);
  });

  test('a file that was named must be there', async () => {
    const sshConfig = { file: join(scratch.path, 'absent'), defaulted: EVERYTHING };
    expect(await problem('', 'a', { sshConfig })).toContain('/absent cannot be read: ENOENT');
  });

  test('a file that includes itself', async () => {
    const path = write(`Include ${join(scratch.path, 'loop')}\n`, 'loop');
    await expect(resolveSettings(targetWith(path, 'a'))).rejects.toMatchObject({
      code: 'ssh-config',
      message: expect.stringContaining('more than 16 deep'),
    });
  });

  test('what is for other hosts, what is ignored, and what only offers more is no mistake', async () => {
    const text = `IgnoreUnknown Fancy*,Odd\nFancyThing yes\nOdd 1\nGSSAPIAuthentication yes\nSendEnv LANG LC_*
      ForwardAgent yes\nCertificateFile /c\nLocalForward 1 a:2\nUseKeychain yes\nHost other\n Nonsense 1`;
    expect((await settingsFor(text, 'web1')).withoutEffect).toEqual(['CertificateFile']);
  });
});
