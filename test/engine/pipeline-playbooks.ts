import fc from 'fast-check';

/** Playbooks whose tasks get in each other's way: few paths, registers used later, loops, handlers, failures, blocks. */

type Task = Readonly<Record<string, unknown>>;

const path = fc.constantFrom('a', 'b', 'd/a', 'd/b', 'd/e/c').map((name) => `{{ root }}/${name}`);
const directory = fc.constantFrom('d', 'd/e', 'f').map((name) => `{{ root }}/${name}`);
const text = fc.constantFrom(
  'one\n',
  'two\n',
  'one\ntwo\n',
  'x = 1\n',
  '{{ known }}\n',
  '{{ seen.stdout }}\n',
);
const line = fc.constantFrom('one', 'two', 'x = 2', '{{ known }}');
const mode = fc.constantFrom('0644', '0600', '0755');

const optionalMode = fc.option(mode, { nil: undefined });
const file: fc.Arbitrary<Task> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ dest: path, content: text, mode: optionalMode }).map((copy) => ({ copy })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ path: directory, mode: optionalMode })
      .map((at) => ({ file: { ...at, state: 'directory' } })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ path, state: fc.constantFrom('touch', 'absent', 'file', 'directory'), mode: optionalMode })
      .map((at) => ({ file: at })),
  },
  { weight: 1, arbitrary: fc.record({ path, src: path }).map((at) => ({ file: { ...at, state: 'link' } })) },
  {
    weight: 3,
    arbitrary: fc.record({ path, line, create: fc.boolean() }).map((edit) => ({ lineinfile: edit })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ path, line, regexp: fc.constant('^x'), create: fc.boolean() })
      .map((edit) => ({ lineinfile: edit })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ path, block: text, create: fc.boolean() }).map((edit) => ({ blockinfile: edit })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ dest: path, src: fc.constantFrom('t1', 't2') }).map((template) => ({ template })),
  },
  {
    weight: 1,
    arbitrary: directory.map((dest) => ({ copy: { dest, src: 'tree/' } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ path, regexp: fc.constant('one'), replace: fc.constant('three') })
      .map((replace) => ({ replace })),
  },
);

const command: fc.Arbitrary<Task> = fc.oneof(
  fc.tuple(path, path).map(([from, to]) => ({ shell: `cat ${from} >> ${to}`, register: 'seen' })),
  fc.tuple(path, path).map(([made, to]) => ({ shell: { cmd: `echo made >> ${to}`, creates: made } })),
  fc
    .tuple(path)
    .map(([at]) => ({ shell: `cat ${at}; echo said >&2`, register: 'seen', changed_when: false })),
  fc.tuple(path).map(([at]) => ({ shell: { cmd: `rm -rf ${at}`, removes: at } })),
  fc.constant({ command: 'false' }),
  fc.constant({ command: 'true', register: 'seen' }),
  fc.tuple(path).map(([at]) => ({ shell: `test -e ${at}`, register: 'seen', failed_when: false })),
  fc.tuple(path).map(([at]) => ({ shell: `test -e ${at}`, register: 'seen', failed_when: 'seen.rc > 1' })),
);

const look: fc.Arbitrary<Task> = fc.oneof(
  path.map((at) => ({ stat: { path: at, get_mime: false, get_attributes: false }, register: 'looked' })),
  path.map((at) => ({ slurp: { src: at }, register: 'slurped' })),
  fc.constant({ set_fact: { known: '{{ known }}k' } }),
  fc.constant({ set_fact: { known: '{{ seen.stdout }}' } }),
  fc.constant({ debug: { msg: '{{ known }}' } }),
  fc.constant({ assert: { that: ['known.startsWith("v")'] } }),
  fc.constant({ meta: 'flush_handlers' }),
);

const condition = fc.constantFrom(
  'looked.stat.exists',
  '!looked.stat.exists',
  'seen.changed',
  'seen.rc == 0',
  'other.changed',
  '!other.changed',
  'known == "v"',
  'known != "v"',
  'check_mode == false',
);

const keywords = fc.record(
  {
    when: condition,
    register: fc.constant('other'),
    notify: fc.constantFrom('h1', 'h2', 'topic'),
    changed_when: fc.constantFrom(false, true, 'other.changed'),
    failed_when: fc.constantFrom(false, 'other.changed'),
  },
  { requiredKeys: [] },
);

