import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMain } from './run-main.ts';

const directory = mkdtempSync(join(tmpdir(), 'hostwright-'));
const path = (name: string) => join(directory, name);
const before = process.cwd();

beforeAll(() => {
  mkdirSync(path('group_vars'));
  writeFileSync(path('group_vars/all.yaml'), 'greeting: hello\n');
  writeFileSync(path('hosts.yaml'), INVENTORY);
  writeFileSync(path('site.yaml'), PLAYBOOK);
  process.chdir(directory);
});
afterAll(() => {
  process.chdir(before);
  rmSync(directory, { recursive: true });
});

const INVENTORY = `all:
  vars: {ansible_connection: local}
  children:
    web:
      hosts:
        web1: {port: 8080}
        web2: {}
    db:
      hosts: {db1: {}}
`;

const PLAYBOOK = `- name: Web
  hosts: web
  tags: [site]
  tasks:
    - name: Say hello
      debug: {msg: "{{ greeting }} from {{ inventory_hostname }}"}
    - name: Fail on the second
      command: test {{ inventory_hostname }} = web1
      changed_when: "false"
      tags: [strict]
    - name: Only when asked for
      debug: {msg: never}
      tags: [never, extra]
`;

const WITH_INPUTS = {
  yaml: `name: Bridges
description: Makes bridges on every host that is asked for, and tells what came of it when all is done.
inputs:
  bridge: {default: br0, description: Name of the bridge., pattern: "[a-z][a-z0-9]+"}
  size: {type: int, default: 3}
  names: {type: list, default: [a, b]}
  speed: {choices: [fast, slow], default: fast}
  token: {secret: true, description: What the switch wants to hear.}
plays:
  - name: P
    hosts: all
    tasks:
      - debug: {msg: ["{{ inputs.bridge }}", "{{ inputs.size }}", "{{ inputs.token }}"]}
`,
  ts: `import { debug, defineInputs, definePlaybook, input, play } from 'hostwright';
const inputs = defineInputs({
  bridge: input.string({ default: 'br0', description: 'Name of the bridge.', pattern: '[a-z][a-z0-9]+' }),
  size: input.int({ default: 3 }),
  names: input.list({ default: ['a', 'b'] }),
  speed: input.choice(['fast', 'slow'], { default: 'fast' }),
  token: input.string({ secret: true, description: 'What the switch wants to hear.' }),
});
export default definePlaybook({
  name: 'Bridges',
  description: 'Makes bridges on every host that is asked for, and tells what came of it when all is done.',
  inputs,
  plays: [play('P', { hosts: 'all', tasks: [debug({ msg: () => [inputs.bridge, inputs.size + 1, inputs.token] })] })],
});
`,
};

const strip = (text: string) => text.replaceAll(/in \d+\.\ds/g, 'in 0.0s').replaceAll(/^ +delta: .*\n/gm, '');

