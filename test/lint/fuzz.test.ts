import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importAnsible } from '../../src/ansible/import.ts';
import { errorsIn } from '../../src/core/error.ts';
import { loadInventory } from '../../src/inventory/load.ts';
import { fixAndWrite } from '../../src/lint/fix.ts';
import { lint } from '../../src/lint/lint.ts';
import { rules } from '../../src/lint/rules/index.ts';
import { basic } from './linting.ts';

/** Milliseconds that each property may take; a seed that fails is printed. */
const BUDGET = 5_000;

const fixtures = 'test/ansible/fixtures';
const playbooks = [
  ...rules.flatMap(({ bad, good }) => [bad.text, good.text]),
  ...readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
    .filter((name) => /tasks\/.*\.yml$/.test(name))
    .map(
      (name) =>
        `- hosts: all\n  tasks:\n${readFileSync(path.join(fixtures, name), 'utf8')
          .replace(/^---\n/, '')
          .replaceAll(/^(?=.)/gm, '    ')}`,
    ),
];
const templates = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.j2'))
  .map((name) => readFileSync(path.join(fixtures, name), 'utf8'));
const inventories = [
  'all:\n  hosts:\n    h1: {ansible_host: 10.0.0.1}\n  children:\n    web:\n      hosts:\n        w[1:3]:\n      vars: {x: "{{ y }}"}\n',
  '[web]\nw1 ansible_port=22 x="a b"\nw[01:03]\n[web:vars]\ny=1\n[all:children]\nweb\n',
];

/** What people and editors do to a text, and what nobody does. */
const PIECES = [
  '{{',
  '}}',
  '{%',
  '%}',
  '"',
  "'",
  ':',
  ': ',
  '- ',
  '\n',
  '  ',
  '\t',
  '#',
  '[',
  ']',
  '{',
  '}',
  '|',
  '>',
  '&a',
  '*a',
  '<<',
  '!vault',
  '!unsafe',
  'yes',
  '0644',
  '\u0000',
  '\uFEFF',
  '\r\n',
  'when: x is y',
  'with_items: ',
  '\u2028',
  '__proto__',
  'é',
  '💥',
  '~',
  '---\n',
  '%YAML 1.1\n',
  ',',
  '\\',
];

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 0, max: 12 }),
  insert: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4 })),
});

const mutated = (texts: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...texts), fc.array(mutation, { minLength: 1, maxLength: 5 }))
    .map(([text, mutations]) =>
      mutations.reduce((left, { at, length, insert }) => {
        const start = Math.floor(at * left.length);
        // Half of a character cannot be written to a file.
        return (left.slice(0, start) + insert + left.slice(start + length)).replaceAll(/\p{Surrogate}/gu, '');
      }, text),
    );

/** What is still at work when the time is up: fast-check does not wait for it, but the directory has to. */
let working: Promise<void> = Promise.resolve();

/** Nothing but our own errors may come out. */
function tolerated(work: () => Promise<unknown>): Promise<void> {
  working = attempt(work);
  return working;
}

async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    errorsIn(thrown);
  }
}

async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'hw-fuzz-')));
  try {
    return await work(directory);
  } finally {
    await working.catch(() => {});
    await rm(directory, { recursive: true });
  }
}

const options = { interruptAfterTimeLimit: BUDGET, numRuns: 100_000 };

test('lint and --fix end in findings, whatever playbook, template and inventory they get', {
  timeout: 60_000,
}, async () => {
  await inDirectory(async (directory) => {
    const site = path.join(directory, 'site.yaml');
    const inventory = path.join(directory, 'hosts');
    await mkdir(path.join(directory, 'templates'));
    await fc.assert(
      fc.asyncProperty(
        mutated(playbooks),
        mutated(templates),
        mutated(inventories),
        async (playbook, template, hosts) => {
          await writeFile(site, playbook);
          await writeFile(path.join(directory, 'templates', 'motd.hbs'), template);
          await writeFile(inventory, hosts);
          await tolerated(async () => {
            const known = await loadInventory([inventory]).catch((thrown: unknown) => {
              errorsIn(thrown);
              return undefined;
            });
            await lint([site], { ...basic, ...(known ? { inventory: known } : {}) });
          });
          await tolerated(async () => {
            const { texts } = await fixAndWrite([site], basic);
            const written = await readFile(site, 'utf8');
            expect(written.replace(/^\uFEFF/, '')).toBe(texts.get(site) ?? playbook.replace(/^\uFEFF/, ''));
            // Idempotent: nothing is left that could be mended.
            expect((await fixAndWrite([site], basic)).count).toBe(0);
          });
        },
      ),
      options,
    );
  });
});

test('import ends in files and marks, whatever role it gets', { timeout: 60_000 }, async () => {
  await inDirectory(async (directory) => {
    const role = path.join(directory, 'role');
    await mkdir(path.join(role, 'tasks'), { recursive: true });
    await mkdir(path.join(role, 'templates'));
    await mkdir(path.join(role, 'defaults'));
    const tasks = playbooks.map((text) =>
      text.replace(/^- hosts: all\n(?: {2}[^t].*\n)* {2}tasks:\n/, '').replaceAll(/^ {4}/gm, ''),
    );
    await fc.assert(
      fc.asyncProperty(mutated(tasks), mutated(templates), async (text, template) => {
        await writeFile(path.join(role, 'tasks', 'main.yml'), text);
        await writeFile(path.join(role, 'templates', 'x.j2'), template);
        await tolerated(() => importAnsible(role, path.join(directory, 'new'), { ...basic, force: true }));
      }),
      options,
    );
  });
});
