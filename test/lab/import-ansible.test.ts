import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Host, lab } from './lab.ts';

const root = join(import.meta.dirname, '..', '..');
const fixtures = join(root, 'test', 'ansible', 'fixtures');

/** The command as a user runs it. */
function hostwright(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const command = [join(root, 'bin', 'hostwright.js'), ...args];
    execFile(process.execPath, command, { maxBuffer: 64e6 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

/** What the imported role leaves on the host. */
const ROLES = [
  {
    role: 'timekeeping',
    // No network to install from: the configuration and the directories are what is shown.
    variables: ['-e', 'timekeeping_install=false'],
    proof: 'cat /etc/chrony/chrony.conf; stat -c %a /etc/chrony/chrony.conf',
    shows: [
      'pool 0.pool.example.net iburst\n',
      'server time1.example.net iburst prefer\nserver time2.example.net\n',
      'makestep 1.0 3\nport 0\n',
      '\n644\n',
    ],
  },
  {
    role: 'accounts',
    variables: [],
    proof: 'getent passwd mara timo; id -nG mara; cat ~mara/.ssh/authorized_keys /etc/sudoers.d/90-accounts',
    shows: [
      /^mara:x:\d+:\d+:Mara of the night shift:.*:\/bin\/bash$/m,
      /^timo:x:.*:\/bin\/sh$/m,
      /^mara operators$/m,
      'mara@desk\n',
      'mara ALL=(ALL) ALL\n',
    ],
  },
  {
    role: 'hardening',
    variables: [],
    proof:
      'sshd -T | grep -Ei "maxauthtries|x11forwarding"; cat /etc/sysctl.d/9*-hardening*.conf /etc/issue.net; grep ^UMASK /etc/login.defs; stat -c %a /etc/ssh/sshd_config',
    shows: [
      'maxauthtries 4\n',
      'x11forwarding no\n',
      '# Managed by Hostwright\n#\nnet.ipv4.conf.all.accept_redirects = 0\n',
      'kernel.unprivileged_bpf_disabled = 1\n',
      'This host is watched.\nName: ',
      'UMASK 027\n',
      '\n600\n',
    ],
  },
] as const;

describe('roles of Ansible, imported and run on a real host', () => {
  let host: Host;
  let inventory: string;
  let project: string;
  beforeAll(async () => {
    host = await lab.host();
    project = join(lab.directory, 'imported');
    await mkdir(project, { recursive: true });
    inventory = join(lab.directory, 'imported.yaml');
    await writeFile(inventory, lab.inventory([host]));
  });

  test.each(ROLES)(
    '$role: changes the host, and a second time nothing',
    async ({ role, variables, proof, shows }) => {
      const imported = await hostwright(
        'import',
        'ansible',
        join(fixtures, role),
        '-o',
        join(project, 'roles', role),
      );
      expect(imported).toMatchObject({ code: 0, stderr: '' });
      expect(imported.stdout).toContain(' 0 lines need you.\n');
      const playbook = join(project, `${role}.yaml`);
      await writeFile(playbook, `- hosts: all\n  roles:\n    - ${role}\n`);
      const run = async () => {
        const ran = await hostwright('run', playbook, '-i', inventory, '--reporter', 'json', ...variables);
        expect(ran.code, ran.stdout + ran.stderr).toBe(0);
        const end = JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? '');
        return Object.values(end.recap)[0] as Record<string, number>;
      };
      const first = await run();
      expect(first).toMatchObject({ failed: 0, unreachable: 0 });
      expect(first.changed).toBeGreaterThan(1);
      const { stdout } = await host.exec(proof);
      for (const part of shows) {
        if (typeof part === 'string') expect(stdout).toContain(part);
        else expect(stdout).toMatch(part);
      }
      expect(await run()).toMatchObject({ changed: 0, failed: 0, unreachable: 0 });
    },
  );
});
