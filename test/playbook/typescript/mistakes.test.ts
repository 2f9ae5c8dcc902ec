import { describe, expect, test } from 'vitest';
import { complaint } from '../loading.ts';
import { playTypescript, typescript } from './playing.ts';

/** Everything that a user reads about a TypeScript playbook that cannot be loaded. */
const told = async (body: string, files: Readonly<Record<string, string>> = {}) =>
  complaint({ 'site.yaml': '- import_playbook: site.ts\n', 'site.ts': typescript(body), ...files });

describe('before anything runs', () => {
  test.each<readonly [what: string, body: string, complaint: string]>([
    [
      'an input that is read outside of a function',
      `const inputs = defineInputs({ bridge: input.string({ default: 'br0' }) });
       export default play('P', { hosts: 'all', tasks: [debug('Say', { msg: inputs.bridge })] });`,
      `site.ts:3:8: inputs.bridge is only known while tasks run on a host, but is read while the playbook is being loaded.
  Put it into a function: () => inputs.bridge`,
    ],
    [
      'a result that is read outside of a function',
      `const look = stat('Look', { path: '/x' });
       export default play('P', { hosts: 'all', tasks: [look, debug('Say', { msg: look.result })] });`,
      `site.ts:3:8: task.result is only known while tasks run on a host, but is read while the playbook is being loaded.
  Put it into a function: () => task.result`,
    ],
    [
      'wrong parameters, where the type checker was not asked',
      `export default play('P', { hosts: 'all', tasks() {
         debug('Make', { msg: '/x', verbosty: 1 } as never);
       } });`,
      `site.ts:3:10: debug has no parameter "verbosty".
  debug takes msg and var.`,
    ],
    [
      'wrong keywords, and a template that is none',
      `export default play('P', { hosts: 'all', tasks: [
         debug('Say', { msg: '{{ x' }, { wen: true } as never),
       ] });`,
      `site.ts:3:10: The template "{{ x" is not valid Handlebars, near "x".
  Close the expression with }}.
site.ts:3:10: "wen" is not a keyword of a task.
  Did you mean "when"?`,
    ],
    [
      'a value that is no data',
      `export default play('P', { hosts: 'all', tasks: [debug('Say', { msg: new Map() as never })] });`,
      `site.ts:2:50: A playbook is given a Map, which is no data.
  Give texts, numbers, true or false, lists and plain maps.`,
    ],
    [
      'an async function with tasks',
      `export default play('P', { hosts: 'all', tasks: async () => { debug('Say', {}); } });`,
      `site.ts:2:16: A function with tasks is async, so its tasks would come too late.
  Await what is needed at the top of the playbook file, before the play.`,
    ],
    [
      'something among tasks that is none',
      `export default play('P', { hosts: 'all', tasks: [handler(debug('Say', {})) as never] });`,
      `site.ts:2:16: Among tasks stands a map, which is no task.
  Call a module's function: file('Name', { … }). Handlers stand under notify.`,
    ],
    [
      'a module with the name of one that ships',
      `defineModule({ name: 'debug', summary: 'X.', params: z.strictObject({}), examples: [], check: () => null, apply: () => sh\`:\` });
       export default play('P', { hosts: 'all' });`,
      `site.ts:1:1: The playbook defines a module "debug", but a module of that name ships with Hostwright.
  Give it another name.`,
    ],
    [
      'an error of its own at the top',
      `const made = [];
       made.first.second();
       export default play('P', { hosts: 'all' });`,
      `site.ts:3:8: The playbook site.ts cannot be loaded: TypeError: Cannot read properties of undefined (reading 'second').
  It is loaded like any TypeScript module: imports must resolve, and what runs at its top must not fail.`,
    ],
    [
      'an import that leads nowhere',
      `import { x } from './gone.ts';
       export default play(x, { hosts: 'all' });`,
      `site.ts:2:1: The playbook site.ts cannot be loaded: Cannot find module './gone.ts'.
  It is loaded like any TypeScript module: imports must resolve, and what runs at its top must not fail.`,
    ],
    [
      'wrong syntax',
      `export default play('P', { hosts: });`,
      `site.ts:2:34: The playbook site.ts cannot be loaded: ParseError: Unexpected token.
  It is loaded like any TypeScript module: imports must resolve, and what runs at its top must not fail.`,
    ],
  ])('%s', async (_, body, expected) => {
    expect(await told(body)).toBe(expected);
  });
});