describe('hostwright run', () => {
  it.each(['yaml', 'ts'])('shows what a playbook in .%s takes', async (form) => {
    writeFileSync(path('inputs.yaml'), WITH_INPUTS.yaml);
    writeFileSync(path('inputs.ts'), WITH_INPUTS.ts);
    const { exitCode, stdout, stderr } = await runMain([
      'run',
      `inputs.${form}`,
      '-i',
      'hosts.yaml',
      '--help',
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    await expect(stdout.replaceAll(`inputs.${form}`, 'FILE')).toMatchFileSnapshot('snapshots/run/inputs.txt');
  });

  it('takes inputs by their type, refuses what does not fit, asks for what is missing, and never shows secrets', async () => {
    writeFileSync(path('inputs.ts'), WITH_INPUTS.ts);
    const words = ['run', 'inputs.ts', '-i', 'hosts.yaml', '-l', 'web1', '--reporter', 'json'];
    const missing = await runMain(words);
    expect(missing).toMatchObject({ exitCode: 1, stdout: '' });
    expect(missing.stderr).toContain('inputs.ts:2:16: The input "token" has no value');
    const wrong = await runMain([...words, '-e', 'token=geheim9', '-e', 'size=big']);
    expect(wrong).toMatchObject({ exitCode: 1, stdout: '' });
    expect(wrong.stderr).toContain('"size"');
    const asked: string[] = [];
    const ask = async (question: string) => {
      asked.push(question);
      return 'geheim9';
    };
    const right = await runMain([...words, '-e', 'size=7'], { ask });
    expect(asked).toEqual([expect.stringContaining('token')]);
    const said = right.stdout.split('\n').find((line) => line.includes('"hostResult"')) ?? '{}';
    expect(JSON.parse(said).result.msg).toEqual(['br0', 8, '********']);
  });

  it('runs tasks, shows failures, and ends with 2', async () => {
    const { exitCode, stdout, stderr } = await runMain(['run', 'site.yaml', '-i', 'hosts.yaml', '-f', '1']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    await expect(strip(stdout)).toMatchFileSnapshot('snapshots/run/failure.txt');
  });

  it('ends with 0 where all is well', async () => {
    const { exitCode, stdout } = await runMain([
      'run',
      'site.yaml',
      '-i',
      'hosts.yaml',
      '--limit',
      'web1',
      '-e',
      'greeting=hi',
      '-v',
    ]);
    expect(exitCode).toBe(0);
    await expect(strip(stdout)).toMatchFileSnapshot('snapshots/run/success.txt');
  });

  it('selects by tags', async () => {
    const { exitCode, stdout } = await runMain([
      'run',
      'site.yaml',
      '-i',
      'hosts.yaml',
      '-t',
      'extra,other',
      '--skip-tags',
      'strict',
    ]);
    expect({ exitCode, tasks: stdout.match(/TASK \[.*\]/g) }).toEqual({
      exitCode: 0,
      tasks: ['TASK [Only when asked for]'],
    });
  });

  it('writes JSON Lines and nothing else, with the recap last', async () => {
    const { exitCode, stdout } = await runMain([
      'run',
      'site.yaml',
      '-i',
      'hosts.yaml',
      '--check',
      '--diff',
      '--reporter',
      'json',
    ]);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(exitCode).toBe(0);
    expect(events.every((event) => event.check === true && typeof event.type === 'string')).toBe(true);
    expect(events.every((event) => new Date(event.time).toISOString() === event.time)).toBe(true);
    expect(events.at(-1)).toMatchObject({
      type: 'runEnd',
      exitCode: 0,
      recap: { web1: { ok: 1 }, web2: { ok: 1 } },
    });
  });

  it('ends with 4 where a host cannot be reached', async () => {
    // A port that nobody listens on.
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const { exitCode, stdout } = await runMain([
      'exec',
      'all',
      '-i',
      '127.0.0.1,',
      '-c',
      'ssh',
      '-e',
      `ansible_port=${port}`,
      '-m',
      'ping',
      '--reporter',
      'json',
    ]);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(exitCode).toBe(4);
    expect(events.find((event) => event.type === 'hostResult')).toMatchObject({
      status: 'unreachable',
      host: '127.0.0.1',
    });
  });

  it('says all that is wrong with its places, and contacts no host', async () => {
    writeFileSync(
      path('wrong.yaml'),
      '- hosts: web\n  tasks:\n    - copyy: {}\n    - debug: {msg: "{{ nowhere }}"}\n      whn: true\n',
    );
    const { exitCode, stdout, stderr } = await runMain(['run', 'wrong.yaml', '-i', 'hosts.yaml']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    await expect(stderr).toMatchFileSnapshot('snapshots/run/wrong.txt');
  });

  it('stops when interrupted, and does not call that a success', async () => {
    let interrupt: () => void = () => {};
    const ended = runMain(['run', 'site.yaml', '-i', 'hosts.yaml', '--limit', 'web1'], {
      onInterrupt: (listener) => {
        interrupt = listener;
        queueMicrotask(() => interrupt());
        return () => {};
      },
    });
    expect((await ended).exitCode).toBe(1);
  });
});

describe('what only shows', () => {
  it.each(['--list-hosts', '--list-tasks', '--list-tags', '--syntax-check'])('run %s', async (option) => {
    const { exitCode, stdout, stderr } = await runMain(['run', 'site.yaml', '-i', 'hosts.yaml', option]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    await expect(stdout).toMatchFileSnapshot(`snapshots/run/${option.slice(2)}.txt`);
  });

  it('lint', async () => {
    expect(await runMain(['lint', 'site.yaml'])).toEqual({
      exitCode: 0,
      stdout: '1 playbook, 1 play: no mistakes found.\n',
      stderr: '',
    });
  });

  it('inventory --graph', async () => {
    expect((await runMain(['inventory', '-i', 'hosts.yaml'])).stdout).toBe(
      '@all:\n  |--@ungrouped:\n  |--@web:\n  |  |--web1\n  |  |--web2\n  |--@db:\n  |  |--db1\n',
    );
  });

  it('inventory --host', async () => {
    expect(JSON.parse((await runMain(['inventory', '-i', 'hosts.yaml', '--host', 'web1'])).stdout)).toEqual({
      ansible_connection: 'local',
      greeting: 'hello',
      port: 8080,
    });
  });

  it('inventory --list', async () => {
    const { stdout } = await runMain(['inventory', '-i', 'hosts.yaml', '--list', '--limit', 'web']);
    expect(JSON.parse(stdout)).toEqual({
      _meta: {
        hostvars: {
          web1: { ansible_connection: 'local', greeting: 'hello', port: 8080 },
          web2: { ansible_connection: 'local', greeting: 'hello' },
        },
      },
      all: { children: ['ungrouped', 'web', 'db'] },
      web: { hosts: ['web1', 'web2'] },
    });
  });
});

describe('hostwright exec', () => {
  it('runs one module and shows what it says', async () => {
    const { exitCode, stdout } = await runMain([
      'exec',
      'web1',
      '-i',
      'hosts.yaml',
      '-a',
      'echo "two words"',
    ]);
    expect(exitCode).toBe(0);
    await expect(strip(stdout)).toMatchFileSnapshot('snapshots/run/exec.txt');
  });
});

describe('hostwright facts', () => {
  it('prints the facts of every host as JSON', async () => {
    const { exitCode, stdout, stderr } = await runMain(['facts', 'web', '-i', 'hosts.yaml']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const facts = JSON.parse(stdout);
    expect(Object.keys(facts)).toEqual(['web1', 'web2']);
    expect(Object.keys(facts.web1).length).toBeGreaterThan(5);
    const ofAll = await runMain(['facts', '-i', 'hosts.yaml', '-c', 'local']);
    expect(Object.keys(JSON.parse(ofAll.stdout))).toEqual(expect.arrayContaining(['web1', 'web2']));
  });
});

describe('hostwright init', () => {
  it('writes a project that is right, and overwrites nothing', async () => {
    const first = await runMain(['init', 'project']);
    await expect(first.stdout).toMatchFileSnapshot('snapshots/run/init.txt');
    writeFileSync(path('project/site.yaml'), `${readFileSync(path('project/site.yaml'), 'utf8')}# mine\n`);
    const second = await runMain(['init', 'project']);
    expect(second.stdout).toContain('is there  project/site.yaml');
    expect(readFileSync(path('project/site.yaml'), 'utf8')).toMatch(/# mine\n$/);
    expect(await runMain(['lint', 'project/site.yaml'])).toMatchObject({ exitCode: 0, stderr: '' });
    const graph = await runMain(['inventory', '-i', 'project/inventory']);
    expect(graph).toEqual({
      exitCode: 0,
      stdout: '@all:\n  |--@ungrouped:\n  |--@kvm:\n  |  |--kvm1\n',
      stderr: '',
    });
  });
});