const plain: fc.Arbitrary<Task> = fc.oneof(
  { weight: 6, arbitrary: file },
  { weight: 3, arbitrary: command },
  { weight: 3, arbitrary: look },
);

const looped: fc.Arbitrary<Task> = fc
  .tuple(
    fc.constantFrom('copy', 'lineinfile', 'file', 'shell'),
    fc.subarray(['a', 'b', 'd', 'g'], { minLength: 1 }),
  )
  .map(([kind, loop]) => {
    const at = '{{ root }}/{{ item }}';
    if (kind === 'copy') return { copy: { dest: at, content: '{{ item }}\n' }, loop };
    if (kind === 'lineinfile') return { lineinfile: { path: at, line: '{{ item }}', create: true }, loop };
    if (kind === 'file') return { file: { path: `${at}x`, state: 'directory' }, loop };
    return { shell: `echo {{ item }} >> ${at}`, loop };
  });

const task: fc.Arbitrary<Task> = fc
  .tuple(
    fc.oneof({ weight: 8, arbitrary: plain }, { weight: 1, arbitrary: looped }),
    fc.option(keywords, { freq: 2, nil: {} }),
    fc.constantFrom(true, true, true, false),
  )
  .map(([what, words, tolerant]) => {
    const all: Record<string, unknown> = { ...what, ...words, ...(tolerant ? { ignore_errors: true } : {}) };
    if ([all.changed_when, all.failed_when].includes('other.changed')) all.register = 'other';
    // Actions decide by themselves; keywords that judge a result fit what works on the host.
    if ('meta' in what)
      for (const name of ['register', 'notify', 'when', 'failed_when', 'changed_when']) delete all[name];
    return all;
  });

const block: fc.Arbitrary<Task> = fc
  .record(
    {
      block: fc.array(task, { minLength: 1, maxLength: 4 }),
      rescue: fc.array(task, { minLength: 1, maxLength: 2 }),
      always: fc.array(task, { minLength: 1, maxLength: 2 }),
      when: condition,
    },
    { requiredKeys: ['block'] },
  )
  .map((all) => all);

const node = fc.oneof({ weight: 6, arbitrary: task }, { weight: 1, arbitrary: block });

export interface Generated {
  readonly hosts: readonly string[];
  readonly plays: readonly Readonly<Record<string, unknown>>[];
}

const play = fc.record({
  tasks: fc.array(node, { minLength: 3, maxLength: 14 }),
  handlers: fc.tuple(task, task).map(([first, second]) => [
    { ...first, name: 'h1', notify: undefined, listen: 'topic' },
    { ...second, name: 'h2', notify: undefined },
  ]),
  strategy: fc.constantFrom('linear', 'free'),
  serial: fc.constantFrom(undefined, 1),
  force_handlers: fc.boolean(),
  any_errors_fatal: fc.constantFrom(false, false, true),
});

/** Plays with everything that names a task; the results can then be told apart. */
export const playbooks: fc.Arbitrary<Generated> = fc
  .tuple(fc.constantFrom(['one'], ['one', 'two']), fc.array(play, { minLength: 1, maxLength: 2 }))
  .map(([hosts, plays]) => {
    let number = 0;
    const named = (nodes: readonly Task[]): Task[] =>
      nodes.map((one) => ({
        name: `task ${++number}`,
        ...Object.fromEntries(
          Object.entries(one)
            .filter(([, value]) => value !== undefined)
            .map(([key, value]) => [
              key,
              Array.isArray(value) && ['block', 'rescue', 'always'].includes(key) ? named(value) : value,
            ]),
        ),
      }));
    return {
      hosts,
      plays: plays.map(({ tasks, handlers, ...words }) => ({
        hosts: 'all',
        vars: { root: '{{ base }}/{{ inventory_hostname }}' },
        ...Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined)),
        // With hosts that go each at their own pace, when the others hear of a failure is chance.
        any_errors_fatal: words.any_errors_fatal && (words.strategy === 'linear' || hosts.length === 1),
        pre_tasks: [
          { name: 'known', set_fact: { known: 'v' } },
          { name: 'looked', stat: { path: '{{ root }}/a', get_mime: false }, register: 'looked' },
          { name: 'other', debug: { msg: 'v' }, register: 'other' },
          { name: 'seen', command: 'echo v', register: 'seen', changed_when: false },
        ],
        tasks: named(tasks),
        handlers: handlers.map((handler) =>
          'meta' in handler ? { name: handler.name, debug: { msg: 'h' } } : handler,
        ),
      })),
    };
  });
