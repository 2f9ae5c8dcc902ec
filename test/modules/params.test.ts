import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  count,
  fileMode,
  flag,
  hostPath,
  listOf,
  ownership,
  parameterObject,
  text,
  withAliases,
} from '../../src/modules/params.ts';

const params = withAliases(
  z.strictObject({
    path: hostPath.describe('Path.'),
    ...ownership,
    deep: flag.default(false).describe('Flag.'),
    tries: count.default(1).describe('Count.'),
    names: listOf(text).optional().describe('List.'),
  }),
  { path: ['dest', 'name'] },
);

const good: readonly (readonly [input: unknown, output: unknown])[] = [
  [{ path: '/x' }, { path: '/x', deep: false, tries: 1 }],
  [
    { dest: '~/x', deep: 'yes', tries: '3' },
    { path: '~/x', deep: true, tries: 3 },
  ],
  [
    { name: '/x', deep: 'off', names: 'a, b' },
    { path: '/x', deep: false, tries: 1, names: ['a', 'b'] },
  ],
  [
    { path: '/x', owner: 0, group: 'adm', mode: 'a-w' },
    { path: '/x', owner: '0', group: 'adm', mode: 'a-w', deep: false, tries: 1 },
  ],
];

const bad: readonly (readonly [input: unknown, path: string, message: string])[] = [
  [{}, 'path', 'is required'],
  [{ path: 'etc/motd' }, 'path', 'must be an absolute path on the host (or begin with ~/), not "etc/motd"'],
  [{ path: '/x', dest: '/y' }, 'dest', 'path, dest, name are names of one parameter; give one of them'],
  [
    { path: '/x', mode: 644 },
    'mode',
    "is the number 644, which loses its leading zero and may be read as decimal; write it as a string: mode: '0644'",
  ],
  [
    { path: '/x', mode: 493 },
    'mode',
    "is the number 493, which loses its leading zero and may be read as decimal; write it as a string: mode: '0755'",
  ],
  [
    { path: '/x', mode: 'rwx' },
    'mode',
    'must be octal digits (\'0644\') or symbols (u=rwX,g=rX,o=), not "rwx"',
  ],
  [
    { path: '/x', deep: 'maybe' },
    'deep',
    'must be true or false (yes, no, on and off will do too), not "maybe"',
  ],
  [{ path: '/x', tries: -1 }, 'tries', 'must be a whole number, 0 or more, not -1'],
  [{ path: '/x', owner: 'a:b' }, 'owner', 'must be the name or number of an account, not "a:b"'],
];

describe('shared parameters', () => {
  it.each(good)('%j', (input, output) => expect(params.parse(input)).toEqual(output));

  it.each(bad)('%j is refused', (input, path, message) => {
    const issues = params
      .safeParse(input)
      .error?.issues.map((issue) => [issue.path.join('.'), issue.message]);
    expect(issues).toEqual([[path, message]]);
  });

  it('name an unknown parameter', () => {
    const [issue] = params.safeParse({ path: '/x', pth: 1 }).error?.issues ?? [];
    expect(issue).toMatchObject({ code: 'unrecognized_keys', keys: ['pth'] });
  });

  it('stay open to documentation and JSON Schema', () => {
    const { object, aliases } = parameterObject(params);
    expect(Object.keys(object.shape)).toEqual(['path', 'mode', 'owner', 'group', 'deep', 'tries', 'names']);
    expect(aliases).toEqual({ path: ['dest', 'name'] });
    const schema = z.toJSONSchema(object, { io: 'input' });
    expect(schema).toMatchObject({ additionalProperties: false, required: ['path'] });
    expect(fileMode.safeParse('u=rwX,g=rX,o=').success).toBe(true);
  });
});
