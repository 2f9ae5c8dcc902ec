import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnyModule } from '../../src/core/module.ts';
import { authorizedKey } from '../../src/modules/system/authorized_key.ts';
import { group } from '../../src/modules/system/group.ts';
import { hostname } from '../../src/modules/system/hostname.ts';
import { modprobe } from '../../src/modules/system/modprobe.ts';
import { sysctl } from '../../src/modules/system/sysctl.ts';
import { timezone } from '../../src/modules/system/timezone.ts';
import { user } from '../../src/modules/system/user.ts';
import { type Host, lab } from './lab.ts';
import { moduleBench } from './module-bench.ts';

let host: Host;
const { plan, perform } = moduleBench(() => host);

beforeAll(async () => {
  host = await lab.host({ name: 'accounts' });
});
afterAll(() => host.down());

/** All that these modules could touch, but for what changes by itself. */
const state = async () =>
  (
    await host.exec(
      `cat /etc/passwd /etc/group /etc/hostname /etc/timezone; cut -d: -f 1,2,7,8 /etc/shadow
      readlink /etc/localtime; hostname; find /home /etc/sysctl.d /etc/modules-load.d -printf '%M %u %g %p %l\\n' | sort
      cat /home/*/.ssh/authorized_keys /etc/modules /etc/sysctl.conf /etc/sysctl.d/*; sysctl net.ipv4.ip_forward net.ipv4.conf.eth0.log_martians`,
    )
  ).stdout;

async function thereAndBack(module: AnyModule, params: Record<string, unknown>, goesBack = true) {
  const before = await state();
  const done = await perform(module, params);
  expect(await plan(module, params)).toBeNull();
  const during = await state();
  expect(during).not.toBe(before);
  expect(await done.undo()).toBe(goesBack);
  if (goesBack) expect(await state()).toBe(before);
  return done;
}

const HASH =
  '$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCeNMo5BqzFo0BTYtm4NwoQKfBdvBf4TPFZTRJ0aVQb anna@desk';

