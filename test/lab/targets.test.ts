import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { addFiles, events, projectWith, recapOf, resultsOf } from '../integration/command.ts';
import { type Host, lab } from './lab.ts';

/** Hosts as they are: login shells, start-up files that print, the `sh` and the tools there, places that cannot be written, ways to root. */

let host: Host;
let project: ReturnType<typeof projectWith>;
const SECRETS = ['operator-secret', 'root-secret'];

beforeAll(async () => {
  host = await lab.host();
  project = projectWith({
    'templates/app.conf.hbs': 'name={{ inventory_hostname }}\nüber={{ what }}\n',
    'tree/one': 'one\n',
    'tree/below/two': Buffer.from([0, 1, 255, 10]),
    'large.bin': Buffer.from(Array.from({ length: 1_500_000 }, (_, index) => (index * 7919) >> 3)),
  });
  const key = readFileSync(`${host.privateKey}.pub`, 'utf8').trim();
  const made = await host.inside(`
    set -e
    account() {
      useradd --create-home --no-user-group --gid users --shell "$2" "$1"
      install -d -m 700 -o "$1" -g users "/home/$1/.ssh"
      echo '${key}' > "/home/$1/.ssh/authorized_keys"
      chown -R "$1:users" "/home/$1"
      echo "$1 ALL=(ALL:ALL) NOPASSWD: ALL" > "/etc/sudoers.d/$1"
    }
    account fishy /usr/bin/fish; account cshy /bin/tcsh; account limited /bin/rbash; account chatty /bin/bash
    account nobodyin /usr/sbin/nologin; account foreign /bin/bash; account tty /bin/bash; account app /bin/bash
    rm /etc/sudoers.d/tty; echo 'app ALL=(root) NOPASSWD: /bin/sh' > /etc/sudoers.d/app
    account late /bin/bash; echo 'late:operator-secret' | chpasswd; chage -d 0 late
    mkdir -p /home/fishy/.config/fish
    echo 'echo noise of fish; echo more noise >&2' > /home/fishy/.config/fish/config.fish
    echo 'echo noise of csh' > /home/cshy/.cshrc
    printf 'echo noise of bash\\nprintf "\\\\033[31mred\\\\n" >&2\\n' > /home/chatty/.bashrc
    printf 'export LANG=zh_CN.UTF-8 LC_ALL=zh_CN.UTF-8\\n' > /home/foreign/.bashrc
    echo 'tty:operator-secret' | chpasswd
    printf 'Defaults:tty requiretty\\ntty ALL=(ALL:ALL) ALL\\n' > /etc/sudoers.d/tty
    printf 'permit operator as root\\npermit nopass nopasswd\\npermit nopass chatty as root cmd sh\\n' > /etc/doas.conf
    chmod 600 /etc/doas.conf
    echo 'Welcome to a banner with a password: ' > /etc/issue.net
    echo 'Banner /etc/issue.net' > /etc/ssh/sshd_config.d/banner.conf
    systemctl reload ssh
  `);
  expect(made).toMatchObject({ rc: 0 });
});
afterAll(async () => {
  project?.remove();
  await lab.down();
});

type Variables = Readonly<Record<string, unknown>>;

/** The one host under several names, each with variables of its own. */
function inventoryOf(names: Readonly<Record<string, Variables>>): string {
  const common = {
    ansible_host: host.address,
    ansible_ssh_private_key_file: host.privateKey,
    connection: { known_hosts: host.knownHosts },
  };
  const file = join(project.directory, 'hosts.yaml');
  const hosts = Object.fromEntries(
    Object.entries(names).map(([name, variables]) => [name, { ...common, ...variables }]),
  );
  writeFileSync(file, stringify({ all: { hosts } }));
  return file;
}

async function play(text: string, names: Readonly<Record<string, Variables>>) {
  addFiles(project.directory, { 'site.yaml': text });
  const ran = await events(['run', 'site.yaml', '-i', inventoryOf(names)], { cwd: project.directory });
  for (const secret of SECRETS) expect(ran.stdout + ran.stderr).not.toContain(secret);
  return ran;
}

