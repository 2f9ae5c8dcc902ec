import { homedir, userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { errorsIn, formatError } from '../../src/core/error.ts';
import { Secret } from '../../src/core/secret.ts';
import { privilegesOf } from '../../src/inventory/become.ts';
import { type ConnectionDefaults, connectionOf } from '../../src/inventory/connection.ts';
import { parseYaml } from '../../src/source/yaml.ts';

const plain = {
  name: 'h1',
  transport: 'ssh',
  host: 'h1',
  port: 22,
  user: userInfo().username,
  hostKeys: {
    mode: 'yes',
    files: ['', '2']
      .map((two) => `${homedir()}/.ssh/known_hosts${two}`)
      .concat(['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
  },
  connectTimeoutSeconds: 10,
  sshOptions: {},
};
const quiet = {
  enabled: undefined,
  user: undefined,
  method: undefined,
  password: undefined,
  flags: undefined,
};

/** Variables as YAML, so that `connection` has positions as in an inventory. */
function connect(yaml: string, defaults: ConnectionDefaults = {}) {
  const variables = (parseYaml(yaml, 'h.yaml') ?? {}) as Readonly<Record<string, unknown>>;
  const { target, become } = connectionOf('h1', (name) => variables[name], defaults);
  const { sshConfig, ...rest } = target;
  return { target: rest, become, sshConfig };
}

function messageOf(step: () => unknown): string {
  try {
    step();
  } catch (thrown) {
    return errorsIn(thrown).map(formatError).join('\n');
  }
  return 'nothing thrown';
}

const reveal = (value: Secret | undefined) => value?.reveal();

describe('connectionOf', () => {
  it('has defaults', () => {
    expect(connect('')).toMatchObject({ target: plain, become: quiet });
  });

  it.each<readonly [string, object]>([
    [
      '{ansible_host: 192.0.2.1, ansible_port: 2222, ansible_user: ada}',
      { host: '192.0.2.1', port: 2222, user: 'ada' },
    ],
    [
      '{ansible_ssh_host: a.example.org, ansible_ssh_port: "2022", ansible_ssh_user: bob}',
      { host: 'a.example.org', port: 2022, user: 'bob' },
    ],
    ['connection: {host: 192.0.2.1, port: 2222, user: ada}', { host: '192.0.2.1', port: 2222, user: 'ada' }],
    // A variable of its own is what -e and a single host set; it wins over the map.
    ['{connection: {port: 1, user: map}, ansible_port: 2}', { port: 2, user: 'map' }],
    ['{ansible_user: "", ansible_port: null}', {}],
    ['{ansible_user: 1000}', { user: '1000' }],
    ['{ansible_connection: local}', { transport: 'local' }],
    ['{ansible_connection: smart}', { transport: 'ssh' }],
    [
      '{ansible_connection: community.docker.docker, connection: {container: c1}}',
      { transport: 'docker', container: 'c1' },
    ],
    ['connection: {transport: openssh, timeout: 30}', { transport: 'openssh', connectTimeoutSeconds: 30 }],
    ['{ansible_ssh_private_key_file: ~/.ssh/k}', { privateKeyFile: `${homedir()}/.ssh/k` }],
    ['connection: {private_key_file: keys/k}', { privateKeyFile: '/inv/keys/k' }],
    ['connection: {known_hosts: known}', { hostKeys: { mode: 'yes', files: ['/inv/known'] } }],
    [
      'connection: {known_hosts: [/a, ~/b], host_key_checking: accept-new}',
      { hostKeys: { mode: 'accept-new', files: ['/a', `${homedir()}/b`] } },
    ],
    ['{ansible_host_key_checking: false}', { hostKeys: { ...plain.hostKeys, mode: 'no' } }],
    ['{ansible_ssh_host_key_checking: "True"}', {}],
    ['{ansible_shell_type: sh}', {}],
    [
      `{ansible_ssh_common_args: "-o StrictHostKeyChecking=no -oProxyJump=jump -o 'ServerAliveInterval 5'", ansible_ssh_extra_args: "-o ProxyJump=other -o LogLevel=ERROR"}`,
      {
        sshOptions: {
          stricthostkeychecking: 'no',
          proxyjump: 'jump',
          serveraliveinterval: '5',
          loglevel: 'ERROR',
        },
      },
    ],
    ['connection: {common_args: "-o ConnectTimeout=5"}', { sshOptions: { connecttimeout: '5' } }],
  ])('%s', (yaml, expected) => {
    expect(connect(yaml, { directory: '/inv' }).target).toEqual({ ...plain, ...expected });
  });

  it('takes what variables do not say from the defaults', () => {
    const password = new Secret('p');
    const defaults: ConnectionDefaults = {
      user: 'cli',
      port: 2200,
      privateKeyFile: '/cli/key',
      password,
      transport: 'openssh',
      timeoutSeconds: 3,
      knownHostsFile: '/cli/known',
    };
    expect(connect('', defaults).target).toEqual({
      ...plain,
      user: 'cli',
      port: 2200,
      privateKeyFile: '/cli/key',
      password,
      transport: 'openssh',
      connectTimeoutSeconds: 3,
      hostKeys: { mode: 'yes', files: ['/cli/known'] },
    });
    expect(connect('{ansible_user: own, ansible_port: 1}', defaults).target).toMatchObject({
      user: 'own',
      port: 1,
    });
  });

  it('leaves to the configuration of ssh what nobody has said', () => {
    const everything = [
      'port',
      'user',
      'privateKeyFile',
      'connectTimeoutSeconds',
      'hostKeyMode',
      'knownHosts',
    ];
    expect(connect('').sshConfig).toEqual({ defaulted: everything });
    expect(connect('{ansible_connection: local}').sshConfig).toBeUndefined();
    const said = `{ansible_port: 22, ansible_user: a, ansible_ssh_private_key_file: /k, ansible_timeout: 9,
      ansible_host_key_checking: true, connection: {known_hosts: /h}}`;
    expect(connect(said).sshConfig).toEqual({ defaulted: [] });
    const defaults = { user: 'a', port: 1, privateKeyFile: '/k', timeoutSeconds: 1, knownHostsFile: '/h' };
    expect(connect('', defaults).sshConfig).toEqual({ defaulted: ['hostKeyMode'] });
  });

  it.each<readonly [string, string]>([
    ['connection: {ssh_config: ssh.conf}', '/inv/ssh.conf'],
    ['{ansible_ssh_common_args: "-F ~/c -o Port=5"}', `${homedir()}/c`],
    ['{ansible_ssh_args: -Fconf}', '/inv/conf'],
    ['{ansible_ssh_args: -F none}', 'none'],
    ['{}', '/work/cli'],
  ])('%s names the configuration of ssh', (yaml, file) => {
    const { target, sshConfig } = connect(yaml, { directory: '/inv', sshConfigFile: '/work/cli' });
    expect(sshConfig?.file).toBe(file);
    expect(target.sshOptions).not.toHaveProperty('-F');
  });

  it('keeps passwords secret', () => {
    const { target, become } = connect(
      '{ansible_password: p1, ansible_become_pass: p2, ansible_ssh_private_key_passphrase: p3}',
    );
    expect([reveal(target.password), reveal(become.password), reveal(target.privateKeyPassphrase)]).toEqual([
      'p1',
      'p2',
      'p3',
    ]);
    expect(JSON.stringify({ target, become })).not.toMatch(/p[123]"/);
    const secret = new Secret('from a vault');
    expect(
      connectionOf('h1', (name) => (name === 'ansible_ssh_pass' ? secret : undefined)).target.password,
    ).toBe(secret);
  });

  it.each<readonly [string, object]>([
    ['{ansible_become: true}', { enabled: true }],
    ['{ansible_become: "no"}', { enabled: false }],
    [
      '{ansible_become_user: postgres, ansible_become_method: su, ansible_become_flags: "-l -m"}',
      { user: 'postgres', method: 'su', flags: ['-l', '-m'] },
    ],
    ['connection: {become: true, become_user: bob}', { enabled: true, user: 'bob' }],
    ['connection: {become: {user: bob, method: doas}}', { enabled: true, user: 'bob', method: 'doas' }],
    ['{ansible_become_method: ansible.builtin.sudo, ansible_become_exe: sudo}', { method: 'sudo' }],
  ])('%s', (yaml, expected) => {
    expect(connect(yaml).become).toEqual({ ...quiet, ...expected });
  });

  it.each([
    [
      '{ansible_port: many}',
      'The variable "ansible_port" of the host "h1" must be a whole number from 1 to 65535, but is the text "many".',
    ],
    [
      '{ansible_port: 70000}',
      'The variable "ansible_port" of the host "h1" must be a whole number from 1 to 65535, but is 70000.',
    ],
    ['{ansible_host: [a]}', 'The variable "ansible_host" of the host "h1" must be a text, but is a list.'],
    [
      '{ansible_password: 0123}',
      'The variable "ansible_password" of the host "h1" must be a text, but is a number.\n  Put it in quotes.',
    ],
    [
      '{ansible_become: maybe}',
      'The variable "ansible_become" of the host "h1" must be true or false, but is the text "maybe".',
    ],
    [
      '{ansible_become_method: pbrun}',
      'The variable "ansible_become_method" of the host "h1" names the unknown method "pbrun".\n  Known are sudo, su, doas, runuser.',
    ],
    [
      '{ansible_become_exe: /opt/sudo}',
      'The variable "ansible_become_exe" of the host "h1" cannot be honoured: the program is looked for in PATH.\n  Take it out, or put its directory into the PATH of the login user.',
    ],
    [
      '{ansible_shell_type: powershell}',
      'The variable "ansible_shell_type" of the host "h1" asks for the shell "powershell", but everything runs in sh.\n  Take it out: the login shell of the user does not matter.',
    ],
    [
      '{ansible_ssh_common_args: "-J jump"}',
      'The variable "ansible_ssh_common_args" of the host "h1" holds "-J", which cannot be honoured.\n  Write it as an option: -o ProxyJump=…',
    ],
    [
      '{ansible_ssh_extra_args: "-v"}',
      'The variable "ansible_ssh_extra_args" of the host "h1" holds "-v", which cannot be honoured.\n  Only options of the form -o Name=value are honoured.',
    ],
    [
      '{ansible_ssh_common_args: "-o ProxyJump"}',
      'The variable "ansible_ssh_common_args" of the host "h1" holds "ProxyJump" after -o, which is not Name=value.',
    ],
    [
      `{ansible_ssh_common_args: "-o 'a=b"}`,
      'The variable "ansible_ssh_common_args" of the host "h1" has a quote that is not closed.',
    ],
    [
      'connection:\n  prot: 22',
      'h.yaml:2:3: The variable "connection.prot" of the host "h1" does not exist.\n  Did you mean "port"?',
    ],
    [
      'connection:\n  port: x',
      'h.yaml:2:3: The variable "connection.port" of the host "h1" must be a whole number from 1 to 65535, but is the text "x".',
    ],
    [
      'connection:\n  become:\n    usr: x',
      'h.yaml:3:5: The variable "connection.become.usr" of the host "h1" does not exist.\n  Did you mean "user"?',
    ],
    [
      'connection: ssh',
      'The variable "connection" of the host "h1" must be a map, but is the text "ssh".\n  Write host, port, user, … below it.',
    ],
    [
      'connection: {host_key_checking: maybe}',
      'h.yaml:1:14: The variable "connection.host_key_checking" of the host "h1" must be yes, accept-new, ask or no, but is the text "maybe".',
    ],
    [
      'connection: {known_hosts: 5}',
      'h.yaml:1:14: The variable "connection.known_hosts" of the host "h1" must be a path or a list of paths, but is 5.',
    ],
  ])('%s is refused', (yaml, message) => {
    expect(messageOf(() => connect(yaml))).toBe(message);
  });
});

describe('privilegesOf', () => {
  const password = new Secret('p');

  it('is root by sudo where nothing else is said; variables win over the defaults', () => {
    expect(privilegesOf(quiet)).toEqual([{ method: 'sudo', user: 'root' }]);
    const defaults = { becomeUser: 'a', becomeMethod: 'su', becomePassword: password };
    expect(privilegesOf(quiet, defaults)).toEqual([{ method: 'su', user: 'a', password }]);
    expect(privilegesOf({ ...quiet, user: 'b', method: 'doas', flags: ['-x'] }, defaults)).toEqual([
      { method: 'doas', user: 'b', password, flags: ['-x'] },
    ]);
    expect(() => privilegesOf(quiet, { becomeMethod: 'pbrun' })).toThrow(
      '"pbrun" is no way to become another user.',
    );
  });

  it('goes through several users; root is asked for no password', () => {
    const chain = { ...quiet, user: 'root, postgres', method: 'sudo,su', password, flags: ['-x'] };
    expect(privilegesOf(chain)).toEqual([
      { method: 'sudo', user: 'root', password, flags: ['-x'] },
      { method: 'su', user: 'postgres' },
    ]);
    expect(privilegesOf(quiet, { becomeUser: 'admin,app', becomePassword: password })).toEqual([
      { method: 'sudo', user: 'admin', password },
      { method: 'sudo', user: 'app', password },
    ]);
    expect(() => privilegesOf(quiet, { becomeUser: 'a,b,c', becomeMethod: 'sudo,su' })).toThrow(
      'There are 3 users to become in turn, but 2 methods.',
    );
    expect(connect('{ansible_become_method: "sudo, ansible.builtin.su"}').become.method).toBe('sudo,su');
  });
});
