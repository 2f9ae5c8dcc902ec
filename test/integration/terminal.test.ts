import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { journalFile, listRuns } from '../../src/journal/directory.ts';
import { hostwright, projectWith } from './command.ts';
import { onTerminal, type Reaction, type Watched } from './terminal.ts';

let project: ReturnType<typeof projectWith>;
const use = (text: string) => {
  project.remove();
  project = projectWith({ 'site.yaml': text });
};
beforeEach(() => {
  project = projectWith({});
});
afterEach(() => project.remove());

const at = (name: string) => path.join(project.directory, name);
const place = () => ({
  cwd: project.directory,
  environment: { HOSTWRIGHT_RUNS: at('runs'), XDG_STATE_HOME: at('state') },
});
const RUN = ['run', 'site.yaml', '-c', 'local', '-i', 'a,'];
const run = (more: readonly string[], ...reactions: readonly Reaction[]) =>
  onTerminal([...RUN, ...more], place(), reactions);
/** Lines of tasks: what stays of the view, without times. */
const tasks = ({ lines }: Watched) =>
  lines
    .filter((line) => /^ {2}[✔✖↷⚠-]/u.test(line))
    .map((line) =>
      line
        .replace(/ {2,}/g, ' ')
        .replace(/ \d+(\.\d+)?s$/, '')
        .trim(),
    );

const TWO = `- hosts: all
  gather_facts: false
  tasks:
    - {name: one, copy: {content: "x\\n", dest: "{{ playbook_dir }}/one", mode: '0644'}}
    - {name: two, copy: {content: "y\\n", dest: "{{ playbook_dir }}/two", mode: '0644'}}
`;
const made = () => ['one', 'two'].map((name) => existsSync(at(name)));

describe('a person at a terminal', () => {
  test('--confirm: sees what would change; no leaves it, yes makes it', async () => {
    use(TWO);
    const no = await run(['--confirm'], ['Make these changes? (y)es, (n)o', 'n']);
    expect([no.code, made()]).toEqual([1, [false, false]]);
    expect(no.lines.join('\n')).toContain('+x');
    expect(no.lines.join('\n')).toContain('were not confirmed');
    const yes = await run(['--confirm'], ['Make these changes? (y)es, (n)o', 'y']);
    expect([yes.code, made()]).toEqual([0, [true, true]]);
    // Nothing is left to be asked about.
    expect((await run(['--confirm'])).code).toBe(0);
  });

  test('--step: sees the diff of each task, and answers yes, no, or go on without asking', async () => {
    use(TWO);
    const stepped = await run(
      ['--step'],
      ['Run "one" on a?', 'what'],
      ['Run "one" on a?', 'n'],
      ['+y', ''],
      ['Run "two" on a?', 'y'],
    );
    expect([stepped.code, made()]).toEqual([0, [false, true]]);
    use(TWO);
    const on = await run(['--step'], ['Run "one" on a?', 'c']);
    expect([on.code, made()]).toEqual([0, [true, true]]);
    expect(tasks(on).slice(0, 2)).toEqual(['✔ one changed', '✔ two changed']);
  });

  test('pause: the view goes away for the question and comes back, and nothing of it is left twice', async () => {
    use(`- hosts: all
  gather_facts: false
  tasks:
    - {name: before, shell: "echo working; sleep 1"}
    - {name: ask, pause: {prompt: Is the switch port ready?}, register: said}
    - {name: after, shell: "sleep 1; test '{{ said.user_input }}' = sure"}
`);
    const watched = await run([], ['Is the switch port ready?: ', 'sure']);
    expect(watched.code).toBe(0);
    const text = watched.lines.join('\n');
    expect(text.match(/Is the switch port ready\?: sure/g)).toHaveLength(1);
    expect(tasks(watched).slice(0, 3)).toEqual(['✔ before changed', '✔ ask ok', '✔ after changed']);
    // No frame of the live part stays behind.
    expect(text).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]|━/u);
    expect(watched.written).toContain('working');
  });

  test('inputs that are missing are asked for before anything; a secret one and a password are not shown', async () => {
    use(`- hosts: all
  gather_facts: false
  inputs:
    bridge: {type: string, pattern: "[a-z0-9]+"}
    token: {type: string, secret: true}
  tasks:
    - {name: keep, copy: {content: "{{ inputs.bridge }} {{ inputs.token }}\\n", dest: "{{ playbook_dir }}/one", mode: '0600'}}
`);
    const watched = await run(
      ['-K'],
      ['Become password', 'pass-4711'],
      ['bridge', 'br7'],
      ['token', 'hush-hush'],
    );
    expect(watched.code, watched.written).toBe(0);
    expect(readFileSync(at('one'), 'utf8')).toBe('br7 hush-hush\n');
    expect(watched.written).toContain('br7');
    expect(watched.written).not.toMatch(/hush|4711/);
  });

  test('a window that is made smaller in the middle shows each finished task once', async () => {
    use(`- hosts: all
  gather_facts: false
  tasks:
    - {name: first, shell: "sleep 0.6"}
    - {name: long, shell: "for i in 1 2 3 4 5 6; do echo step \${i}; sleep 0.4; done"}
`);
    const watched = await run([], ['step 2', { columns: 44, rows: 12 }]);
    expect(watched.code).toBe(0);
    // Drawn anew from its top. What was printed for the wider one is wrapped; what is drawn since then is not wider than the window.
    const later = watched.written.slice(watched.written.lastIndexOf('\u001b[H'));
    const drawn = stripVTControlCharacters(later)
      .split('\n')
      .filter((line) => !line.includes('first'));
    expect(Math.max(...drawn.map((line) => line.trimEnd().length))).toBeLessThanOrEqual(44);
    expect(later.match(/✔ first/gu)).toHaveLength(1);
  });

  test('a task of which an earlier run tells that it takes long says so, and the run how long it takes', async () => {
    use(`- hosts: all
  gather_facts: false
  tasks: [{name: fetch, shell: "sleep 1.5"}]
`);
    expect((await hostwright(RUN, place())).code).toBe(0);
    const journal = journalFile(at('runs'), listRuns(at('runs'))[0] as string);
    writeFileSync(
      journal,
      readFileSync(journal, 'utf8').replace(/"durationMs":1[5-9]\d\d/g, '"durationMs":12000'),
    );
    const { written } = await run([]);
    expect(written).toContain('usually 12s');
    expect(written).toMatch(/of about 12s/);
  });
});