/** A bit of everything that depends on the shells and tools of a host. */
const WORK = `
- hosts: all
  become: true
  vars: {what: "ä'b", place: "/root/matrix/{{ inventory_hostname }}"}
  tasks:
    - {name: directory, file: {path: "{{ place }}", state: directory, mode: '0750'}}
    - {name: template, template: {src: app.conf.hbs, dest: "{{ place }}/app.conf", mode: '0640', backup: true}}
    - {name: line, lineinfile: {path: "{{ place }}/line.conf", create: true, line: "added=it's", regexp: '^added='}}
    - {name: tree, copy: {src: tree/, dest: "{{ place }}/tree"}}
    - {name: large, copy: {src: large.bin, dest: "{{ place }}/large.bin", mode: '0600'}}
    - {name: bytes, shell: "printf 'a\\\\000b\\\\377'; printf '%s' \\"$1\\" >&2; exit 3", register: bytes, failed_when: bytes.rc != 3, changed_when: false}
    - {name: input, command: {cmd: cat, stdin: "some\\ninput", stdin_add_newline: false}, register: input, changed_when: false}
    - {name: checks, assert: {that: ["input.stdout == 'some\\\\ninput'", "facts.distribution == 'Debian'"]}}
    - {name: fetched, fetch: {src: "{{ place }}/large.bin", dest: fetched}}
`;

async function provesWork(names: Readonly<Record<string, Variables>>) {
  await host.inside('rm -rf /root/matrix; mkdir -p /root/matrix');
  const first = await play(WORK, names);
  expect(
    resultsOf(first)
      .filter(({ status }) => status === 'failed' || status === 'unreachable')
      .map(({ host: name, task, result }) => [name, task, result.msg]),
  ).toEqual([]);
  const second = await play(WORK, names);
  for (const name of Object.keys(names)) {
    expect([name, recapOf(first, name)]).toEqual([
      name,
      expect.objectContaining({ failed: 0, unreachable: 0 }),
    ]);
    expect([name, recapOf(second, name)?.changed]).toEqual([name, 0]);
    expect(await host.read(`/root/matrix/${name}/app.conf`)).toBe(`name=${name}\nüber=ä'b\n`);
  }
  const left = await host.inside(
    "find / -xdev -name '*.hostwright*' -not -path '/proc/*' 2>/dev/null; ls -A /tmp | grep hostwright",
  );
  expect(left.stdout).toBe('');
}

test('login shells that are none of POSIX, that print, that are restricted, that speak another language', async () => {
  await provesWork(
    Object.fromEntries(
      ['fishy', 'cshy', 'limited', 'chatty', 'foreign', 'nopasswd'].map((user) => [
        user,
        { ansible_user: user },
      ]),
    ),
  );
  const refused = await play('- hosts: all\n  tasks:\n    - ping:\n', {
    nobodyin: { ansible_user: 'nobodyin' },
  });
  expect(refused.code).toBe(4);
  expect(String(resultsOf(refused)[0]?.result.msg)).toMatch(/nologin|not available/);
});

