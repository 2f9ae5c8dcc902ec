import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Event, events, recapOf, resultsOf, root } from '../integration/command.ts';
import { type Host, lab } from './lab.ts';

const PLAYBOOK = `
- name: Networks and a guest
  hosts: all
  gather_facts: false
  vars:
    address: 10.94.1.1
    prefix: 24
    dhcp_start: 10.94.1.10
    dhcp_end: 10.94.1.99
  tasks:
    - name: Network from a template
      libvirt_network: {name: templated, template: nat-network.xml.hbs, state: active}
      vars: {name: templated}
    - name: Network from a model
      libvirt_network: {name: modelled, forward: none, ips: [{address: 10.94.2.1/24}], state: active, autostart: yes}
    - name: Guest from a template
      libvirt_domain: {name: "web 1", template: domain.xml.hbs, state: running}
      vars:
        name: web 1
        type: qemu
        memory: 48
        vcpus: 1
        disks: [{path: "/root/a&b.img", format: raw, device: vda}]
        networks: [templated, modelled]
    - name: Pulled cable
      libvirt_nic: {domain: web 1, match: {network: modelled}, link: down}
    - name: Everything kept
      libvirt_backup: {}
    - name: Everything told
      libvirt_facts: {}
      register: found
    - name: Two cards
      assert: {that: [found.nics.size() == 2]}
`;

let host: Host;
let inventory: string;
const directory = () => lab.directory;
const run = (...args: string[]) =>
  events([...args, ...(args[0] === 'run' ? ['-i', inventory] : []), '--diff'], {
    cwd: directory(),
    environment: { HOSTWRIGHT_RUNS: join(directory(), 'runs') },
  });
const statuses = (ran: { readonly events: readonly Event[] }) =>
  resultsOf(ran).map(({ task, status }) => `${task}: ${status}`);
const said = async (script: string) => (await host.inside(`export LC_ALL=C; ${script}`)).stdout.trim();

beforeAll(async () => {
  host = await lab.host({ name: 'playbook', libvirt: true });
  await host.inside('echo LANG=zh_CN.UTF-8 > /etc/default/locale; truncate -s 1M "/root/a&b.img"');
  inventory = join(directory(), 'hosts.yaml');
  await writeFile(inventory, host.inventory({ user: 'nopasswd' }));
  await mkdir(join(directory(), 'templates'));
  await cp(join(root, 'templates', 'libvirt'), join(directory(), 'templates'), { recursive: true });
  await writeFile(join(directory(), 'all.yaml'), PLAYBOOK);
});
afterAll(() => lab.down());

const CHANGED = [
  'Network from a template: changed',
  'Network from a model: changed',
  'Guest from a template: changed',
  'Pulled cable: changed',
  'Everything kept: changed',
  'Everything told: ok',
  'Two cards: ok',
];

test('a check run says what the run does, the second run does nothing, undo takes all of it back but the backup', async () => {
  const before = await said('virsh net-list --all --name; virsh list --all --name');
  const check = await run('run', 'all.yaml', '-b', '--check');
  expect({ code: check.code, stderr: check.stderr, ran: statuses(check) }).toEqual({
    code: 0,
    stderr: '',
    ran: CHANGED,
  });
  expect(await said('virsh net-list --all --name; virsh list --all --name')).toBe(before);
  const first = await run('run', 'all.yaml', '-b');
  expect({ code: first.code, stderr: first.stderr, ran: statuses(first) }).toEqual({
    code: 0,
    stderr: '',
    ran: CHANGED,
  });
  const diffs = (ran: typeof first) => resultsOf(ran).map(({ diff }) => diff);
  expect(diffs(first).slice(0, 3)).toEqual(diffs(check).slice(0, 3));
  expect(
    await said("virsh domiflist 'web 1' | grep -c network; virsh -q net-list --all | grep -c ' active'"),
  ).toBe('2\n3');
  const second = await run('run', 'all.yaml', '-b');
  expect(recapOf(second, 'playbook')).toMatchObject({ changed: 0, failed: 0 });

  const undo = ['undo', String(first.events.at(-1)?.runId), '--yes'];
  const taken = (ran: typeof first) => ({
    code: ran.code,
    failed: recapOf(ran, 'playbook')?.failed,
    changed: statuses(ran).filter((line) => line.endsWith(': changed') && !line.includes('kept')).length,
  });
  expect(taken(await run(...undo, '--check'))).toEqual({ code: 0, failed: 0, changed: 4 });
  // Somebody has set another hand to the network since: that step is refused, and the others are done.
  await said('virsh net-autostart modelled --disable');
  expect(taken(await run(...undo))).toEqual({ code: 2, failed: 1, changed: 3 });
  await said('virsh net-autostart modelled');
  expect(taken(await run(...undo))).toEqual({ code: 0, failed: 0, changed: 1 });
  expect(await said('virsh net-list --all --name; virsh list --all --name')).toBe(before);
  // A backup outlives what comes after it.
  expect(await said('ls /var/lib/hostwright/libvirt/backups*/*/networks/default.xml | wc -l')).toBe('1');
});
