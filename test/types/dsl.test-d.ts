/** What the type checker knows of a TypeScript playbook; compiled by `npm run types`, never run. */
import {
  add_host,
  block,
  command,
  copy,
  debug,
  defineInputs,
  defineModule,
  definePlaybook,
  defineRole,
  type Facts,
  file,
  find,
  handler,
  type InputValues,
  import_role,
  include_tasks,
  input,
  package as packages,
  play,
  service,
  shell,
  slurp,
  stat,
  task,
  uri,
  z,
} from 'hostwright';
import { expectTypeOf } from 'vitest';

const inputs = defineInputs({
  bridge: input.string({ default: 'br0', pattern: '[a-z]+' }),
  count: input.int({ default: 1 }),
  ratio: input.number(),
  quiet: input.bool(),
  guests: input.list({ default: ['web'] }),
  ports: input.list<number>(),
  labels: input.map<string>(),
  speed: input.choice(['fast', 'slow'], { default: 'fast' }),
  maybe: input.string({ required: false }),
  anything: input.any(),
});

// --- Inputs have the types that were declared.
expectTypeOf(inputs).toEqualTypeOf<{
  readonly bridge: string;
  readonly count: number;
  readonly ratio: number;
  readonly quiet: boolean;
  readonly guests: readonly string[];
  readonly ports: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
  readonly speed: 'fast' | 'slow';
  readonly maybe: string | null;
  readonly anything: unknown;
}>();
// @ts-expect-error a default of another type
input.int({ default: 'one' });
// @ts-expect-error a default that is no choice
input.choice(['a', 'b'], { default: 'c' });
// @ts-expect-error an option that there is not
input.string({ defualt: 'x' });
// @ts-expect-error an input that was not declared
debug('Say', { msg: () => inputs.brige });
// @ts-expect-error a declaration that is none
defineInputs({ bridge: 'br0' });

// --- Parameters are those of the module, as values or as functions.
file('Make', { path: '/x', state: 'directory', mode: '0750', recurse: true });
file({ path: () => `/${inputs.bridge}`, state: () => (inputs.quiet ? 'absent' : 'directory') });
file('Make', () => ({ path: '/x', mode: inputs.quiet ? '0750' : undefined }));
packages('Install', { name: ['nginx', () => inputs.bridge], state: 'present' });
copy('Copy', { content: { a: [() => 1] }, dest: '/x' });
add_host('Add', { name: 'x', groups: ['a'], some_variable: () => 1 });
// @ts-expect-error a parameter that there is not
file('Make', { path: '/x', stat: 'directory' });
// @ts-expect-error a value that there is not
file('Make', { path: '/x', state: 'director' });
// @ts-expect-error a parameter that is missing
file('Make', { state: 'directory' });
// @ts-expect-error another type
file('Make', { path: 5 });
// @ts-expect-error a function of another type
file('Make', { path: () => inputs.count });
// @ts-expect-error a value that there is not, from a function
file('Make', { path: '/x', state: () => 'director' });
// @ts-expect-error a keyword that there is not
file('Make', { path: '/x' }, { wen: true });
// @ts-expect-error a keyword among the parameters
file('Make', { path: '/x', when: true });
// @ts-expect-error a keyword of another type
file('Make', { path: '/x' }, { retries: 'three' });

// --- Results have the fields of the module.
const look = stat('Look', { path: '/x' });
const run = command('Run', { cmd: 'true' });
expectTypeOf(look.result.stat.exists).toBeBoolean();
expectTypeOf(look.result.stat.checksum).toEqualTypeOf<string | undefined>();
expectTypeOf(run.result.rc).toBeNumber();
expectTypeOf(run.result.stdout_lines).toEqualTypeOf<readonly string[]>();
expectTypeOf(run.result.changed).toBeBoolean();
expectTypeOf(shell({ cmd: 'x' }).result.stdout).toBeString();
expectTypeOf(slurp({ src: '/x' }).result.content).toBeString();
expectTypeOf(find({ paths: '/x' }).result.files[0]?.path).toEqualTypeOf<string | undefined>();
expectTypeOf(copy({ content: 'x', dest: '/x' }).result.dest).toBeString();
expectTypeOf(file({ path: '/x' }).result.state).toBeString();
expectTypeOf(uri({ url: 'http://x' }).result.status).toEqualTypeOf<number | undefined>();
expectTypeOf(service({ name: 'x' }).result.enabled).toEqualTypeOf<boolean | undefined>();
expectTypeOf(packages({ name: 'x', state: 'latest' }).result.cache_updated).toEqualTypeOf<
  boolean | undefined