describe('while tasks run', () => {
  test.each<readonly [what: string, body: string, message: string, place: string]>([
    [
      'an error in a function, at its line',
      `const names: readonly string[] = [];
       export default play('P', { hosts: 'all', tasks: [
         debug('Say', {
           msg: () => names[0]!.length,
         }),
       ] });`,
      "A function of the playbook fails: TypeError: Cannot read properties of undefined (reading 'length').",
      'site.ts:5',
    ],
    [
      'something thrown that is no error',
      `export default play('P', { hosts: 'all', tasks: [debug('Say', { msg: () => { throw 'up'; } })] });`,
      'A function of the playbook fails: it threw up.',
      'site.ts:2',
    ],
    [
      'something thrown that cannot even be shown',
      `export default play('P', { hosts: 'all', tasks: [debug('Say', { msg: () => { throw Object.create(null); } })] });`,
      'A function of the playbook fails: something that cannot be shown.',
      'site.ts:2',
    ],
    [
      'a value that is no data',
      `export default play('P', { hosts: 'all', tasks: [debug('Say', { msg: () => [new Date(0)] })] });`,
      'A function of the playbook gives a Date, which is no data.',
      'site.ts:2',
    ],
    [
      'a value that contains itself',
      `const list: unknown[] = []; list.push(list);
       export default play('P', { hosts: 'all', tasks: [debug('Say', { msg: () => list })] });`,
      'A function of the playbook gives data that contains itself, which is no data.',
      'site.ts:3',
    ],
    [
      'a condition that gives no boolean',
      `export default play('P', { hosts: 'all', tasks: [debug('Say', {}, { when: (() => 'yes') as never })] });`,
      'The function of a condition gives the text "yes", not true or false.',
      'site.ts:2',
    ],
    [
      'an async function',
      `export default play('P', { hosts: 'all', tasks: [debug('Say', { msg: async () => 1 })] });`,
      'A function of the playbook gives a promise, but functions are asked while a task is being worked out and cannot wait.',
      'site.ts:2',
    ],
    [
      'a field of a result that was skipped',
      `export default play('P', { hosts: 'all', tasks() {
         const look = command('Look', { cmd: 'true' }, { when: false });
         debug('Say', { msg: () => look.result.stdout });
       } });`,
      'The result of the task "Look" has no field "stdout": the task was skipped.',
      'site.ts:4',
    ],
    [
      'a result of a task that comes later',
      `const later = command('Later', { cmd: 'true' });
       export default play('P', { hosts: 'all', tasks: [debug('Say', { msg: () => later.result.rc }), later] });`,
      'The task "Later" has not run on this host.',
      'site.ts:3',
    ],
    [
      'an input that the playbook does not declare',
      `const inputs = defineInputs({ x: input.string({ default: 'y' }) });
       export default play('P', { hosts: 'all', tasks: [debug('Say', { msg: () => inputs.x })] });`,
      'The input "x" is not declared by this playbook.',
      'site.ts:3',
    ],
    [
      'what a host has is not changed by looking at it',
      `export default play('P', { hosts: 'all', tasks() {
         const look = command('Look', { cmd: 'echo a' });
         debug('Say', { msg: () => (look.result.stdout_lines as string[]).push('b') });
       } });`,
      'A function of the playbook fails: TypeError: Cannot add property 1, object is not extensible.',
      'site.ts:4',
    ],
  ])('%s', async (_, body, message, place) => {
    const played = await playTypescript(body);
    const [{ status, result } = {}] = played.results('Say');
    const { file, line } = (result?.position ?? { file: '', line: 0 }) as { file: string; line: number };
    // The hint follows the sentence.
    const msg = String(result?.msg).slice(0, message.length);
    expect({ status, msg, place: `${file.split('/').at(-1)}:${line}` }).toEqual({
      status: 'failed',
      msg: message,
      place,
    });
  });
});
