import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { lab } from './lab.ts';
import { labScript, run, until } from './process.ts';

/** Everything that a run left on this machine, as text; empty when nothing is left. */
function remains(number: number): string[] {
  const group = new RegExp(`/hostwright-lab/${number}(/|$)`, 'm');
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return ''; // a process that has just ended
    }
  };
  const list = (directory: string) => (existsSync(directory) ? readdirSync(directory) : []);
  const named = (name: string) => new RegExp(`^hwl${number}(-|$)`).test(name);
  return [
    ...processes
      .filter((id) => group.test(read(`/proc/${id}/cgroup`)))
      .map((id) => read(`/proc/${id}/stat`))
      .filter((stat) => !/\) Z /.test(stat)), // dead: this machine's process 1 collects it in its own time
    ...read('/proc/self/mountinfo')
      .split('\n')
      .filter((line) => line.includes(`/run/hostwright-lab/${number}`)),
    ...['/sys/class/net', '/run/netns', '/run/systemd/nspawn/propagate'].flatMap((directory) =>
      list(directory)
        .filter(named)
        .map((name) => `${directory}/${name}`),
    ),
    ...['/sys/fs/cgroup', '/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd', '/run']
      .map((parent) => `${parent}/hostwright-lab/${number}`)
      .filter((directory) => existsSync(directory)),
  ];
}

/** Another process that owns a run with one host; `warden` is the process that waits for its end. */
async function startOwner(): Promise<{ owner: ChildProcess; number: number; warden: number }> {
  const script = `
    import { createJiti } from 'jiti';
    const { lab } = await createJiti(import.meta.url).import(${JSON.stringify(labScript('lab.ts'))});
    await lab.host({ libvirt: true });
    console.log('number ' + lab.number);
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  owner.stdout.on('data', (data) => {
    output += data;
  });
  const found = () => /number (\d+)/.exec(output)?.[1];
  const number = Number(await until(found, () => `no run was opened: ${output}`));
  const children = readFileSync(`/proc/${owner.pid}/task/${owner.pid}/children`, 'utf8').trim().split(' ');
  const isWarden = (id: string) => readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('--when-closed');
  return { owner, number, warden: Number(children.find(isWarden)) };
}

const gone = (number: number) =>
  until(
    () => remains(number).length === 0 || undefined,
    () => `left: ${remains(number).join('\n')}`,
  );

afterAll(() => lab.down());

test('a run leaves nothing: process, mount, interface, namespace, directory', async () => {
  const host = await lab.host({ libvirt: true });
  await host.guest({ os: false });
  const { number } = lab;
  const { dev, ino } = statSync(`${lab.directory}/1/root`);
  const lock = `/run/systemd/nspawn/locks/inode-${dev}:${ino}`;
  expect(existsSync(lock)).toBe(true);
  expect(remains(number).length).toBeGreaterThan(10);
  await lab.down();
  expect(remains(number)).toEqual([]);
  expect(existsSync(lock)).toBe(false);
});

test('a host that goes down leaves the others alone', async () => {
  const [one, other] = await Promise.all([lab.host(), lab.host()]);
  await one.down();
  expect(await other.answers()).toBe(true);
  expect(remains(lab.number).filter((line) => line.includes(`hwl${lab.number}-`))).toHaveLength(3);
});

test('a run whose owner is killed is taken down by itself', async () => {
  const { owner, number } = await startOwner();
  expect(remains(number)).not.toEqual([]);
  owner.kill('SIGKILL');
  await gone(number);
});

test('down removes the run of a dead owner, and never that of a living one', async () => {
  const { owner, number, warden } = await startOwner();
  process.kill(warden, 'SIGKILL');
  expect((await run(['bash', labScript('down')])).rc).toBe(0);
  expect(remains(number)).not.toEqual([]);
  owner.kill('SIGKILL');
  await until(
    () => owner.signalCode ?? undefined,
    () => 'the owner does not die',
  );
  expect(remains(number)).not.toEqual([]);
  expect((await run(['bash', labScript('down')])).stderr).toBe(
    `lab: takes down run ${number}, whose owner is gone\n`,
  );
  expect(remains(number)).toEqual([]);
  expect(existsSync(lab.directory)).toBe(true);
});
