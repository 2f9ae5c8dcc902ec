import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, recapOf, resultsOf } from '../integration/command.ts';
import { type Host, lab } from './lab.ts';

/** Playbooks with the spellings that Ansible's users have in their fingers. */
const directory = join(import.meta.dirname, 'playbooks');

describe('playbooks in the style of Ansible, on two hosts', () => {
  let hosts: readonly Host[];
  let inventory: string;

  beforeAll(async () => {
    hosts = await Promise.all([lab.host({ name: 'web1' }), lab.host({ name: 'web2', backend: 'ifupdown' })]);
    inventory = join(lab.directory, 'web.yaml');
    const groups = { webservers: ['web1', 'web2'] };
    await writeFile(inventory, lab.inventory([...hosts], { user: 'nopasswd', groups }));
  });
  afterAll(() => lab.down());

  /** What a host has after both runs, as a shell on it prints it. */
  const left: Readonly<
    Record<string, { readonly script: string; readonly prints: (host: string) => string }>
  > = {
    'web.yml': {
      script: `cat /etc/web/web.conf /srv/example.net/index.html; stat -c '%a %U' /etc/web/web.conf /srv/example.com
        systemctl is-active lab-clock; ls /etc/web`,
      prints: (host) => `# ${host}
workers ${host === 'web2' ? 4 : 'auto'};
server {
  listen 8080;
  server_name example.com www.example.com example.org;
}
server {
  listen 8080;
  server_name example.net;
}
<h1>example.net on ${host}</h1>
640 root
755 www-data
active
mime.types
sites.d
web.conf
`,
    },
    'users.yml': {
      script: `id -nG ada; cut -d' ' -f3 ~ada/.ssh/authorized_keys; stat -c '%a %U' ~ada/.ssh/authorized_keys
        sudo -n -u ada sudo -n id -un; cat /etc/ssh/sshd_config.d/90-site.conf`,
      prints: () => `ada adm sudo admins
ada@office
600 ada
root
PermitRootLogin prohibit-password
`,
    },
    'kernel.yml': {
      script: `cat /etc/sysctl.d/99-site.conf /proc/sys/net/ipv4/ip_forward /etc/cron.d/clean; grep site /etc/hosts | cut -d' ' -f2-
        grep ^UMASK /etc/login.defs | tr -d '\\t '`,
      prints: () => `net.ipv4.conf.all.rp_filter=2
net.ipv4.ip_forward=1
1
PATH=/usr/sbin:/usr/bin:/sbin:/bin
17 * * * * root find /tmp -mtime +3 -delete
BEGIN site
web1.site web1
web2.site web2
END site
UMASK027
`,
    },
    'order.yml': {
      script: 'cat /var/tmp/visitors 2>/dev/null; true',
      prints: (host) => (host === 'web1' ? 'web1\nweb2\n' : ''),
    },
    'trouble.yml': {
      script: 'cat /var/tmp/note; ls /var/tmp/note.taken; wc -l < /run/tries',
      prints: () => 'Try: 1\n/var/tmp/note.taken\n4\n',
    },
  };

  test.each(Object.entries(left))('%s', async (playbook, { script, prints }) => {
    const run = () => events(['run', playbook, '-i', inventory, '--diff'], { cwd: directory });
    for (const again of [false, true]) {
      const ran = await run();
      expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
      for (const { name } of hosts) {
        expect(recapOf(ran, name)).toMatchObject({ failed: 0, unreachable: 0 });
        if (!again) continue;
        const changed = resultsOf(ran).filter(({ host, status }) => host === name && status === 'changed');
        expect(changed.map(({ task, diff }) => `${task}\n${diff ?? ''}`)).toEqual([]);
        expect(recapOf(ran, name)?.changed).toBe(0);
      }
    }
    for (const host of hosts) {
      expect((await host.exec(script)).stdout).toBe(prints(host.name));
    }
  });
});