describe('the sh of the host is', () => {
  const kinds: readonly (readonly [string, string, string])[] = [
    ['bash', 'ln -sfn bash /bin/sh', 'ln -sfn dash /bin/sh'],
    [
      'busybox ash, with the tools of busybox, without python and sftp',
      'ln -sfn /bin/busybox /bin/sh; busybox --install -s /usr/local/bin; for p in sh su sudo; do rm -f /usr/local/bin/$p; done; mkdir /root/away; mv /usr/bin/python3* /usr/lib/openssh/sftp-server /root/away/',
      'mv /root/away/python3* /usr/bin/; mv /root/away/sftp-server /usr/lib/openssh/; find /usr/local/bin -lname "*busybox" -delete; ln -sfn dash /bin/sh',
    ],
    [
      'dash, with a dd that knows no iflag and no setsid',
      'printf \'#!/bin/dash\\ncase "$*" in *iflag*) echo "dd: invalid argument" >&2; exit 1;; esac\\nexec /bin/dd "$@"\\n\' > /usr/local/bin/dd; chmod 755 /usr/local/bin/dd; mv /usr/bin/setsid /root/',
      'rm /usr/local/bin/dd; mv /root/setsid /usr/bin/',
    ],
  ];
  test.each(kinds)('%s', async (_, enter, leave) => {
    expect(await host.inside(enter)).toMatchObject({ rc: 0 });
    try {
      await provesWork({ kind: { ansible_user: 'nopasswd' } });
    } finally {
      await host.inside(leave);
    }
  });
});

test('nothing is executed in /tmp, and a full /tmp or a closed /etc is said by whoever needs it', async () => {
  expect(
    await host.inside(`
      mount -t tmpfs -o noexec,size=64k tmpfs /tmp; cat /dev/zero > /tmp/fill 2>/dev/null
      mount --bind /etc /etc; mount -o remount,bind,ro /etc
    `),
  ).toMatchObject({ rc: 0 });
  try {
    await provesWork({ full: { ansible_user: 'nopasswd' } });
    addFiles(project.directory, { 'files/job.sh': '#!/bin/sh\necho it ran\n' });
    const ran = await play(
      `- hosts: all
  become: true
  tasks:
    - {name: script, script: {cmd: files/job.sh}, ignore_errors: true}
    - {name: big, copy: {src: large.bin, dest: /tmp/large.bin}, ignore_errors: true}
    - {name: etc, copy: {content: x, dest: /etc/new}, ignore_errors: true}
    - {name: edit, lineinfile: {path: /etc/hosts, line: x}, ignore_errors: true}
    - {name: elsewhere, script: {cmd: files/job.sh}, environment: {TMPDIR: /root}, register: r}
    - {name: noexec, assert: {that: "r.stdout == 'it ran'"}}
`,
      { full: { ansible_user: 'nopasswd' } },
    );
    expect(resultsOf(ran).map(({ task, status }) => `${task} ${status}`)).toEqual([
      'script ignored',
      'big ignored',
      'etc ignored',
      'edit ignored',
      'elsewhere changed',
      'noexec ok',
    ]);
    const said = resultsOf(ran).map(({ result }) => `${result.msg} ${result.stderr}`);
    expect(said[0]).toMatch(/No space left/);
    expect(said[1]).toMatch(/could not be written.*No space left/);
    expect(said[2]).toMatch(/Read-only file system/);
    expect(said[3]).toMatch(/Read-only file system/);
    expect((await host.inside('ls -A /etc | grep -c hostwright; ls -A /tmp')).stdout).toBe('0\nfill\n');
  } finally {
    await host.inside('umount /etc; umount /tmp');
  }
});

