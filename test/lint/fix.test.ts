import { chmod, readdir, readFile, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { Template } from '../../src/core/template.ts';
import { fixAndWrite } from '../../src/lint/fix.ts';
import { lint } from '../../src/lint/lint.ts';
import { rules } from '../../src/lint/rules/index.ts';
import { applyEdits } from '../../src/lint/text-edits.ts';
import { replaceText } from '../../src/lint/write-text.ts';
import { parseYamlSource } from '../../src/source/yaml.ts';
import { basic, mended, withFiles } from './linting.ts';

const play = (tasks: string) =>
  `- hosts: all\n  vars: {x: 1, list: [1]}\n  tasks:\n${tasks.replaceAll(/^(?=.)/gm, '    ')}`;

/** Tasks before and after --fix. */
const CASES: readonly (readonly [title: string, before: string, after: string])[] = [
  [
    'comments and layout stay',
    '- ansible.builtin.ping:   # why\n  become:   yes   # so\n\n  # end\n',
    '- ping:   # why\n  become:   true   # so\n\n  # end\n',
  ],
  [
    'unquoted templates, one after the other',
    '- debug:\n    msg: {{ x }} and   # note\n- debug: {msg: "a"}\n- command: {{ x | string }}\n  changed_when: no\n',
    '- debug:\n    msg: "{{ x }} and"   # note\n- debug: {msg: "a"}\n- command: "{{ string x }}"\n  changed_when: false\n',
  ],
  [
    'single quotes',
    "- debug:\n    msg: '{{ x | string }} it''s'\n",
    "- debug:\n    msg: '{{ string x }} it''s'\n",
  ],
  [
    'a text in a block',
    '- debug:\n    msg: |\n      one\n      {{ x | string }}\n\n- ping:\n',
    '- debug:\n    msg: |\n      one\n      {{ string x }}\n\n- ping:\n',
  ],
  [
    'flow style',
    '- file: {path: /x, state: directory, mode: 0755}\n  when: x is defined\n',
    "- file: {path: /x, state: directory, mode: '0755'}\n  when: has(vars.x)\n",
  ],
  [
    'conditions in a list',
    '- ping:\n  when:\n    - x is defined and not list   # one\n    - "x == 1"\n',
    '- ping:\n  when:\n    - has(vars.x) && !list   # one\n    - "x == 1"\n',
  ],
  ['braces in a condition', '- ping:\n  when: "{{ x }} == 1"\n', '- ping:\n  when: "x == 1"\n'],
  [
    'what cannot be said otherwise stays',
    '- debug:\n    msg: "{{ x | shuffle }}"\n',
    '- debug:\n    msg: "{{ x | shuffle }}"\n',
  ],
  [
    'a word that is a text stays',
    '- copy:\n    dest: /x\n    content: yes\n',
    '- copy:\n    dest: /x\n    content: yes\n',
  ],
  ['line ends of another system', '- ping:\r\n  become: yes\r\n', '- ping:\r\n  become: true\r\n'],
];

describe('--fix', () => {
  test.each(CASES)('%s', async (_, before, after) => {
    const once = await mended(play(before));
    expect(once.files['site.yaml']).toBe(play(after));
    expect((await mended(once.files)).count).toBe(0);
  });

  test('keeps a byte order mark, the mode, and what a link points to', async () => {
    await withFiles({ 'real.yaml': `\uFEFF${play('- ping:\n  become: yes\n')}` }, async (directory) => {
      const [real, link] = [path.join(directory, 'real.yaml'), path.join(directory, 'site.yaml')];
      await chmod(real, 0o640);
      await symlink('real.yaml', link);
      await fixAndWrite([link], basic);
      expect(await readFile(real, 'utf8')).toBe(`\uFEFF${play('- ping:\n  become: true\n')}`);
      expect((await stat(real)).mode & 0o777).toBe(0o640);
      expect((await readdir(directory)).toSorted()).toEqual(['real.yaml', 'site.yaml']);
    });
  });

  test('leaves a file alone that was changed meanwhile', async () => {
    await withFiles('new\n', async (directory) => {
      const file = path.join(directory, 'site.yaml');
      await expect(replaceText(file, 'old\n', 'mended\n')).rejects.toMatchObject({
        code: 'changed-meanwhile',
      });
      expect(await readFile(file, 'utf8')).toBe('new\n');
    });
  });
});

/** Places at which two trees differ; a key with another name is one place. */
function differences(a: unknown, b: unknown): number {
  if (a instanceof Template && b instanceof Template) return a.source === b.source ? 0 : 1;
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length)
    return a.reduce<number>((sum, one, index) => sum + differences(one, b[index]), 0);
  if (isMap(a) && isMap(b)) {
    const [keysA, keysB] = [Object.keys(a), Object.keys(b)];
    if (keysA.length !== keysB.length) return 99;
    return keysA.reduce(
      (sum, key, index) =>
        sum + Math.max(key === keysB[index] ? 0 : 1, differences(a[key], b[keysB[index] ?? ''])),
      0,
    );
  }
  return Object.is(a, b) ? 0 : 1;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Template);
}

const commentsOf = (text: string) => text.match(/#.*$/gm) ?? [];

const task = fc.constantFrom(
  ...CASES.map(([, before]) => before).filter((text) => !/msg: \{\{|command: \{\{/.test(text)),
  ...rules
    .map(({ bad }) => /tasks:\n([\s\S]*?)(?=\n {2}\w|$)/.exec(bad.text)?.[1]?.replaceAll(/^ {4}/gm, ''))
    .filter((text) => text !== undefined && !/: \{\{/.test(text))
    .map((text) => `${text?.trimEnd()}\n`),
  '- debug: {msg: "a # {{ x | string }}"} # {{ x }}\n',
  '- name: é {{ x | string }} 💥\n  ping:\n',
  '# yes\n- ping: ~\n  no_log: Off\n  environment: &e {A: "{{ x | string }}"}\n- ping:\n  environment: *e\n',
);

test('every fix changes one value and nothing else, and no comment', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(task, { minLength: 1, maxLength: 4 }), async (tasks) => {
      const text = play(tasks.join(''));
      await withFiles(text, async (directory) => {
        const { findings } = await lint([path.join(directory, 'site.yaml')], basic);
        const before = parseYamlSource(text, 'a').value;
        for (const { fix } of findings) {
          if (!fix) continue;
          const after = applyEdits(text, fix.edits);
          expect(parseDocument(after).errors).toEqual([]);
          // An alias shows what it stands for at two places.
          const most = text.includes('*e') ? tasks.filter((one) => one.includes('*e')).length + 1 : 1;
          const changed = differences(before, parseYamlSource(after, 'a').value);
          expect(changed).toBeGreaterThan(0);
          expect(changed).toBeLessThanOrEqual(most);
          expect(commentsOf(after).length).toBe(commentsOf(text).length);
        }
      });
    }),
    { interruptAfterTimeLimit: 5_000, numRuns: 200 },
  );
});
