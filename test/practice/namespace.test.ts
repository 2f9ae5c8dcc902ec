import { existsSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PracticeHost, startPracticeHost } from '../../src/practice/host.ts';
import { connectTo, leftOut, namespaceRefusal, type TestClient } from './client.ts';

const refusal = await namespaceRefusal();
if (refusal) leftOut('namespaces of the practice host', refusal);

describe.skipIf(refusal)('the namespaces of a practice host', () => {
  let host: PracticeHost;
  let client: TestClient;

  beforeAll(async () => {
    host = await startPracticeHost({ mode: 'namespace', name: 'cellar', password: "it's" });
    client = await connectTo(host);
  });
  afterAll(async () => {
    client.close();
    await host.close();
  });

  async function output(command: string): Promise<string> {
    const { stdout, stderr } = await client.run(command);
    return stdout.toString() + stderr;
  }

  const writable = [
    '/etc',
    '/var/lib',
    '/var/log',
    '/opt',
    '/srv',
    '/root',
    '/home',
    '/tmp',
    '/usr/local/bin',
    '/run',
  ];
  test.each(writable)('lets a playbook write in %s, and keeps it from the machine', async (directory) => {
    const path = `${directory}/hostwright-practice-test`;
    expect(await output(`echo text >${path} && cat ${path}`)).toBe('text\n');
    expect(existsSync(path)).toBe(false);
  });

  test.each(['/usr', '/usr/bin', '/lib/', '/proc/sys/kernel/hostname'])('keeps %s as it is', async (path) => {
    const target = path.startsWith('/proc') ? path : `${path}/hostwright-practice-test`;
    expect((await client.run(`echo text >${target}`)).code).not.toBe(0);
    expect(existsSync(`${path}/hostwright-practice-test`)).toBe(false);
  });

  test('shows nothing else of the machine', async () => {
    const names = (await output('ls -A /')).trim().split('\n');
    const expected = 'bin dev etc home lib media mnt opt proc root run sbin srv sys tmp usr var'.split(' ');
    expect(names.filter((name) => !/^(lib\w+|nix|gnu)$/.test(name))).toEqual(expected);
    expect(await output('ls -A /home /root /srv /opt /mnt | grep -v hostwright')).toBe(
      ['/home:', 'operator', '', '/mnt:', '', '/opt:', '', '/root:', '', '/srv:', ''].join('\n'),
    );
  });

  test('has processes, a name and users of its own', async () => {
    expect(await output('hostname; cat /etc/hostname')).toBe('cellar\ncellar\n');
    expect(hostname()).not.toBe('cellar');
    expect(await output('cat /proc/1/cmdline | tr "\\0" " "')).toBe('/bin/sh -s practice-host ');
    expect(await output('id -u; id -un')).toBe('0\nroot\n');
  });

  test('has a network card with an address and a default route, and a gateway that is there', async () => {
    expect(await output('ip -o -4 address show dev eth0 | cut -d" " -f7')).toBe('198.51.100.10/24\n');
    expect(await output('ip route show default')).toBe('default via 198.51.100.1 dev eth0 \n');
    expect(await output('cat /sys/class/net/eth0/address')).toBe('52:54:00:33:64:0a\n');
    // An answer to ARP, without any need for ping.
    await client.run('echo >/dev/udp/198.51.100.1/9 || (exec 3<>/dev/tcp/198.51.100.1/9) || :');
    expect(await output('ip -o link show eth0')).toContain('LOWER_UP');
  });

  test('makes bridges and takes the card into them', async () => {
    const script = [
      'set -e',
      'ip link add br7 type bridge',
      'ip link set eth0 master br7',
      'ip address flush dev eth0',
      'ip address add 198.51.100.10/24 dev br7',
      'ip link set br7 up',
      'ip route add default via 198.51.100.1',
      'ip -o link show master br7 | cut -d: -f2 | cut -d@ -f1',
    ];
    expect(await output(script.join('\n'))).toBe(' eth0\n');
    expect(Object.keys(networkInterfaces())).not.toContain('br7');
  });

  test('reaps what daemons leave behind', async () => {
    await client.run('for n in 1 2 3; do setsid sh -c "sleep 0.1" >/dev/null 2>&1 </dev/null & done');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await output('cat /proc/[0-9]*/stat | grep -c ") Z "')).toBe('0\n');
  });

  test('has a sudo that gives a root shell to operator, for the password', async (context) => {
    context.skip(!host.separateUsers, 'users cannot have ids of their own here (only root may map them)');
    const operator = await connectTo(host, { username: 'operator' });
    expect((await operator.run('id -un; pwd; echo text >/etc/x')).stdout.toString()).toBe(
      'operator\n/home/operator\n',
    );
    const become = await operator.run("sudo -S -H -p 'give: ' sh -c 'id -un; echo $HOME; cat'", "it's\nrest");
    expect(become.stdout.toString()).toBe('root\n/root\nrest');
    expect(become.stderr).toBe('give: ');
    const { stdout } = await operator.run("sudo -S -p '' -u operator id -un", "it's\n");
    expect(stdout.toString()).toBe('operator\n');
    operator.close();
  });
});
