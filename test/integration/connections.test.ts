import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type PracticeHost, startPracticeHost } from '../../src/practice/host.ts';
import { addFiles, events, hostwright, projectWith, recapOf, resultsOf } from './command.ts';

const password = 'open sesame';

let practice: PracticeHost;
let project: ReturnType<typeof projectWith>;
let place: { readonly cwd: string };
/** A port of this machine that nobody listens on. */
let closedPort: number;

beforeAll(async () => {
  practice = await startPracticeHost({
    user: 'operator',
    password,
    authentication: ['publickey', 'password'],
    sudo: 'password',
  });
  project = projectWith({
    'site.yaml': '- hosts: all\n  tasks:\n    - name: Touch\n      command: id -un\n',
    'key-junk': 'no key\n',
    'known-empty': '',
  });
  place = { cwd: project.directory };
  const keygen = (name: string, passphrase: string) =>
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', '', '-f', name], {
      cwd: project.directory,
    });
  keygen('key-other', '');
  keygen('key-closed', 'secret');
  addFiles(project.directory, {
    'key-loose': readFileSync(`${project.directory}/key-other`),
    'known-other': `[127.0.0.1]:${practice.port} ${readFileSync(`${project.directory}/key-other.pub`, 'utf8')}`,
  });
  chmodSync(`${project.directory}/key-loose`, 0o644);
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closedPort = (server.address() as { port: number }).port;
  await new Promise((resolve) => server.close(resolve));
});
afterAll(async () => {
  project.remove();
  await practice.close();
});

type Variables = Readonly<Record<string, unknown>>;

/** Writes an inventory of one host `h`, the practice host but for the given variables. */
function writeInventory(variables: Variables): void {
  const all = { ...practice.variables, ...variables };
  addFiles(project.directory, { 'hosts.yaml': stringify({ all: { hosts: { h: all } } }) });
}

/** Text with what differs from run to run replaced. */
function stable(text: string): string {
  return (
    text
      .replaceAll(project.directory, 'DIRECTORY')
      .replaceAll(String(practice.port), 'PORT')
      .replaceAll(String(closedPort), 'CLOSED')
      // Without a name server at all.
      .replace(
        'the name server does not answer. Look at /etc/resolv.conf',
        'the name does not resolve. Correct the name',
      )
      .replaceAll(/SHA256:[\w+/]+/g, 'FINGERPRINT')
  );
}

