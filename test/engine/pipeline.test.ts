import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { watchLocal } from './counting-transport.ts';
import { playText, type Setting } from './play.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'hostwright-pipeline-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Thirty tasks of the usual kinds: directories, templates, lines, guarded commands, files, a look and an assertion. */
function thirtyTasks(): string {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const tasks = [
    ...numbers(8).map((n) => `{file: {path: "${root}/d${n}", state: directory, mode: "0755"}}`),
    ...numbers(8).map((n) => `{template: {src: t, dest: "${root}/d${n}/t", mode: "0644"}, vars: {n: ${n}}}`),
    ...numbers(6).map((n) => `{lineinfile: {path: "${root}/d${n}/lines", line: "x = ${n}", create: true}}`),
    ...numbers(3).map((n) => `{shell: {cmd: "echo > ${root}/d${n}/made", creates: "${root}/d${n}/made"}}`),
    ...numbers(3).map((n) => `{copy: {content: "small", dest: "${root}/d${n}/small"}}`),
    `{stat: {path: "${root}/d1/t"}, register: looked}`,
    '{assert: {that: [looked.stat.exists, looked.stat.size > 3]}}',
  ];
  return `- hosts: all\n  tasks:\n${tasks.map((task) => `    - ${task}`).join('\n')}\n`;
}

const files = { 'templates/t': 'n = {{ n }}\n' };

/** Round trips of all hosts after their sessions have said hello. */
async function roundTrips(playbook: string, setting: Setting = {}) {
  const watched = watchLocal();
  const played = await playText(playbook, { ...setting, transports: watched.transports });
  const hosts = Object.keys(played.recap).length;
  return { played, trips: watched.turns() - hosts };
}

