import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorsIn, formatError } from '../../src/core/error.ts';
import { loadPlaybook } from '../../src/playbook/load.ts';
import { parseYaml } from '../../src/source/yaml.ts';
import { mistakes } from '../source/yaml-mistakes.ts';
import { options, withFiles } from './loading.ts';

const directory = path.join(import.meta.dirname, 'large');
const large = readFileSync(path.join(directory, 'site.yaml'), 'utf8');
const corpus = [large, ...mistakes.map(([, text]) => text).filter((text) => text.length < 500)];

/** Pieces that change the meaning of YAML, of templates, or of a playbook. */
const pieces = fc.oneof(
  fc.constantFrom(
    '\n',
    '\t',
    '  ',
    ' ',
    ': ',
    ':',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '{{',
    '}}',
    '"',
    "'",
    '|',
    '>',
    '&a ',
    '*a',
    '!x ',
    '#',
    '%',
  ),
  fc.constantFrom(
    'null',
    'true',
    '1e999',
    '0o7',
    '<<: ',
    '__proto__: ',
    'constructor: ',
    'toString: ',
    '---\n',
    '...\n',
    '\r',
    '\uFEFF',
    '\0',
    '\u2028',
  ),
  fc.constantFrom(
    'block: ',
    'rescue: ',
    'loop: ',
    'when: ',
    'include_tasks: ',
    'import_role: ',
    'roles: ',
    'action: ',
    'with_dict: ',
    'vars: ',
    'args: ',
  ),
  fc.string({ maxLength: 4, unit: 'binary' }),
);

/** A text with some pieces put in, taken out, or doubled. */
const mutated = fc
  .tuple(
    fc.constantFrom(...corpus),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        remove: fc.nat(30),
        insert: pieces,
        twice: fc.boolean(),
      }),
      {
        minLength: 1,
        maxLength: 6,
      },
    ),
  )
  .map(([text, changes]) =>
    changes.reduce((current, { at, remove, insert, twice }) => {
      const offset = Math.floor(at * current.length);
      const removed = current.slice(offset, offset + remove);
      return (
        current.slice(0, offset) + insert + (twice ? removed + removed : '') + current.slice(offset + remove)
      );
    }, text),
  );

/** Runs a step; anything but an error for people fails the test, and so does one without a sentence. */
async function onlySpeaks(step: () => unknown): Promise<void> {
  try {
    await step();
  } catch (thrown) {
    for (const error of errorsIn(thrown)) {
      expect(error.message).toMatch(/\.$/);
      const line = formatError(error);
      expect(line).not.toMatch(/undefined|\[object|NaN:/);
    }
  }
}

test('mutated YAML is read, or refused in words', async () => {
  await fc.assert(
    fc.asyncProperty(mutated, (text) => onlySpeaks(() => parseYaml(text, 'f.yaml'))),
    { numRuns: 1500 },
  );
});

test('mutated playbooks are loaded, or refused in words', async () => {
  await withFiles({ 'vars/common.yaml': 'os: x\n', 'tasks/more.yaml': '- debug:\n' }, async (home) => {
    const file = path.join(home, 'site.yaml');
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        await writeFile(file, text);
        await onlySpeaks(() => loadPlaybook(file, options));
      }),
      { numRuns: 500 },
    );
  });
}, 60_000);

/** Any data where a playbook is expected, made of its own words. */
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      null,
      true,
      0,
      -1,
      '',
      'x',
      '{{ x }}',
      '{{',
      'yes',
      'a=b',
      'x == 1',
      '__proto__',
      'copy a=b',
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom(
        ...[
          'hosts',
          'tasks',
          'roles',
          'role',
          'name',
          'vars',
          'handlers',
          'block',
          'rescue',
          'when',
          'loop',
          'loop_control',
        ],
        ...[
          'with_items',
          'with_sequence',
          'with_nested',
          'copy',
          'debug',
          'assert',
          'that',
          'command',
          'args',
          'action',
          'module',
        ],
        ...[
          'local_action',
          'include_tasks',
          'import_tasks',
          'include_role',
          'import_playbook',
          'file',
          'apply',
          'inputs',
          'type',
        ],
        ...[
          'default',
          'pattern',
          'choices',
          'plays',
          'serial',
          'tags',
          'notify',
          'vars_files',
          'register',
          'until',
          'become',
        ],
        ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'],
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value;

test('any data where a playbook is expected is loaded, or refused in words', async () => {
  await withFiles({}, async (home) => {
    const file = path.join(home, 'site.yaml');
    await fc.assert(
      fc.asyncProperty(
        fc.array(anything, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (data, asPlay) => {
          const document = asPlay ? [{ hosts: 'all', tasks: data }] : data;
          await writeFile(file, JSON.stringify(document));
          await onlySpeaks(() => loadPlaybook(file, options));
        },
      ),
      { numRuns: 800 },
    );
  });
}, 60_000);