>();
// @ts-expect-error a field that there is not
debug('Say', { msg: () => look.result.stat.exist });
// @ts-expect-error a field of another module
debug('Say', { msg: () => look.result.stdout });
command(
  'Judge',
  { cmd: 'x' },
  { changed_when: ({ result }) => result.rc === 2, until: ({ result }) => !result.failed },
);
// @ts-expect-error a field that there is not, in the task's own result
command('Judge', { cmd: 'x' }, { changed_when: ({ result }) => result.code === 2 });
// @ts-expect-error the result is not there yet
command('Judge', { cmd: 'x' }, { when: ({ result }) => result.rc === 2 });

// --- Loops know their items, and the result of a loop its results.
const each = command('Each', { argv: ['id', ({ item }) => item.name] }, { loop: [{ name: 'a', id: 1 }] });
expectTypeOf(each.result.results[0]?.stdout).toEqualTypeOf<string | undefined>();
expectTypeOf(each.result.results[0]?.item.id).toEqualTypeOf<1 | undefined>();
debug('Say', { msg: ({ item }) => item.toUpperCase() }, { loop: () => inputs.guests });
debug('Say', { msg: 1 }, { loop: () => run.result.stdout_lines, when: ({ item }) => item.length > 0 });
// @ts-expect-error a field that the items do not have
command('Each', { cmd: ({ item }) => item.nam }, { loop: [{ name: 'a' }] });
// @ts-expect-error no loop, no item
command('Each', { cmd: ({ item }) => item.name });
// @ts-expect-error with a loop the fields are in results
debug('Say', { msg: () => each.result.stdout });

// --- Conditions are true or false.
debug('Say', {}, { when: [() => inputs.quiet, 'inputs.count > 1', true] });
// @ts-expect-error a condition that is a text
debug('Say', {}, { when: () => 'yes' });
// @ts-expect-error a condition that cannot wait
debug('Say', {}, { when: async () => true });

// --- Facts are known.
expectTypeOf<Facts['os_family']>().toBeString();
debug('Say', {
  msg: ({ facts, groups, hostvars, check_mode }) => [facts.memtotal_mb, groups.all, hostvars.a, check_mode],
});
// @ts-expect-error a fact that there is not
debug('Say', { msg: ({ facts }) => facts.os_famly });
// @ts-expect-error a name that there is not
debug('Say', { msg: ({ fact }) => fact });

// --- Handlers are values.
const reload = handler(service('Reload', { name: 'nginx', state: 'reloaded' }), { listen: 'web' });
copy('Copy', { content: 'x', dest: '/x' }, { notify: [reload, 'web'] });
// @ts-expect-error a task is no handler
copy('Copy', { content: 'x', dest: '/x' }, { notify: look });

// --- Roles take values for their inputs.
const roleInputs = defineInputs({ port: input.int(), name: input.string({ default: 'x' }) });
const web = defineRole({ name: 'web', inputs: roleInputs, tasks: [look] });
web({ port: 80, name: () => inputs.bridge }, { tags: ['web'], when: () => inputs.quiet });
// @ts-expect-error another type
web({ port: 'eighty' });
// @ts-expect-error an input that the role does not have
web({ prot: 80 });
expectTypeOf<InputValues<{ a: ReturnType<typeof input.int> }>>().toHaveProperty('a');

// --- Modules of one's own are as typed as ours.
const greet = defineModule({
  name: 'greet',
  summary: 'Greet.',
  params: z.strictObject({ name: z.string(), loud: z.boolean().optional() }),
  examples: [{ title: 'Greet', params: { name: 'x' } }],
  check: () => null,
  apply: () => ({ text: ':' }),
  result: ({ name }) => ({ greeting: `Hello ${name}` }),
});
expectTypeOf(greet('Greet', { name: () => inputs.bridge }).result.greeting).toBeString();
// @ts-expect-error a parameter that there is not
greet('Greet', { nam: 'x' });

// --- Blocks, includes, plays and playbooks.
block('All', { tasks: [look, false, [run]], rescue() {}, always: [], when: () => inputs.quiet });
// @ts-expect-error a block without tasks
block('All', { when: true });
// @ts-expect-error a keyword of tasks
block('All', { tasks: [], register: 'x' });
include_tasks(({ item }) => `${item}.yaml`, { loop: ['a', 'b'] });
import_role({ name: 'web', tasks_from: 'x' });
// @ts-expect-error an import happens once
import_role({ name: 'web' }, { loop: [1] });
task({ name: 'As in YAML', debug: { msg: ({ inventory_hostname }) => inventory_hostname }, when: 'true' });
// @ts-expect-error a module that there is not
task({ name: 'As in YAML', debgu: { msg: 1 } });
// @ts-expect-error a play needs hosts
play('P', { tasks: [] });
// @ts-expect-error a section that there is not
play('P', { hosts: 'all', task: [] });
// @ts-expect-error a strategy that there is not
play('P', { hosts: 'all', strategy: 'liner' });
definePlaybook({
  name: 'X',
  inputs,
  plays: [play('P', { hosts: ['web', '!db'], roles: [web({ port: 1 }), 'common'] })],
});
// @ts-expect-error a playbook is made of plays
definePlaybook({ plays: [look] });