describe('round trips', () => {
  test('thirty tasks: two where all of them change something, one where none does', async () => {
    const first = await roundTrips(thirtyTasks(), { files });
    expect(first.played.recap.alpha).toMatchObject({ ok: 30, changed: 28, failed: 0 });
    expect(first.trips).toBe(2);
    const second = await roundTrips(thirtyTasks(), { files });
    expect(second.played.recap.alpha).toMatchObject({ ok: 30, changed: 0, failed: 0 });
    expect(second.trips).toBe(1);
  });

  test('a file that later tasks edit again and again is foreseen', async () => {
    const at = `${root}/f`;
    const { played, trips } = await roundTrips(`
- hosts: all
  tasks:
    - {copy: {dest: "${at}", content: "a\\n"}}
    - {lineinfile: {path: "${at}", line: b}, notify: h}
    - {blockinfile: {path: "${at}", block: c}}
    - {lineinfile: {path: "${at}", line: d}, when: false}
    - {lineinfile: {path: "${at}", line: "{{ item }}"}, loop: [e, f]}
    - {file: {path: "${at}", mode: "0600"}}
  handlers:
    - {name: h, copy: {dest: "${at}.h", content: h}}
`);
    expect(played.lines.filter((line) => line.endsWith('changed'))).toHaveLength(8);
    expect(await readFile(at, 'utf8')).toMatch(/^a\nb\n# BEGIN.*\nc\n# END.*\ne\nf\n$/);
    // One to read, one for all changes and the handler's read, one for the handler.
    expect(trips).toBe(3);
  });

  test('several hosts in step, and a check run: one each where nothing is applied', async () => {
    await roundTrips(thirtyTasks(), { files });
    const inStep = await roundTrips(thirtyTasks(), { files, inventory: 'a,b,c,' });
    expect(inStep.played.exitCode).toBe(0);
    expect(inStep.trips).toBe(3);
    const check = await roundTrips(thirtyTasks(), { files, options: { check: true } });
    expect(check.trips).toBe(1);
  });

  test('several hosts in step: one for each task that changes something, as what a task left is foreseen and guarded', async () => {
    const own = `${root}/{{ inventory_hostname }}`;
    const playbook = `
- hosts: all
  tasks:
    - {file: {path: "${own}", state: directory}}
    - {file: {path: "${own}/d", state: directory}}
    - {copy: {dest: "${own}/d/f", content: "a\\n"}}
    - {lineinfile: {path: "${own}/d/lines", line: "{{ item }}", create: true}, loop: [b, c, e]}
    - {template: {src: t, dest: "${own}/d/t"}, vars: {n: 1}, notify: again}
    - {command: {cmd: "touch ${own}/d/made", creates: "${own}/d/made"}}
    - {file: {path: "${own}/d/f", mode: "0600"}}
    - {stat: {path: "${own}/d/f"}, register: looked}
    - {assert: {that: ['looked.stat.mode == "0600"']}}
  handlers:
    - {name: again, copy: {dest: "${own}/d/h", content: done}}
`;
    const hosts = { files, inventory: 'a,b,c,' };
    const first = await roundTrips(playbook, hosts);
    expect(first.played.recap.b).toMatchObject({ ok: 10, changed: 8, failed: 0 });
    // One read of everything, one write for each of eight tasks that change something, and a look at what they left.
    expect(first.trips).toBe(3 * 10);
    const second = await roundTrips(playbook, hosts);
    expect(second.played.recap.b).toMatchObject({ ok: 9, changed: 0, failed: 0 });
    expect(second.trips).toBe(3);
  });

  test('hosts in step: nobody begins a task before all have ended the one before it', async () => {
    const task = (number: number) =>
      `{copy: {dest: "${root}/{{ inventory_hostname }}-${number}", content: x, validate: "sh ${root}/log ${number} {{ inventory_hostname }} %s"}}`;
    const log = `[ $2 = b ] && sleep 0.1; echo $1 >> ${root}/order; printf x >> ${root}/order-$1`;
    appendFileSync(`${root}/log`, `${log}\n`);
    const tasks = [1, 2, 3, 4].map((number) => `    - ${task(number)}\n`).join('');
    const { played, trips } = await roundTrips(`- hosts: all\n  tasks:\n${tasks}`, { inventory: 'a,b,c,' });
    expect(played.recap.c).toMatchObject({ changed: 4, failed: 0 });
    expect((await readFile(`${root}/order`, 'utf8')).trim().split('\n').join('')).toBe('111222333444');
    expect(trips).toBe(3 * 5);
  });

  test('--no-pipeline asks for each', async () => {
    await roundTrips(thirtyTasks(), { files });
    expect((await roundTrips(thirtyTasks(), { files, options: { pipeline: false } })).trips).toBe(29);
  });
});

describe('somebody else changes what was read', () => {
  const playbook = (at: string) => `
- hosts: all
  tasks:
    - {name: first, copy: {dest: "${at}.first", content: x}}
    - {name: edit, lineinfile: {path: "${at}", line: ours}}
    - {name: ok, lineinfile: {path: "${at}.ok", line: there}}
    - {name: last, copy: {dest: "${at}.last", content: x}}
`;

  test.each([
    ['the file to be edited', 'f', 'theirs\n'],
    ['the file of the first change', 'f.first', 'theirs\n'],
    ['a file that was right', 'f.ok', 'more\n'],
  ])('%s: nothing is lost, and every task tells the truth', async (_, name, text) => {
    const at = `${root}/f`;
    writeFileSync(at, 'old\n');
    writeFileSync(`${at}.ok`, 'there\n');
    // Turn 1 starts the session, 2 reads ahead, 3 sends the changes.
    const watched = watchLocal((turn) => {
      if (turn === 3) appendFileSync(`${root}/${name}`, text);
    });
    const played = await playText(playbook(at), { transports: watched.transports });
    expect(played.lines).toEqual([
      'first alpha changed',
      'edit alpha changed',
      'ok alpha ok',
      'last alpha changed',
    ]);
    expect(await readFile(at, 'utf8')).toBe(name === 'f' ? 'old\ntheirs\nours\n' : 'old\nours\n');
    expect(await readFile(`${at}.first`, 'utf8')).toBe('x');
    expect(await readFile(`${at}.last`, 'utf8')).toBe('x');
  });

  test.each([5, 6, 7, 8, 9, 10])('hosts in step, in turn %i: nothing is lost', async (when) => {
    for (const host of ['a', 'b']) {
      writeFileSync(`${root}/${host}`, 'old\n');
      writeFileSync(`${root}/${host}.ok`, 'there\n');
    }
    // Turns 1 and 2 start the sessions, 3 and 4 read ahead; from then on each host has one for each task that changes something.
    const watched = watchLocal((turn) => {
      if (turn === when) appendFileSync(`${root}/a`, 'theirs\n');
    });
    const played = await playText(playbook(`${root}/{{ inventory_hostname }}`), {
      transports: watched.transports,
      inventory: 'a,b,',
    });
    expect(played.recap.a).toMatchObject({ ok: 4, changed: 3, failed: 0 });
    expect(played.recap.b).toMatchObject({ ok: 4, changed: 3, failed: 0 });
    expect(['old\ntheirs\nours\n', 'old\nours\ntheirs\n']).toContain(await readFile(`${root}/a`, 'utf8'));
    expect(await readFile(`${root}/b`, 'utf8')).toBe('old\nours\n');
  });

  test('a file that was right no longer is: it is put right', async () => {
    const at = `${root}/f`;
    writeFileSync(at, 'old\n');
    writeFileSync(`${at}.ok`, 'there\n');
    const watched = watchLocal((turn) => {
      if (turn === 3) writeFileSync(`${at}.ok`, 'gone\n');
    });
    const played = await playText(playbook(at), { transports: watched.transports });
    expect(played.lines[2]).toBe('ok alpha changed');
    expect(await readFile(`${at}.ok`, 'utf8')).toBe('gone\nthere\n');
  });
});

describe('a change that fails', () => {
  test('stops what was sent behind it; what comes then is planned anew', async () => {
    const at = `${root}/f`;
    const tail = `- {name: after, copy: {dest: "${at}.after", content: x}}`;
    const text = (words: string) => `
- hosts: all
  tasks:
    - {name: before, copy: {dest: "${at}", content: x}}
    - {name: bad, shell: "test -e ${at}; exit 3"${words}}
    ${tail}
`;
    const stopped = await playText(text(''));
    expect(stopped.lines).toEqual(['before alpha changed', 'bad alpha failed']);
    expect(existsSync(`${at}.after`)).toBe(false);
    const ignored = await playText(text(', ignore_errors: true'));
    expect(ignored.lines).toEqual(['before alpha ok', 'bad alpha ignored', 'after alpha changed']);
  });

  test('output of a command that ran ahead is told with its own task', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: one, shell: "echo 1"}
    - {name: two, shell: "echo 2"}
    - {name: three, shell: "echo 3"}
`);
    const told = played.events.flatMap((event) =>
      event.type === 'hostOutput'
        ? [`${event.task} ${event.text.trim()}`]
        : event.type === 'hostResult'
          ? [event.task]
          : [],
    );
    expect(told).toEqual(['one 1', 'one', 'two 2', 'two', 'three 3', 'three']);
  });
});

test('what a read brings along with it is sent when its task comes, and not taken for that of another', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'hostwright-archives-'));
  try {
    for (const name of ['one', 'two']) {
      writeFileSync(path.join(root, 'file'), `${name}\n`);
      execFileSync('tar', ['-czf', path.join(root, `${name}.tgz`), '-C', root, 'file']);
    }
    const played = await playText(`
- hosts: all
  vars: {d: ${root}}
  tasks:
    - {name: first, file: {path: "{{ d }}/a", state: directory}}
    - {name: second, file: {path: "{{ d }}/b", state: directory}}
    - {name: one, unarchive: {src: ${root}/one.tgz, dest: "{{ d }}/a"}}
    - {name: two, unarchive: {src: ${root}/two.tgz, dest: "{{ d }}/b"}}
    - {name: other, unarchive: {src: ${root}/two.tgz, dest: "{{ d }}/a"}}
    - {name: again, unarchive: {src: ${root}/two.tgz, dest: "{{ d }}/b"}}
`);
    expect(played.lines.map((line) => line.replace('alpha ', ''))).toEqual([
      'first changed',
      'second changed',
      'one changed',
      'two changed',
      'other changed',
      'again ok',
    ]);
    expect(readFileSync(path.join(root, 'a/file'), 'utf8')).toBe('two\n');
  } finally {
    rmSync(root, { recursive: true });
  }
});
