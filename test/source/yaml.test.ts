import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorsIn, formatError } from '../../src/core/error.ts';
import { positionAt, positionOf, positionOfKey } from '../../src/core/position.ts';
import { Template } from '../../src/core/template.ts';
import { loadYamlFile, parseYaml } from '../../src/source/yaml.ts';
import { mistakes } from './yaml-mistakes.ts';

function messageOf(step: () => unknown): string {
  try {
    return `no error, but ${JSON.stringify(step())}`;
  } catch (thrown) {
    return errorsIn(thrown).map(formatError).join('\n');
  }
}

const place = (line: number, column: number) => ({ file: 'f.yaml', line, column });

describe('mistakes', () => {
  test.each(mistakes)('%s', (_, text, message) => {
    expect(messageOf(() => parseYaml(text, 'f.yaml'))).toBe(message);
  });

  test('nesting that overflows the stack of a recursive parser is an error like any other', () => {
    for (const text of ['['.repeat(20_000), '- '.repeat(20_000), '{a: '.repeat(20_000)]) {
      expect(messageOf(() => parseYaml(text, 'f.yaml'))).toMatch(
        /^f\.yaml:1:\d+: The values are nested too deep/,
      );
    }
  });
});

describe('values', () => {
  test.each<[string, string, unknown]>([
    ['nothing', '', null],
    ['only a comment', '# x\n---\n', null],
    ['a document with its marks', '---\na: 1\n...\n', { a: 1 }],
    ['words', 'a: yes\nb: on\nc: No\nd: true\ne: ~\n', { a: 'yes', b: 'on', c: 'No', d: true, e: null }],
    ['numbers', 'a: 0644\nb: 0o644\nc: 0x1F\nd: 1e3\ne: 1_0\n', { a: 644, b: 420, c: 31, d: 1000, e: '1_0' }],
    [
      'addresses, dates',
      'a: 52:54:00:12:34:56\nb: 2024-01-01\n',
      { a: '52:54:00:12:34:56', b: '2024-01-01' },
    ],
    ['keys that are no texts', '1: a\ntrue: b\n0644: c\n', { 1: 'a', true: 'b', '0644': 'c' }],
    ['a byte order mark', '\uFEFFa: 1\n', { a: 1 }],
    ['CR LF', 'a: 1\r\nb: |\r\n  x\r\n  y\r\n', { a: 1, b: 'x\ny\n' }],
    ['a merge', 'a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  b: 3\n', { a: { b: 1, c: 2 }, d: { b: 3, c: 2 } }],
    [
      'several merges, the first winning',
      'a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne:\n  <<: [*x, *y]\n',
      { a: { b: 1 }, c: { b: 2, d: 3 }, e: { b: 1, d: 3 } },
    ],
    ['a quoted << is a key', 'a: {"<<": 1}\n', { a: { '<<': 1 } }],
    ['an anchor set twice', 'a: &a [1]\nb: &a 2\nc: *a\n', { a: [1], b: 2, c: 2 }],
    ['core tags', 'a: !!str 12\nb: !!int "3"\n', { a: '12', b: 3 }],
    [
      '!unsafe keeps braces, however deep',
      'a: !unsafe "{{ x }}"\nb: !unsafe ["{{ y }}", {c: "{{ z }}"}]\n',
      { a: '{{ x }}', b: ['{{ y }}', { c: '{{ z }}' }] },
    ],
    ['a float beyond the integers', 'a: 1e30\n', { a: 1e30 }],
  ])('%s', (_, text, value) => {
    expect(parseYaml(text, 'f.yaml')).toEqual(value);
  });

  test('__proto__ is a key like any other and changes no prototype', () => {
    const text = 'a: {__proto__: {polluted: yes}}\nb: &x {__proto__: {c: 1}}\nd: {<<: *x}\n';
    const value = parseYaml(text, 'f.yaml') as Record<string, object>;
    for (const map of [value.a, value.b, value.d]) {
      expect(Object.getPrototypeOf(map)).toBe(Object.prototype);
      expect(Object.keys(map as object)).toEqual(['__proto__']);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('text with {{ is a template, and so is what looks like a statement of Jinja; nothing else is', () => {
    const text = 'a: "x {{ y }}"\nb: x { y }\n"{{ k }}": 1\nc: "{% if x %}"\nd: "%{http_code} {%d}"\n';
    expect(parseYaml(text, 'f.yaml')).toEqual({
      a: new Template('x {{ y }}', place(1, 4)),
      b: 'x { y }',
      '{{ k }}': 1,
      c: new Template('{% if x %}', place(4, 4)),
      d: '%{http_code} {%d}',
    });
  });

  test('a template in a block of text stands where its first line stands', () => {
    const text = 'a:\n  b: |-\n    x\n    {{ y }}\n  c: >\n    {{ z }}\n';
    expect(parseYaml(text, 'f.yaml')).toEqual({
      a: { b: new Template('x\n{{ y }}', place(3, 5)), c: new Template('{{ z }}\n', place(6, 5)) },
    });
  });
});

test('positions of maps, lists, keys and values', () => {
  const text = '- name: x\n  list: [1, {k: "v"}]\n  map:\n    a: 1\n';
  const value = parseYaml(text, 'f.yaml') as [{ list: object; map: object }];
  const [item] = value;
  expect(positionOf(value)).toEqual(place(1, 1));
  expect(positionOf(item)).toEqual(place(1, 3));
  expect(positionOfKey(item, 'list')).toEqual(place(2, 3));
  expect(positionOf(item, 'list')).toEqual(place(2, 9));
  expect(positionOf(item.list, 1)).toEqual(place(2, 13));
  expect(positionAt(value, [0, 'list', 1, 'k'])).toEqual(place(2, 17));
  expect(positionAt(value, [0, 'map', 'a'])).toEqual(place(4, 8));
  expect(positionAt(value, [0, 'map', 'nothing'])).toEqual(place(4, 5));
});

test('the time grows with the size of the file, not with its square', () => {
  const timeFor = (keys: number) => {
    const text = Array.from({ length: keys }, (_, index) => `key${index}: ${index}`).join('\n');
    const start = performance.now();
    expect(Object.keys(parseYaml(text, 'f.yaml') as object)).toHaveLength(keys);
    return performance.now() - start;
  };
  timeFor(4000);
  // Eight times the keys: 64 times the time if each were compared with all others.
  expect(timeFor(32_000)).toBeLessThan(32 * Math.max(timeFor(4000), 5));
});

describe('files', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'hw-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const failure = async (file: string) => {
    try {
      return `no error, but ${JSON.stringify(await loadYamlFile(file))}`;
    } catch (thrown) {
      return errorsIn(thrown).map(formatError).join('\n').replaceAll(directory, 'DIR');
    }
  };

  test('in UTF-8', async () => {
    const file = path.join(directory, 'good.yaml');
    await writeFile(file, 'name: 网桥\n');
    expect(await loadYamlFile(file)).toEqual({ name: '网桥' });
  });

  test('that is missing', async () => {
    expect(await failure(path.join(directory, 'none.yaml'))).toBe(`The file "DIR/none.yaml" does not exist.
  Check the path; a relative one counts from the directory you are in.`);
  });

  test('that is a directory', async () => {
    expect(await failure(directory)).toBe('The file "DIR" is a directory.');
  });

  test('in a legacy encoding', async () => {
    const file = path.join(directory, 'gbk.yaml');
    await writeFile(file, Buffer.from([0x61, 0x3a, 0x20, 0xcd, 0xf8, 0x0a]));
    expect(await failure(file)).toBe(`The file "DIR/gbk.yaml" is not UTF-8 text.
  Save it as UTF-8 (iconv -f GB18030 -t UTF-8, for example, turns a Chinese legacy encoding into it).`);
  });
});
