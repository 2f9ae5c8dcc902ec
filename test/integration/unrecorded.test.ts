import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { events, hostwright, projectWith, recapOf, resultsOf } from './command.ts';

let project: ReturnType<typeof projectWith>;
const use = (text: string) => {
  project = projectWith({ 'site.yaml': text });
};
afterEach(() => project.remove());

const at = (name: string) => path.join(project.directory, name);
const place = (environment: Readonly<Record<string, string>> = {}) => ({
  cwd: project.directory,
  environment: { HOSTWRIGHT_RUNS: at('runs'), XDG_STATE_HOME: at('state'), ...environment },
});
const RUN = ['run', 'site.yaml', '-c', 'local', '-i'];

describe('a journal that cannot be begun', () => {
  test.each([
    ['the journal', { HOSTWRIGHT_RUNS: 'file/runs', XDG_STATE_HOME: 'state' }],
    ['its key', { HOSTWRIGHT_RUNS: 'runs', XDG_STATE_HOME: 'file/state' }],
  ])('a run goes on with a warning where %s cannot be written', async (_what, environment) => {
    use('- hosts: all\n  tasks: [{copy: {content: x, dest: "{{ playbook_dir }}/made", mode: "0644"}}]\n');
    // A file where a directory would have to be: not even root gets past it.
    writeFileSync(at('file'), '');
    const ran = await events([...RUN, 'a,'], place(environment));
    expect(ran.code).toBe(0);
    const warnings = ran.events.filter((event) => event.type === 'warning').map(({ message }) => message);
    expect(warnings).toEqual([expect.stringContaining('it can be neither resumed nor undone')]);
  });
});

describe('a journal that breaks in the middle', () => {
  /** As on a full disk: no file of the program grows beyond so many blocks of 512 bytes. */
  const room = (blocks: number) => ['sh', '-c', `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`, 'sh'];
  const MANY = `- hosts: all
  strategy: STRATEGY
  tasks:
    - {name: one, copy: {content: "{{ item }}", dest: "{{ playbook_dir }}/{{ inventory_hostname }}.{{ item }}", mode: '0644'}, loop: LOOP}
    - block: [{name: two, copy: {content: x, dest: "{{ playbook_dir }}/{{ inventory_hostname }}.two", mode: '0644'}}]
      rescue: [{name: in place of it, shell: "touch '{{ playbook_dir }}/rescued'"}]
      always: [{name: at the end, shell: "touch '{{ playbook_dir }}/always'"}]
`;
  const LOOP = `[${Array.from({ length: 40 }, (_, index) => index).join(', ')}]`;

  test.each([
    ['before the first change', 'free', 160, [], 0],
    ['behind changes that are on their way', 'linear', 760, [], 40],
    ['between two changes', 'linear', 160, ['--no-pipeline'], 10],
  ] as const)(
    'on a disk that is full %s a run (%s, %d) stops, says so with its hosts, and is resumed',
    async (_when, strategy, blocks, more, least) => {
      use(MANY.replace('STRATEGY', strategy).replace('LOOP', LOOP));
      const ran = await events([...RUN, 'a,b,', ...more], { ...place(), under: room(blocks) });
      expect(ran.code).toBe(1);
      expect(ran.stderr).toMatch(/The journal \S+ cannot be written \(EFBIG\), so nothing more is changed/);
      expect(ran.stderr).toContain('The run stopped before its end on a, b.');
      expect(ran.events.at(-1)).toMatchObject({ type: 'runEnd', exitCode: 1 });
      expect(resultsOf(ran, 'two').filter(({ status }) => status === 'changed')).toEqual([]);
      // Nothing is there of which the journal does not know, and nothing came after the end.
      for (const name of ['a.two', 'b.two', 'rescued', 'always']) expect(existsSync(at(name))).toBe(false);
      const made = readdirSync(project.directory).filter((name) => /^[ab]\.\d+$/.test(name));
      expect(made.length).toBeGreaterThanOrEqual(least);
      const { runId } = ran.events.at(-1) as unknown as { runId: string };
      expect(ran.stderr).toContain(`hostwright resume ${runId}`);

      const resumed = await events(['resume', runId, '--in-flight', 'redo'], place());
      expect([resumed.code, resumed.stderr]).toEqual([0, '']);
      for (const name of ['a.0', 'b.39', 'a.two', 'always']) expect(existsSync(at(name))).toBe(true);
      expect(existsSync(at('rescued'))).toBe(false);
      const undone = await hostwright(['undo', runId, '--yes'], place());
      expect(undone.code, undone.stdout).toBe(0);
      expect(readdirSync(project.directory).filter((name) => /^[ab]\./.test(name))).toEqual([]);
    },
  );

  test('where its directory is removed the run stops as well; a check run, which changes nothing, goes on', async () => {
    use(`- hosts: all
  tasks:
    - {name: clean up, shell: "rm -rf '${'{{ playbook_dir }}'}/runs'", check_mode: false}
    - {name: next, copy: {content: x, dest: "{{ playbook_dir }}/next", mode: '0644'}}
    - {name: last, copy: {content: x, dest: "{{ playbook_dir }}/last", mode: '0644'}}
`);
    const ran = await events([...RUN, 'a,', '--no-pipeline'], place());
    expect(ran.code).toBe(1);
    expect(recapOf(ran, 'a')).toMatchObject({ changed: 1, failed: 1 });
    expect(ran.stderr).toContain('The run stopped before its end on a.');
    expect([existsSync(at('next')), existsSync(at('last'))]).toEqual([false, false]);
    expect((await events([...RUN, 'a,', '--check'], place())).code).toBe(0);
  });
});
