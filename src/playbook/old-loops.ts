import { splitWords } from './parse/key-values.ts';

/** Ansible's older loops: the list that `loop` would be given for the value of one; undefined where it cannot be worked out. */
type Translate = (value: unknown) => readonly unknown[] | undefined;

interface OldLoop {
  readonly translate: Translate;
  /** What to write instead where the value does not fit. */
  readonly instead: string;
}

const OLD_LOOPS: Readonly<Record<string, OldLoop>> = {
  with_dict: {
    translate: (value) =>
      isMap(value) ? Object.entries(value).map(([key, entry]) => ({ key, value: entry })) : undefined,
    instead: 'Give it a map, or write loop: "{{ dict2items map }}" and use item.key and item.value.',
  },
  with_sequence: { translate: sequence, instead: 'Write loop: "{{ range first last }}".' },
  with_indexed_items: {
    translate: (value) =>
      Array.isArray(value) ? value.flat(1).map((item, index) => [index, item]) : undefined,
    instead: 'Write loop: with loop_control: {index_var: index}.',
  },
  with_nested: {
    translate: product,
    instead: 'Write a loop over one list in a block that loops over the other.',
  },
  with_cartesian: {
    translate: product,
    instead: 'Write a loop over one list in a block that loops over the other.',
  },
  with_together: { translate: together, instead: 'Write loop: "{{ zip first second }}".' },
  with_flattened: {
    translate: (value) => (Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : undefined),
    instead: 'Write loop: "{{ flatten list }}".',
  },
  with_subelements: {
    translate: subelements,
    instead: 'Give it a list of maps and the name of the list in each: [users, keys].',
  },
};

/** One of the loops whose items are made of its value alone. */
export function oldLoop(form: string): OldLoop | undefined {
  return Object.hasOwn(OLD_LOOPS, form) ? OLD_LOOPS[form] : undefined;
}

/** Loops over what is on this machine or in the inventory: what there is can only be known when they run. */
const LATE_LOOPS = [
  'with_fileglob',
  'with_first_found',
  'with_lines',
  'with_random_choice',
  'with_inventory_hostnames',
] as const;

export type LateLoop = (typeof LATE_LOOPS)[number];

/** True for a loop whose items can only be known when it runs, whatever its value. */
export function isLateLoop(form: string): form is LateLoop {
  return LATE_LOOPS.some((late) => late === form);
}

/** Literal loops that give more rounds than this are a mistake. */
const MAX_ROUNDS = 10_000;

function product(value: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const lists = value.map(asList);
  if (lists.reduce((count, list) => count * list.length, 1) > MAX_ROUNDS) return undefined;
  return lists.reduce<readonly (readonly unknown[])[]>(
    (rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])),
    [[]],
  );
}

function together(value: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const lists = value.map(asList);
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, index) => lists.map((list) => list[index] ?? null));
}

/** `start=1 end=5 stride=2`, `count=3`, or the same as a map; a format is not translated but for a plain `%0Nd` and `%d`. */
function sequence(value: unknown): readonly unknown[] | undefined {
  const options: Record<string, unknown> = isMap(value) ? { ...value } : {};
  if (typeof value === 'string') {
    for (const { text } of splitWords(value)) {
      const [, key, given] = /^(\w+)=(.*)$/.exec(text) ?? [];
      if (key === undefined) return undefined;
      options[key] = given;
    }
  }
  const number = (key: string, fallback: number | undefined) =>
    options[key] === undefined ? fallback : Number(options[key]);
  const start = number('start', 1) as number;
  const stride = number('stride', 1) as number;
  const count = number('count', undefined);
  const end = count === undefined ? number('end', undefined) : start + stride * (count - 1);
  if (end === undefined || ![start, stride, end].every(Number.isSafeInteger) || stride === 0)
    return undefined;
  const length = Math.floor((end - start) / stride) + 1;
  if (length > MAX_ROUNDS) return undefined;
  const format = /^([^%]*)%(?:0(\d))?d([^%]*)$/.exec(String(options.format ?? '%d'));
  if (!format) return undefined;
  const [, before = '', width = '0', after = ''] = format;
  return Array.from(
    { length: Math.max(0, length) },
    (_, index) => `${before}${String(start + index * stride).padStart(Number(width), '0')}${after}`,
  );
}

/** Each item of a list with each of a list inside it: `[users, keys]`, `[users, 'ssh.keys', {skip_missing: true}]`. */
function subelements(value: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const [outer, name, options] = value as readonly unknown[];
  const items = isMap(outer) ? Object.values(outer) : outer;
  if (!Array.isArray(items) || typeof name !== 'string') return undefined;
  const skips = isMap(options) && options.skip_missing === true;
  const pairs: unknown[] = [];
  for (const item of items) {
    const inner = name
      .split('.')
      .reduce<unknown>((at, part) => (isMap(at) && Object.hasOwn(at, part) ? at[part] : undefined), item);
    if (inner === undefined && skips) continue;
    if (!Array.isArray(inner)) return undefined;
    pairs.push(...inner.map((one) => [item, one]));
  }
  return pairs;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
