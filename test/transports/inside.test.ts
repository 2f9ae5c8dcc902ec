import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ConnectionTarget, Transport } from '../../src/core/connection.ts';
import { formatError, type HostwrightError } from '../../src/core/error.ts';
import { openSession } from '../../src/shell/open-session.ts';
import { docker, podman } from '../../src/transports/docker.ts';
import { chroot, netns, nspawn } from '../../src/transports/namespaces.ts';
import { transportContract } from '../contract/transport.ts';
import { findProgram, scratchDirectory, summary } from '../shell/shells.ts';

const scratch = scratchDirectory();
afterAll(() => {
  vi.unstubAllEnvs();
  scratch.remove();
});

const target = (transport: Transport, more: Partial<ConnectionTarget> = {}): ConnectionTarget => ({
  name: 'here',
  transport: transport.name,
  host: 'here',
  port: 22,
  user: 'root',
  hostKeys: { mode: 'yes', files: [] },
  connectTimeoutSeconds: 5,
  sshOptions: {},
  sshConfig: { defaulted: ['user'] },
  ...more,
});

async function problem(transport: Transport, more: Partial<ConnectionTarget> = {}): Promise<string> {
  const connection = await transport.open(target(transport, more)).catch((thrown: HostwrightError) => thrown);
  if (!('code' in connection)) throw new Error('it was opened');
  return `${connection.code}: ${formatError(connection)}`.replaceAll(scratch.path, '~');
}

async function say(transport: Transport, more: Partial<ConnectionTarget>, command: string): Promise<unknown> {
  const connection = await transport.open(target(transport, more));
  try {
    return summary(await (await openSession(connection)).run({ script: { text: command } }));
  } finally {
    await connection.close();
  }
}

/** A directory that holds a system of busybox. */
function system(name: string): string {
  const root = join(scratch.path, name);
  for (const directory of ['bin', 'dev', 'proc', 'tmp', 'root'])
    mkdirSync(join(root, directory), { recursive: true });
  copyFileSync(findProgram('busybox') as string, join(root, 'bin/busybox'));
  chmodSync(join(root, 'bin/busybox'), 0o755);
  const applets = execFileSync('busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n');
  for (const applet of applets) if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
  execFileSync('mknod', ['-m', '666', join(root, 'dev/null'), 'c', '1', '3']);
  writeFileSync(join(root, 'here'), name);
  return root;
}

const may = (command: string) => spawnSync('sh', ['-c', command], { stdio: 'ignore' }).status === 0;
const asRoot = process.getuid?.() === 0 && findProgram('busybox') !== undefined;
const mayUnshare = asRoot && may('unshare -m -u -i -n -p -f true');
const mayNetns = asRoot && may('ip netns add hw-test-probe && ip netns del hw-test-probe');

describe.skipIf(!asRoot)('chroot', () => {
  transportContract(async () => ({
    transport: chroot,
    target: target(chroot, { container: system('chrooted') }),
    close: () => {},
  }));

  test('is another system, with an environment of its own', async () => {
    vi.stubEnv('HOSTWRIGHT_SECRET', 'ours');
    const command = 'cat /here; echo " $HOME [$HOSTWRIGHT_SECRET]"';
    const root = join(scratch.path, 'chrooted');
    expect(await say(chroot, { host: root }, command)).toEqual({
      rc: 0,
      stdout: 'chrooted /root []\n',
      stderr: '',
    });
  });

  test('says why nobody gets in', async () => {
    expect(await problem(chroot, { container: join(scratch.path, 'absent') })).toMatch(
      /^unreachable: here cannot be entered with "chroot ~\/absent env -i .*": chroot: .*No such file or directory\.\n {2}The container/,
    );
  });
});

