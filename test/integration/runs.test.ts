import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostwright, projectWith } from './command.ts';

const SITE = `
- hosts: all
  tasks:
    - {name: put, copy: {content: "a\\n", dest: "{{ inventory_hostname }}.txt", mode: '0644'}, loop: [1]}
    - {name: secret, command: "echo {{ pass }}", changed_when: false}
    - {name: b fails, command: "test {{ inventory_hostname }} = a", changed_when: false}
    - {name: never reached by b, ping: {}}
`;
let project: ReturnType<typeof projectWith>;
const place = () => ({
  cwd: project.directory,
  environment: {
    HOSTWRIGHT_RUNS: path.join(project.directory, 'runs'),
    XDG_STATE_HOME: path.join(project.directory, 'state'),
  },
});
const runs = (...words: string[]) => hostwright(['runs', ...words], place());

beforeAll(async () => {
  project = projectWith({
    'site.yaml': SITE.replace('dest: "', `dest: "{{ playbook_dir }}/`)
      .replace('{{ pass }}', '{{ inputs.pass }}')
      .replace('  tasks:', '  inputs: {pass: {type: string, secret: true}}\n  tasks:'),
  });
  const words = ['run', 'site.yaml', '-c', 'local', '-i', 'a,b,', '-e', 'pass=hush-hush'];
  await hostwright(words, place());
  await hostwright([...words, '--no-pipeline'], {
    ...place(),
    environment: { ...place().environment, HOSTWRIGHT_DIE_AFTER_RECORDS: '30' },
  });
  await hostwright([...words, '--check'], place());
});
afterAll(() => project.remove());

describe('runs', () => {
  test('list: the latest first, with how they ended', async () => {
    const { stdout } = await runs();
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/).slice(3).join(' | '));
    expect(rows).toEqual([
      'STATE | HOSTS | WHAT',
      'ok (check) | 2 hosts | run site.yaml',
      'interrupted | 2 hosts | run site.yaml',
      'failed | 2 hosts | run site.yaml',
    ]);
    const data = JSON.parse((await runs('list', '--json')).stdout) as { hosts: string[] }[];
    expect(data.map(({ hosts }) => hosts)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  test('show: what is done, in flight and not begun', async () => {
    const first = await id(2);
    const { stdout } = await runs('show', first);
    expect(stdout).toMatch(/\na: 1 changed, 3 ok\n/);
    expect(stdout).toMatch(
      /\nb: 1 changed, 1 ok, 1 failed, 1 not begun\n {2}failed +0 4\.2 +b fails \[command\]\n/,
    );
    const killed = await runs('show', await id(1), '--host', 'b');
    expect(killed.stdout).toContain('not begun   0 4.3      never reached by b [ping]');
    expect((await runs('show', first, '--host', 'c')).stderr).toContain('has no host "c"');
  });

  test('report: diffs and what was sent, without secrets', async () => {
    const { stdout } = await runs('report', await id(2), '--commands');
    expect(stdout).toContain('+a\n');
    expect(stdout).toContain('exec echo ********');
    expect(stdout).not.toContain('hush');
    const data = JSON.parse((await runs('report', await id(2), '--json')).stdout) as {
      end: { exitCode: number };
    };
    expect(data.end.exitCode).toBe(2);
  });

  test('diff: what came out otherwise', async () => {
    const { stdout } = await runs('diff', await id(2), await id(2));
    expect(stdout).toMatch(/did the same/);
    const other = await runs('diff', await id(2), await id(1));
    expect(other.stdout).toMatch(/^[ab] {2}put: changed -> ok$/m);
  });

  test('says what it does not understand', async () => {
    expect((await runs('shwo', 'latest')).stderr).toContain('Did you mean "show"?');
    expect((await runs('diff', 'latest')).stderr).toContain('"runs diff" needs two runs');
    expect((await runs('show', '2001')).stderr).toContain('There is no run "2001" here.');
  });
});

async function id(index: number): Promise<string> {
  return (JSON.parse((await runs('list', '--json')).stdout) as { runId: string }[])[index]?.runId ?? '';
}
