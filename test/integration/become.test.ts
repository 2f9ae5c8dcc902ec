import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type PracticeHost, startPracticeHost } from '../../src/practice/host.ts';
import { addFiles, events, projectWith, resultsOf, root } from './command.ts';

const password = 'open sesame';

let practice: PracticeHost;
let project: ReturnType<typeof projectWith>;

beforeAll(async () => {
  practice = await startPracticeHost({ user: 'operator', password, sudo: 'password' });
  project = projectWith({
    'hosts.yaml': practice.inventory,
    password: `${password}\n`,
    'who.yaml': `
- hosts: all
  become: true
  environment: {FROM_PLAY: play, BOTH: play}
  tasks:
    - name: Root
      shell: 'echo "$(id -un) $FROM_PLAY $BOTH"'
      environment: {BOTH: "{{ 'task' }}"}
      changed_when: false
    - name: Somebody else
      command: id -un
      become_user: operator
      changed_when: false
    - name: Nobody else
      command: id -un
      become: no
      changed_when: false
`,
  });
});
afterAll(async () => {
  project.remove();
  await practice.close();
});

const said = (ran: Awaited<ReturnType<typeof events>>) => resultsOf(ran).map(({ result }) => result.stdout);
/** Where the practice host is no more than a directory, all its users are one. */
const expected = () =>
  practice.separateUsers
    ? ['root play task', 'operator', 'operator']
    : [expect.stringMatching(/ play task$/), expect.any(String), expect.any(String)];

describe('become', () => {
  test('with a password file', async () => {
    const ran = await events(['run', 'who.yaml', '-i', 'hosts.yaml', '--become-password-file', 'password'], {
      cwd: project.directory,
    });
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
    expect(said(ran)).toEqual(expected());
  });

  test.each([
    ['a password of the environment', { ANSIBLE_BECOME_PASS: password }],
    ['the same by our name', { HOSTWRIGHT_BECOME_PASS: password, ANSIBLE_BECOME_PASS: 'wrong' }],
    ['a file that the environment names', { ANSIBLE_BECOME_PASSWORD_FILE: 'password' }],
  ])('with %s, which no program is handed on', async (_, environment) => {
    addFiles(project.directory, {
      'local.yaml': `- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n    - name: Here\n      shell: env | grep -c BECOME_PASS= || true\n`,
    });
    const place = { cwd: project.directory, environment };
    const ran = await events(['run', 'who.yaml', '-i', 'hosts.yaml', '-vvv'], place);
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
    expect(said(ran)).toEqual(expected());
    const here = await events(['run', 'local.yaml', '-i', 'localhost,'], place);
    expect(said(here)).toEqual(['0']);
    expect(ran.stdout + here.stdout).not.toContain(password);
  });

  test('with a password in the inventory, which nothing prints', async () => {
    const variables = { ...practice.variables, ansible_become_password: password };
    addFiles(project.directory, { 'secret.yaml': stringify({ all: { hosts: { practice: variables } } }) });
    addFiles(project.directory, {
      'leak.yaml': `- hosts: all\n  tasks:\n    - name: Leak\n      command: echo {{ ansible_become_password }}\n`,
    });
    const cwd = project.directory;
    const ran = await events(['run', 'who.yaml', '-i', 'secret.yaml', '-vvv'], { cwd });
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
    expect(said(ran)).toEqual(expected());
    const leak = await events(['run', 'leak.yaml', '-i', 'secret.yaml', '-b', '-vvv'], { cwd });
    expect(leak.code).toBe(0);
    expect(leak.stdout).not.toContain(password);
  });

  test.skipIf(process.platform !== 'linux')('with a password asked for on the terminal, unseen', async () => {
    const command = `${process.execPath} ${join(root, 'bin', 'hostwright.js')} run who.yaml -i hosts.yaml -K --reporter plain -v`;
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      cwd: project.directory,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, TERM: 'xterm', NO_COLOR: '1' },
    });
    let screen = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const asked = screen.includes('assword:');
      screen += chunk.toString();
      if (!asked && screen.includes('assword:')) child.stdin.write(`${password}\r`);
    });
    const [code] = await once(child, 'close');
    expect(screen).toMatch(/^become password: \r?\n/i);
    expect(screen).not.toContain(password);
    expect(screen).toContain(practice.separateUsers ? 'stdout: root play task' : ' play task');
    expect(code).toBe(0);
  });
});