describe('what this machine knows is found before any host is contacted', () => {
  test.each<[string, Variables, string]>([
    [
      'a private key that is missing',
      { ansible_ssh_private_key_file: '/nope/key' },
      'The private key /nope/key does not exist.\n  Correct ansible_ssh_private_key_file.\n',
    ],
    [
      'a private key that is none',
      { ansible_ssh_private_key_file: 'key-junk' },
      'The private key DIRECTORY/key-junk is in no format that is known.\n  OpenSSH and PEM formats are; ssh-keygen -p -f FILE converts.\n',
    ],
    [
      'a private key that others can read',
      { ansible_ssh_private_key_file: 'key-loose' },
      'The private key DIRECTORY/key-loose can be read by others (mode 644).\n  Make it yours alone: chmod 600 DIRECTORY/key-loose\n',
    ],
    [
      'a private key with a passphrase that nobody gave',
      { ansible_ssh_private_key_file: 'key-closed' },
      'The private key DIRECTORY/key-closed is encrypted.\n  Load it into the agent (ssh-add), or give its passphrase.\n',
    ],
    [
      'a connection that does not exist',
      { ansible_connection: 'winrm' },
      'The connection "winrm" of host "h" does not exist.\n  Use one of: ssh, openssh, local, docker, podman, nspawn, netns, chroot.\n',
    ],
    [
      'a port that is none',
      { ansible_port: 'ssh' },
      'The variable "ansible_port" of the host "h" must be a whole number from 1 to 65535, but is the text "ssh".\n',
    ],
    [
      'a way to become root that does not exist',
      { ansible_become: true, ansible_become_method: 'sudoo' },
      'The variable "ansible_become_method" of the host "h" names the unknown method "sudoo".\n  Known are sudo, su, doas, runuser.\n',
    ],
    [
      'an ssh option that cannot be honoured',
      { ansible_ssh_common_args: '-o ForwardAgent=no -D 1080' },
      'The variable "ansible_ssh_common_args" of the host "h" holds "-D", which cannot be honoured.\n  Only options of the form -o Name=value are honoured.\n',
    ],
  ])('%s', async (_name, variables, says) => {
    writeInventory(variables);
    practice.resetTraffic();
    const { code, stdout, stderr } = await hostwright(['run', 'site.yaml', '-i', 'hosts.yaml'], place);
    expect({ code, stdout, stderr: stable(stderr).replace(/^hosts\.yaml:\d+:\d+: /, '') }).toEqual({
      code: 1,
      stdout: '',
      stderr: says,
    });
    expect(practice.traffic().connections).toBe(0);
  });

  test('but not what an earlier task may still make', async () => {
    writeInventory({});
    addFiles(project.directory, {
      'made.yaml': `
- hosts: all
  tasks:
    - name: Make it here
      copy: {content: made, dest: '${project.directory}/made.txt'}
      delegate_to: localhost
    - name: Copy it there
      copy: {src: made.txt, dest: /tmp/made.txt}
`,
    });
    const ran = await events(['run', 'made.yaml', '-i', 'hosts.yaml'], place);
    expect(ran.code).toBe(0);
    expect(recapOf(ran, 'h')).toMatchObject({ changed: 2, failed: 0 });
  });

  test('and not the files of tasks that the tags leave out', async () => {
    writeInventory({});
    addFiles(project.directory, {
      'tagged.yaml': `
- hosts: all
  tasks:
    - {copy: {src: nope, dest: /tmp/nope}, tags: later}
    - {command: id, tags: now}
`,
    });
    expect((await hostwright(['run', 'tagged.yaml', '-i', 'hosts.yaml', '-t', 'now'], place)).code).toBe(0);
    expect((await hostwright(['run', 'tagged.yaml', '-i', 'hosts.yaml'], place)).code).toBe(1);
  });
});