describe.skipIf(!mayNetns)('netns', () => {
  const name = `hw-test-${process.pid}`;
  beforeAll(() => {
    execFileSync('ip', ['netns', 'add', name]);
    execFileSync('ip', ['-n', name, 'link', 'add', 'only-here', 'type', 'veth', 'peer', 'name', 'there']);
  });
  afterAll(() => void execFileSync('ip', ['netns', 'del', name]));

  transportContract(async () => ({
    transport: netns,
    target: target(netns, { container: name }),
    close: () => {},
  }));

  test('is another network', async () => {
    const command = 'ip -o link | cut -d: -f2 | cut -d@ -f1';
    expect(await say(netns, { host: name }, command)).toMatchObject({
      stdout: expect.stringContaining(' only-here\n'),
    });
    expect(await problem(netns, { container: 'absent' })).toMatch(
      /^unreachable: here cannot be entered.*absent/,
    );
  });
});

describe.skipIf(!mayUnshare)('nspawn, with the first process of a container', () => {
  let stop: () => void = () => {};
  beforeAll(async () => {
    const root = system('machine');
    const flags = ['-m', '-u', '-i', '-n', '-p', '-f', '--kill-child'];
    const child = spawn(
      'unshare',
      [...flags, 'chroot', root, '/bin/sh', '-c', 'hostname machine; exec sleep 1000'],
      { stdio: 'ignore' },
    );
    stop = () => child.kill('SIGKILL');
    const children = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
    await vi.waitFor(() => {
      const name = execFileSync('nsenter', ['-t', children(), '-u', 'hostname'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(name).toBe('machine\n');
    }, 30_000);
    const programs = join(scratch.path, 'programs');
    mkdirSync(programs);
    const answer = `#!/bin/sh\n[ "$*" = "show --property=Leader --value -- m1" ] && { echo ${children()}; exit 0; }\necho "No machine '$5' known" >&2; exit 1\n`;
    writeFileSync(join(programs, 'machinectl'), answer, { mode: 0o755 });
    vi.stubEnv('PATH', `${programs}:${process.env.PATH}`);
  });
  afterAll(() => stop());

  transportContract(async () => ({
    transport: nspawn,
    target: target(nspawn, { container: 'm1' }),
    close: () => {},
  }));

  test('is another system with processes and a name of its own', async () => {
    const command =
      'cat /here; echo; hostname; mount -t proc proc /proc 2>/dev/null; [ -d /proc/1 ] && tr "\\0" " " </proc/1/cmdline';
    expect(await say(nspawn, { host: 'm1' }, command)).toMatchObject({
      stdout: 'machine\nmachine\nsleep 1000 ',
    });
    expect(await problem(nspawn)).toBe(
      'unreachable: here cannot be entered with "machinectl show --property=Leader --value -- here": No machine \'here\' known.\n' +
        '  machinectl list shows what runs. It takes root on this machine.',
    );
  });
});

describe.each([docker, podman])('$name, with a program in its place', (transport) => {
  const programs = join(scratch.path, `${transport.name}-programs`);
  beforeAll(() => {
    mkdirSync(programs);
    const stand = `#!/bin/sh
[ "$1 $2" = "exec -i" ] || exit 125
shift 2
user=root
[ "$1" = -u ] && { user=$2; shift 2; }
[ "$1" = c1 ] || { echo "Error: No such container: $1" >&2; exit 1; }
shift
ENTERED_AS=$user exec "$@"
`;
    writeFileSync(join(programs, transport.name), stand, { mode: 0o755 });
    vi.stubEnv('PATH', `${programs}:${process.env.PATH}`);
  });

  transportContract(async () => ({
    transport,
    target: target(transport, { container: 'c1' }),
    close: () => {},
  }));

  test('names the container, and the user where one is asked for', async () => {
    const command = 'echo "$ENTERED_AS"';
    expect(await say(transport, { container: 'c1' }, command)).toMatchObject({ stdout: 'root\n' });
    const sshConfig = { defaulted: [] };
    expect(await say(transport, { host: 'c1', user: 'app', sshConfig }, command)).toMatchObject({
      stdout: 'app\n',
    });
    expect(await problem(transport)).toContain(
      `here cannot be entered with "${transport.name} exec -i here": Error: No such container: here.`,
    );
  });
});
