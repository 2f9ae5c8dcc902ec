import { appendFileSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readJournal } from '../../src/journal/read.ts';
import type { DoneRecord, EffectRecord, IntentRecord } from '../../src/journal/record.ts';
import { createSealer, keyFile, opened } from '../../src/journal/seal.ts';
import { playText } from '../engine/play.ts';
import { type Recording, recording } from './recording.ts';

let recorded: Recording;
beforeEach(() => {
  recorded = recording();
});
afterEach(() => recorded.remove());

const THREE = `
- hosts: all
  tasks:
    - {name: one, copy: {content: "a\\n", dest: "{{ playbook_dir }}/one", mode: '0644'}}
    - {name: two, copy: {content: "b\\n", dest: "{{ playbook_dir }}/two", mode: '0644'}, register: second}
    - {name: three, command: "echo {{ second.changed }}"}
`;

const of = <Type extends string>(type: Type) =>
  recorded
    .records()
    .filter((record): record is Extract<typeof record, { type: Type }> => record.type === type);

describe('the journal of a run', () => {
  test('holds each change before it is made, what became of it, and how the host was left', async () => {
    const played = await playText(THREE, { openJournal: recorded.open });
    expect(played.exitCode).toBe(0);
    const order = recorded
      .records()
      .filter(({ type }) => ['intent', 'effect', 'left', 'done'].includes(type))
      .map((record) =>
        `${record.type} ${'task' in record ? record.task : 'id' in record ? record.id : ''}`.trim(),
      );
    for (const [number, task] of ['one', 'two', 'three'].entries()) {
      expect(order.indexOf(`intent ${task}`)).toBeLessThan(order.indexOf(`effect ${number + 1}`));
      expect(order.indexOf(`effect ${number + 1}`)).toBeLessThan(order.indexOf(`done ${task}`));
    }
    expect(of('effect').map(({ outcome, rc }: EffectRecord) => [outcome, rc])).toEqual([
      ['done', 0],
      ['done', 0],
      ['done', 0],
    ]);
    // A command leaves nothing that could be compared.
    expect(of('left').map(({ key }) => key.place)).toEqual([
      [4, 0],
      [4, 1],
    ]);
    const [first] = of('intent') as IntentRecord[];
    const sealer = createSealer(keyFile(recorded.environment));
    expect(first && opened(first.differences, sealer)[0]).toMatchObject({ before: null });
    expect(first && opened(first.scripts, sealer).undo?.text).toContain('rm -f');
    const third = of('intent')[2];
    expect([third?.noUndo, third?.converges]).toEqual([expect.stringContaining('the command'), false]);
    expect(
      of('done').map(({ task, status, result }: DoneRecord) => [task, status, result !== undefined]),
    ).toEqual([
      ['one', 'changed', false],
      ['two', 'changed', true],
      ['three', 'changed', false],
    ]);
    expect(recorded.records().at(-1)).toMatchObject({ type: 'end', exitCode: 0 });
  });

  test('is for its owner alone', async () => {
    await playText(THREE, { openJournal: recorded.open });
    expect(statSync(recorded.file()).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(recorded.file())).mode & 0o777).toBe(0o700);
  });

  test('holds no secret in clear, and gives it back to whoever has the key', async () => {
    const text = `
- hosts: all
  inputs: {token: {type: string, secret: true}}
  tasks:
    - {name: put, copy: {content: "token={{ inputs.token }}\\n", dest: "{{ playbook_dir }}/t", mode: '0600'}}
    - {name: say, command: "echo {{ inputs.token }}", register: said}
    - {name: hide, command: "echo nobody sees this", no_log: true, register: hidden}
`;
    const secret = 'correct-horse-battery';
    await playText(text, { openJournal: recorded.open, options: { extraVars: [{ token: secret }] } });
    const file = readFileSync(recorded.file(), 'utf8');
    expect(file).not.toContain('horse');
    expect(file).not.toContain('nobody sees this');
    const sealer = createSealer(keyFile(recorded.environment));
    const [intent] = of('intent');
    // In the bytes that go along with the script, or in the script itself.
    const { text: script, input = '' } = opened((intent as IntentRecord).scripts, sealer).apply;
    expect(script + Buffer.from(input, 'base64').toString()).toContain(`token=${secret}`);
    const said = of('done').find(({ task }) => task === 'say');
    expect(said?.result && opened(said.result, sealer)).toMatchObject({ stdout: secret });
    expect(statSync(keyFile(recorded.environment)).mode & 0o777).toBe(0o600);
  });

  test('a torn last line is no harm', async () => {
    await playText(THREE, { openJournal: recorded.open });
    const { records } = readJournal(recorded.file());
    appendFileSync(recorded.file(), '{"type":"done","key":{"pa');
    expect(readJournal(recorded.file()).records).toEqual(records);
  });

  test('a fetch is written down before the file is here, and nothing of what is in it', async () => {
    const text = `
- hosts: all
  tasks:
    - {name: put, copy: {content: "kept to itself\\n", dest: "{{ playbook_dir }}/there", mode: '0600'}, no_log: true}
    - {name: get, fetch: {src: "{{ playbook_dir }}/there", dest: "{{ playbook_dir }}/here", flat: true}}
    - {name: again, fetch: {src: "{{ playbook_dir }}/there", dest: "{{ playbook_dir }}/here", flat: true}}
`;
    await playText(text, { openJournal: recorded.open });
    const intents = of('intent').filter(({ module }) => module === 'fetch');
    expect(intents.map(({ task, fleeting, converges }) => [task, fleeting, converges])).toEqual([
      ['get', true, true],
    ]);
    const order = recorded
      .records()
      .map((record) => ('task' in record ? `${record.type} ${record.task}` : ''));
    expect(order.indexOf('intent get')).toBeLessThan(order.indexOf('done get'));
    expect(of('effect').map(({ outcome, rc }) => [outcome, rc])).toEqual([
      ['done', 0],
      ['done', 0],
    ]);
    expect(readFileSync(recorded.file(), 'utf8')).not.toContain('kept to itself');
  });

  test('a loop is written down round by round', async () => {
    const text = `
- hosts: all
  tasks: [{name: each, command: "echo {{ item }}", loop: [x, y]}]
`;
    await playText(text, { openJournal: recorded.open });
    expect(of('done').map(({ key }) => key.round)).toEqual([0, 1, undefined]);
    expect(of('intent').map(({ key, item }) => [key.round, item])).toEqual([
      [0, 'x'],
      [1, 'y'],
    ]);
  });
});