describe('what the host says', () => {
  test.each<[string, Variables, 'failed' | 'unreachable', string]>([
    [
      'a port that nobody listens on',
      {
        get ansible_port() {
          return closedPort;
        },
      },
      'unreachable',
      'h (127.0.0.1:CLOSED) refused the connection. Is sshd running there, and is this its port (ansible_port)?',
    ],
    [
      'a name that does not resolve',
      { ansible_host: 'no.such.host.invalid', ansible_port: 22 },
      'unreachable',
      'h (no.such.host.invalid:22) cannot be found: the name does not resolve. Correct the name, or give its address in ansible_host.',
    ],
    [
      'a key that it does not take',
      { ansible_ssh_private_key_file: 'key-other' },
      'unreachable',
      'operator cannot log in to h (127.0.0.1:PORT): tried the key DIRECTORY/key-other; the host accepts publickey, password. Check ansible_user, ansible_ssh_private_key_file and ansible_password, or load a key into the agent (ssh-add).',
    ],
    [
      'a wrong password',
      { ansible_ssh_private_key_file: null, ansible_password: 'wrong' },
      'unreachable',
      'operator cannot log in to h (127.0.0.1:PORT): tried the password; the host accepts publickey, password. Check ansible_user, ansible_ssh_private_key_file and ansible_password, or load a key into the agent (ssh-add).',
    ],
    [
      'another host key than the known one',
      { connection: { known_hosts: 'known-other' } },
      'unreachable',
      "The host key of [127.0.0.1]:PORT has changed: it shows ssh-ed25519 FINGERPRINT, known is ssh-ed25519 FINGERPRINT in DIRECTORY/known-other:1. Somebody may sit between, or the host was set up anew. Only when you know which: ssh-keygen -R '[127.0.0.1]:PORT', and connect again.",
    ],
    [
      'a host key that is not known',
      { connection: { known_hosts: 'known-empty' } },
      'unreachable',
      'The host key of [127.0.0.1]:PORT is not known: it is ssh-ed25519 FINGERPRINT, and stands in none of DIRECTORY/known-empty. Compare the fingerprint on the host itself (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub), then add the key, or run with StrictHostKeyChecking=accept-new.',
    ],
    [
      'a wrong become password',
      { ansible_become: true, ansible_become_password: 'wrong' },
      'failed',
      'Cannot become root with sudo: the password was refused. It was tried once only, so that the account is not locked. Give the right one with -K or ansible_become_password.',
    ],
    [
      'no become password where one is asked for',
      { ansible_become: true },
      'failed',
      'Cannot become root with sudo: a password is needed and none was given. It said: "sudo: a password is required". Give one with -K (--ask-become-pass) or ansible_become_password, or allow it without one (NOPASSWD).',
    ],
  ])('%s', async (_name, variables, status, msg) => {
    writeInventory(variables);
    const ran = await events(['run', 'site.yaml', '-i', 'hosts.yaml'], {
      ...place,
      environment: { HOME: project.directory, SSH_AUTH_SOCK: '' },
    });
    expect(ran.stderr).toBe('');
    expect(resultsOf(ran).map(({ status, result }) => ({ status, msg: stable(String(result.msg)) }))).toEqual(
      [{ status, msg }],
    );
    expect(ran.code).toBe(status === 'failed' ? 2 : 4);
    expect(ran.events.at(-1)).toMatchObject({ type: 'runEnd', exitCode: ran.code });
    expect(recapOf(ran, 'h')).toEqual({
      ...{ ok: 0, changed: 0, failed: 0, skipped: 0, unreachable: 0, rescued: 0, ignored: 0 },
      [status]: 1,
    });
  });

  test.each<[string, Variables, string]>([
    ['the right password', { ansible_ssh_private_key_file: null, ansible_password: password }, 'operator'],
    ['the right become password', { ansible_become: true, ansible_become_password: password }, 'root'],
    [
      "Ansible's way to name known hosts",
      {
        get ansible_ssh_common_args() {
          return `-o UserKnownHostsFile=${practice.knownHostsFile} -o StrictHostKeyChecking=yes`;
        },
        connection: {},
      },
      'operator',
    ],
    [
      'the cipher that is loaded when it is needed',
      { ansible_ssh_common_args: '-o Ciphers=chacha20-poly1305@openssh.com' },
      'operator',
    ],
    [
      'no look at the host key, where that was asked for',
      { connection: {}, ansible_host_key_checking: false },
      'operator',
    ],
  ])('works with %s', async (_name, variables, user) => {
    writeInventory(variables);
    const ran = await events(['run', 'site.yaml', '-i', 'hosts.yaml'], {
      ...place,
      environment: { HOME: project.directory, SSH_AUTH_SOCK: '' },
    });
    expect(ran.code).toBe(0);
    expect(resultsOf(ran)[0]?.result.stdout).toBe(practice.separateUsers ? user : expect.any(String));
  });

  test('works with an alias of ~/.ssh/config, which the inventory does not know', async () => {
    const { ansible_ssh_private_key_file: key } = practice.variables as {
      ansible_ssh_private_key_file: string;
    };
    const config = `
Host other
  User nobody
Host alias-*
  HostName 127.0.0.1
  Port ${practice.port}
  User operator
  IdentityFile ${key}
  UserKnownHostsFile ${practice.knownHostsFile}
`;
    addFiles(project.directory, { '.ssh/config': config });
    const environment = { HOME: project.directory, SSH_AUTH_SOCK: '' };
    const ran = await events(['run', 'site.yaml', '-i', 'alias-one,'], { ...place, environment });
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
    expect(resultsOf(ran)[0]?.result.stdout).toBe(practice.separateUsers ? 'operator' : expect.any(String));

    addFiles(project.directory, { '.ssh/config': `${config}  Prot 1\n` });
    const wrong = await hostwright(['run', 'site.yaml', '-i', 'alias-one,'], { ...place, environment });
    expect(wrong.code).toBe(1);
    expect(stable(wrong.stderr)).toMatch(
      /^DIRECTORY\/\.ssh\/config:10:1: This line of the configuration of ssh sets prot, which is not known here\.\n/,
    );
    addFiles(project.directory, { '.ssh/config': '' });
  });
});
