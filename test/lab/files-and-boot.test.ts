import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { events, recapOf, resultsOf } from '../integration/command.ts';
import { type Host, lab } from './lab.ts';

const playbook = `
- hosts: all
  become: true
  tasks:
    - {name: web answers, ansible.builtin.uri: {url: "{{ web }}/health"}, register: health, until: health.json.well, retries: 3, delay: 0}
    - name: tool
      ansible.builtin.get_url: {url: "{{ web }}/tool", dest: /usr/local/bin/tool, mode: '0755', checksum: "sha256:{{ web }}/SHA256SUMS"}
    - {name: application directory, file: {path: /opt/app, state: directory, owner: operator}}
    - {name: application, ansible.builtin.unarchive: {src: app.tar.gz, dest: /opt/app, owner: operator, group: operator}}
    - name: port
      community.general.xml: {path: /opt/app/server.xml, xpath: /server/connector, attribute: port, value: '8081'}
    - {name: scratch, ansible.posix.mount: {path: /srv/scratch, src: tmpfs, fstype: tmpfs, opts: "size=1m,mode=1777", state: mounted}}
    - name: sweep
      ansible.builtin.cron: {name: sweep, special_time: daily, job: /usr/local/bin/tool, user: operator}
    - {name: variable, cron: {name: MAILTO, env: true, value: root, user: operator}}
    - {name: in a file, cron: {name: sweep, minute: 5, job: /bin/true, cron_file: sweep}}
    - name: known
      known_hosts: {name: git.example.net, path: /etc/ssh/ssh_known_hosts, hash_host: true, key: "git.example.net {{ key }}"}
    - {name: packed, archive: {path: /opt/app, dest: /var/backups/app.tar.gz}}
    - {name: kept here, fetch: {src: /var/backups/app.tar.gz, dest: kept}}
    - name: restarted once
      tags: [never, restart]
      block:
        - {name: boot before, command: cat /proc/sys/kernel/random/boot_id, register: before, changed_when: false}
        - {name: restart, ansible.builtin.reboot: {reboot_timeout: 60, test_command: findmnt /srv/scratch}, register: restart}
        - {name: boot after, command: cat /proc/sys/kernel/random/boot_id, register: after, changed_when: false}
        - {name: another boot, assert: {that: [before.stdout != after.stdout, restart.rebooted, restart.changed]}}
`;

let host: Host;
let server: Server;
let directory: string;
let inventory: string;

beforeAll(async () => {
  host = await lab.host({ name: 'boot' });
  // The lab's hosts fetch with what many small systems have.
  await host.write('/usr/local/bin/wget', '#!/bin/sh\nexec busybox wget "$@"\n');
  await host.inside('chmod 755 /usr/local/bin/wget');
  let asked = 0;
  server = createServer((request, response) => {
    if (request.url === '/health') {
      asked += 1;
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ well: asked > 1 }));
    } else if (request.url === '/tool') response.end('#!/bin/sh\necho tool\n');
    else if (request.url === '/SHA256SUMS')
      response.end(
        `${execFileSync('sha256sum', { input: '#!/bin/sh\necho tool\n' }).toString().slice(0, 64)}  tool\n`,
      );
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, lab.lan.address, resolve));
  directory = join(lab.directory, 'files-and-boot');
  mkdirSync(join(directory, 'app'), { recursive: true });
  writeFileSync(
    join(directory, 'app/server.xml'),
    '<server>\n  <!-- kept -->\n  <connector port="8080"/>\n</server>\n',
  );
  writeFileSync(join(directory, 'app/run'), '#!/bin/sh\n', { mode: 0o750 });
  execFileSync('tar', ['-czf', join(directory, 'app.tar.gz'), '-C', join(directory, 'app'), 'run']);
  writeFileSync(join(directory, 'site.yml'), playbook);
  inventory = join(directory, 'hosts.yml');
  writeFileSync(inventory, host.inventory({ user: 'nopasswd' }));
  await host.write('/root/server.xml', readFileSync(join(directory, 'app/server.xml'), 'utf8'));
  await host.inside('mkdir -p /opt/app && cp /root/server.xml /opt/app/');
});
afterAll(async () => {
  server.close();
  await host.down();
});

test('files from everywhere, mounts, jobs and a restart; a second run changes nothing', async () => {
  const { port } = server.address() as AddressInfo;
  const web = `http://${lab.lan.address}:${port}`;
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDummyKeyForTheDocumentationOnly0000000000000';
  const run = (...more: string[]) =>
    events(['run', 'site.yml', '-i', inventory, '-e', JSON.stringify({ web, key }), '--diff', ...more], {
      cwd: directory,
    });
  const first = await run('--tags', 'all,restart');
  const failed = resultsOf(first).filter(({ status }) => status === 'failed');
  expect(failed.map(({ task, result }) => `${task}: ${result.msg}`)).toEqual([]);
  expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' });
  expect(resultsOf(first, 'web answers')[0]?.result).toMatchObject({
    attempts: 2,
    status: 200,
    json: { well: true },
  });
  const second = await run();
  const changed = resultsOf(second).filter(({ status }) => status === 'changed');
  expect(changed.map(({ task, diff }) => `${task}\n${diff ?? ''}`)).toEqual([]);
  expect(recapOf(second, 'boot')).toMatchObject({ changed: 0, failed: 0 });

  const left = await host.inside(`
    tool; stat -c '%a %U %n' /usr/local/bin/tool /opt/app/run; cat /opt/app/server.xml
    findmnt -no SOURCE,FSTYPE /srv/scratch; grep scratch /etc/fstab
    crontab -u operator -l; cat /etc/cron.d/sweep
    ssh-keygen -F git.example.net -f /etc/ssh/ssh_known_hosts | wc -l
    tar -tzf /var/backups/app.tar.gz | sort`);
  expect(left.stdout).toBe(`tool
755 root /usr/local/bin/tool
750 operator /opt/app/run
<server>
  <!-- kept -->
  <connector port="8081"/>
</server>
tmpfs  tmpfs
tmpfs /srv/scratch tmpfs size=1m,mode=1777 0 0
MAILTO="root"
#Ansible: sweep
@daily /usr/local/bin/tool
#Ansible: sweep
5 * * * * root /bin/true
2
app/
app/run
app/server.xml
`);
  const here = readFileSync(join(directory, 'kept/boot/var/backups/app.tar.gz'));
  expect(here.length).toBeGreaterThan(100);
});

test('a host that does not come back in time is said to be lost, with the reason', async () => {
  const lost = join(directory, 'lost.yml');
  writeFileSync(
    lost,
    '- {hosts: all, become: true, tasks: [{name: off, reboot: {reboot_command: poweroff, reboot_timeout: 4, connect_timeout: 1}}]}\n',
  );
  const ran = await events(['run', lost, '-i', inventory], { cwd: directory });
  expect(ran.code).toBe(2);
  expect(resultsOf(ran, 'off')[0]?.result.msg).toContain(
    'The host boot was not back 4 seconds after its restart.',
  );
});
