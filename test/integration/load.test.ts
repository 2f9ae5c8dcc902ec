import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PracticeHosts, startPracticeHosts } from '../../src/practice/hosts.ts';
import { addFiles, events, projectWith, recapOf, resultsOf } from './command.ts';

const count = 20;
let practice: PracticeHosts;
let project: ReturnType<typeof projectWith>;
let place: { readonly cwd: string };

beforeAll(async () => {
  practice = await startPracticeHosts(count);
  project = projectWith({ 'hosts.yaml': practice.inventory });
  place = { cwd: project.directory };
});
afterAll(async () => {
  project.remove();
  await practice.close();
});

/** Has the command write down, when it ends, the most memory that it had, in KiB. */
function measuringMemory(file: string): Readonly<Record<string, string>> {
  const script = `import{writeFileSync}from'node:fs';process.on('exit',()=>writeFileSync(${JSON.stringify(file)},String(process.resourceUsage().maxRSS)))`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
}

describe('much', () => {
  test('50 MB of output are read in bounded memory, and cut in the middle', async () => {
    addFiles(project.directory, {
      'much.yaml': `
- hosts: practice-1
  tasks:
    - name: Much
      shell: echo first; head -c 50000000 /dev/zero | tr '\\0' x; echo; echo last
      register: much
    - name: Ends
      assert: {that: ["much.stdout_lines[0] == 'first'", "much.stdout.endsWith('last')"]}
`,
    });
    const memory = `${project.directory}/memory`;
    const ran = await events(['run', 'much.yaml', '-i', 'hosts.yaml'], {
      ...place,
      environment: measuringMemory(memory),
    });
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
    const length = String(resultsOf(ran, 'Much')[0]?.result.stdout).length;
    expect(length).toBeGreaterThan(1_000_000);
    expect(length).toBeLessThan(10_000_000);
    expect(Number(readFileSync(memory, 'utf8')) / 1024).toBeLessThan(300);
  });

  test('20 MB of bytes arrive as they are', async () => {
    const bytes = randomBytes(20_000_000);
    const root = practice.hosts[0]?.root;
    addFiles(project.directory, {
      'files/bytes.bin': bytes,
      'bytes.yaml': `
- hosts: practice-1
  tasks:
    - name: Bytes
      copy: {src: bytes.bin, dest: '${root}/tmp/bytes.bin', mode: '0600'}
    - name: Sum
      command: sha256sum ${root}/tmp/bytes.bin
      changed_when: false
`,
    });
    const ran = await events(['run', 'bytes.yaml', '-i', 'hosts.yaml'], place);
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
    expect(resultsOf(ran, 'Sum')[0]?.result.stdout).toContain(
      createHash('sha256').update(bytes).digest('hex'),
    );
    const again = await events(['run', 'bytes.yaml', '-i', 'hosts.yaml'], place);
    expect(recapOf(again, 'practice-1')).toMatchObject({ ok: 2, changed: 0 });
  });
});

describe('many', () => {
  test.each([count, 3])('20 hosts, at most %i at the same time', async (forks) => {
    addFiles(project.directory, {
      'many.yaml': `
- hosts: all
  tasks:
    - name: File
      copy: {content: "{{ inventory_hostname }}\\n", dest: '{{ practice_root }}/tmp/many-${forks}'}
    - name: Wait
      shell: date +%s%N; sleep 0.1; date +%s%N
      changed_when: false
`,
    });
    const args = ['run', 'many.yaml', '-i', 'hosts.yaml', '-f', String(forks)];
    const ran = await events(args, place);
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
    const times = resultsOf(ran, 'Wait').map(({ result }) => result.stdout_lines as readonly string[]);
    const changes = times.flatMap(([from, to]) => [
      { at: BigInt(from ?? 0), by: 1 },
      { at: BigInt(to ?? 0), by: -1 },
    ]);
    let busy = 0;
    const busiest = changes
      .toSorted((a, b) => (a.at < b.at ? -1 : 1))
      .map(({ by }) => {
        busy += by;
        return busy;
      });
    expect(Math.max(...busiest)).toBeLessThanOrEqual(forks);
    expect(Math.max(...busiest)).toBeGreaterThan(1);
    const again = await events(args, place);
    for (const { name } of practice.hosts) {
      expect(recapOf(ran, name)).toMatchObject({ ok: 2, changed: 1 });
      expect(recapOf(again, name)).toMatchObject({ ok: 2, changed: 0 });
    }
  });
});

test('timeout ends what hangs, on the host too', async () => {
  // No other process of this machine sleeps for just so long.
  const seconds = `4711.${process.pid}`;
  const running = () => {
    try {
      return execFileSync('pgrep', ['-f', `sleep ${seconds}`], { encoding: 'utf8' });
    } catch {
      return '';
    }
  };
  addFiles(project.directory, {
    'hang.yaml': `
- hosts: practice-1:practice-2
  tasks:
    - name: Hang
      shell: echo before; sleep ${seconds} & sleep ${seconds}; echo after
      timeout: 1
      ignore_errors: true
    - name: Goes on
      command: echo here
`,
  });
  const ran = await events(['run', 'hang.yaml', '-i', 'hosts.yaml'], place);
  expect(ran.code).toBe(0);
  for (const { status, result } of resultsOf(ran, 'Hang')) {
    expect({ status, msg: result.msg, stdout: result.stdout }).toEqual({
      status: 'ignored',
      msg: 'ended after 1 seconds',
      stdout: 'before',
    });
  }
  expect(resultsOf(ran, 'Goes on').map(({ status }) => status)).toEqual(['changed', 'changed']);
  expect(running()).toBe('');
});