describe('another user', () => {
  const WHO = `
- hosts: all
  gather_facts: false
  become: true
  tasks:
    - {name: who, command: id -un, changed_when: false}
    # In brackets, so that the search does not find itself.
    - name: seen
      shell: "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\\\0' '\\\\n' | grep -c '[o]perator-secret\\\\|[r]oot-secret'; cat; true"
      changed_when: false
`;
  const by = (user: string, method: string, password?: string, becomes = 'root'): Variables => ({
    ansible_user: user,
    ansible_become_method: method,
    ansible_become_user: becomes,
    ...(password === undefined ? {} : { ansible_become_password: password }),
  });
  const ways: Readonly<Record<string, readonly [Variables, string]>> = {
    sudo: [by('operator', 'sudo', 'operator-secret'), 'root'],
    'sudo-nopasswd': [by('nopasswd', 'sudo'), 'root'],
    'sudo-nopasswd-given': [by('nopasswd', 'sudo', 'operator-secret'), 'root'],
    'sudo-requiretty': [by('tty', 'sudo', 'operator-secret'), 'root'],
    'sudo-foreign': [by('foreign', 'sudo'), 'root'],
    'sudo-app': [by('operator', 'sudo', 'operator-secret', 'app'), 'app'],
    su: [by('operator', 'su', 'root-secret'), 'root'],
    'su-foreign': [by('foreign', 'su', 'root-secret'), 'root'],
    'su-fish': [by('fishy', 'su', 'root-secret'), 'root'],
    doas: [by('operator', 'doas', 'operator-secret'), 'root'],
    'doas-nopass': [by('nopasswd', 'doas'), 'root'],
    'doas-nopass-given': [by('nopasswd', 'doas', 'operator-secret'), 'root'],
    'sudo-line': [by('app', 'sudo'), 'root'],
    'doas-line': [by('chatty', 'doas'), 'root'],
    runuser: [by('root', 'runuser', undefined, 'app'), 'app'],
    'sudo-su': [by('operator', 'sudo, su', 'operator-secret', 'root, app'), 'app'],
    'doas-runuser': [by('operator', 'doas, runuser', 'operator-secret', 'root, app'), 'app'],
    'su-doas': [by('chatty', 'su, sudo', 'root-secret', 'root, app'), 'app'],
  };
  test('by sudo, su, doas, runuser and several of them; the password is nowhere, and no command reads it', async () => {
    const ran = await play(
      WHO,
      Object.fromEntries(Object.entries(ways).map(([name, [variables]]) => [name, variables])),
    );
    const said = Object.fromEntries(
      Object.keys(ways).map((name) => [
        name,
        resultsOf(ran)
          .filter((result) => result.host === name)
          .map(({ result }) => result.stdout ?? result.msg),
      ]),
    );
    expect(said).toEqual(
      Object.fromEntries(Object.entries(ways).map(([name, [, user]]) => [name, [user, '0']])),
    );
  });

  test('nothing of it stays when the run is over', async () => {
    const left = async () => (await host.inside('pgrep -x "script|doas|sudo|su" || echo none')).stdout;
    await expect.poll(left, { timeout: 60_000 }).toBe('none\n');
  });

  test('an expired password is said to be one, by whatever way it is noticed', async () => {
    const ran = await play('- hosts: all\n  gather_facts: false\n  tasks:\n    - ping:\n', {
      late: { ansible_user: 'late', ansible_password: 'operator-secret', ansible_ssh_private_key_file: null },
      later: { ansible_user: 'late' },
    });
    for (const name of ['late', 'later']) {
      const result = resultsOf(ran).find((one) => one.host === name);
      expect([name, result?.status]).toEqual([name, 'unreachable']);
      expect(String(result?.result.msg)).toMatch(/expired|change/i);
    }
  });

  const wrong: readonly (readonly [string, Variables, RegExp, string])[] = [
    ['sudo', by('operator', 'sudo', 'wrong'), /the password was refused/, 'incorrect password attempt'],
    ['su', by('operator', 'su', 'wrong'), /the password was refused/, 'FAILED SU'],
    ['doas', by('operator', 'doas', 'wrong'), /the password was refused/, 'failed auth for operator'],
  ];
  test('a wrong password is tried once, and said', async () => {
    const before = await failures();
    const ran = await play(WHO, Object.fromEntries(wrong.map(([name, variables]) => [name, variables])));
    for (const [name, , message] of wrong)
      expect(String(resultsOf(ran).find((result) => result.host === name)?.result.msg)).toMatch(message);
    expect((await failures()) - before).toBe(wrong.length);
  });

  /** How often somebody was refused by PAM, by the host's own journal. */
  async function failures(): Promise<number> {
    const { stdout } = await host.inside(
      "journalctl --sync; journalctl -q --no-pager | grep -c 'pam_unix(.*): authentication failure'",
    );
    return Number(stdout.trim());
  }
});