describe('accounts', () => {
  test('group: makes, renumbers, removes', async () => {
    await thereAndBack(group, { name: 'readers', gid: 4321 });
    await perform(group, { name: 'readers', system: true });
    await thereAndBack(group, { name: 'readers', gid: 4322 });
    await host.exec('usermod -aG readers operator');
    await thereAndBack(group, { name: 'readers', state: 'absent' });
    await perform(group, { name: 'readers', state: 'absent' });
  });

  test('user: a key of its own, and how long its password holds; undo takes them back', async () => {
    await perform(user, { name: 'carla', umask: '0077', ssh_key_type: 'ed25519', generate_ssh_key: true });
    const look = () =>
      host.exec(
        'stat -c "%a %U" /home/carla /home/carla/.ssh /home/carla/.ssh/id_*; chage -l carla | tail -3',
      );
    const made = (await look()).stdout;
    expect(made.split('\n').slice(0, 4)).toEqual(['700 carla', '700 carla', '600 carla', '644 carla']);
    const more = {
      name: 'carla',
      generate_ssh_key: true,
      ssh_key_file: '.ssh/deploy',
      ssh_key_comment: 'for us',
    };
    const done = await perform(user, { ...more, password_expire_max: 60, password_expire_warn: 3 });
    expect(done.result.ssh_public_key).toMatch(/^ssh-rsa \S+ for us$/);
    expect((await look()).stdout).toContain('Maximum number of days between password change\t\t: 60');
    expect(await plan(user, { ...more, password_expire_max: 60 })).toBeNull();
    expect(await done.undo()).toBe(true);
    expect((await look()).stdout).toBe(made);
    await perform(user, { name: 'carla', state: 'absent', remove: true });
  });

  test('user: makes with groups and a password, and undo removes it whole', async () => {
    const done = await thereAndBack(user, {
      name: 'anna',
      comment: 'Anna of the office',
      groups: ['sudo', 'adm'],
      shell: '/bin/bash',
      password: HASH,
      uid: 4000,
    });
    expect(done.result).toMatchObject({ name: 'anna', state: 'present', uid: 4000 });
  });

  test('user: changes one that is there, keeps its group, and goes back', async () => {
    await host.exec('groupadd bert');
    await perform(user, { name: 'bert' });
    expect((await host.exec('id -Gn bert; stat -c "%U %a" /home/bert')).stdout).toMatch(
      /^bert\nbert 7[05][05]\n$/,
    );
    await thereAndBack(user, { name: 'bert', groups: 'adm', append: true });
    await thereAndBack(user, { name: 'bert', shell: '/bin/bash', comment: 'B', uid: 4100, group: 'users' });
    await thereAndBack(user, { name: 'bert', home: '/srv/bert', move_home: true });
    await thereAndBack(user, { name: 'bert', password: HASH });
    await perform(user, { name: 'bert', password: HASH });
    await thereAndBack(user, { name: 'bert', password_lock: true });
    await thereAndBack(user, { name: 'bert', expires: 1_900_000_000 });
    expect((await host.exec('ps ax | grep -c saltsal[t]')).stdout).toBe('0\n');
    await thereAndBack(user, { name: 'bert', state: 'absent', remove: true }, false);
  });

  test('authorized_key: opens the login, and sshd agrees', async () => {
    await perform(user, { name: 'carl' });
    await thereAndBack(authorizedKey, { user: 'carl', key: KEY });
    const key = (await host.exec('cat /root/.ssh/authorized_keys | head -n 1')).stdout.trim();
    await perform(authorizedKey, { user: 'carl', key, key_options: 'no-pty' });
    await perform(authorizedKey, { user: 'carl', key: KEY });
    expect(
      (await host.exec('stat -c "%a %U %G" /home/carl/.ssh /home/carl/.ssh/authorized_keys')).stdout,
    ).toBe('700 carl carl\n600 carl carl\n');
    const { run } = await import('./process.ts');
    const command = host.sshCommand().map((word) => word.replace(/^root@/, 'carl@'));
    expect((await run([...command, 'id', '-un'])).stdout).toBe('carl\n');
    await thereAndBack(authorizedKey, { user: 'carl', key: KEY, state: 'absent' });
    await thereAndBack(authorizedKey, { user: 'carl', key: KEY, exclusive: true });
  });
});

describe('the system', () => {
  test('sysctl: file and kernel', async () => {
    const file = '/etc/sysctl.d/90-test.conf';
    await thereAndBack(sysctl, { name: 'net.ipv4.conf.eth0.log_martians', value: 1, sysctl_file: file });
    await perform(sysctl, { name: 'net.ipv4.ip_forward', value: 1, sysctl_file: file });
    expect(await host.read('/proc/sys/net/ipv4/ip_forward')).toBe('1\n');
    expect(await host.read(file)).toBe('net.ipv4.ip_forward=1\n');
    await thereAndBack(sysctl, { name: 'net.ipv4.ip_forward', value: 0, sysctl_file: file });
    await thereAndBack(sysctl, { name: 'net.ipv4.ip_forward', state: 'absent', sysctl_file: file });
  });

  test('hostname and timezone', async () => {
    await thereAndBack(hostname, { name: 'kvm1.example.net' });
    await perform(hostname, { name: 'kvm1' });
    expect((await host.exec('hostnamectl --static; hostname')).stdout).toBe('kvm1\nkvm1\n');
    await thereAndBack(timezone, { name: 'Asia/Shanghai' });
    await perform(timezone, { name: 'Asia/Shanghai' });
    expect((await host.exec('date +%Z; timedatectl show -p Timezone --value')).stdout).toBe(
      'CST\nAsia/Shanghai\n',
    );
  });

  test('modprobe: at every start', async () => {
    // The kernel is the machine's own; what is loaded stays.
    const name = (await host.exec('ls -d /sys/module/*/ | head -n 1')).stdout.trim().split('/').at(-2) ?? '';
    await thereAndBack(modprobe, { name, persistent: 'present' });
    await host.exec(`printf '%s\\n' other ${name} ${name}x > /etc/modules`);
    await thereAndBack(modprobe, { name, persistent: 'absent' });
  });
});
