import { z } from 'zod';
import { defineModule, type Reads } from '../../core/module.ts';
import type { Read } from '../../core/read.ts';
import { fileChecksums, filesHolding } from '../../facts/checksums.ts';
import { directoryTree, hostClock, type TreePath } from '../../facts/directory-tree.ts';
import { type EntryFields, entryFields } from '../entry-fields.ts';
import { extendedPattern } from '../extended-pattern.ts';
import { type FindFilter, filterEntries } from '../find-filter.ts';
import { count, flag, hostPath, listOf, text, withAliases } from '../params.ts';

const params = withAliases(
  z.strictObject({
    paths: listOf(hostPath).describe('Directories to look into.'),
    patterns: listOf(text)
      .default(['*'])
      .describe('What names must match: shell patterns, or expressions with use_regex.'),
    excludes: listOf(text).default([]).describe('What names must not match.'),
    use_regex: flag.default(false).describe('Patterns are regular expressions.'),
    file_type: z.enum(['any', 'file', 'directory', 'link']).default('file').describe('What is looked for.'),
    recurse: flag.default(false).describe('Go into directories.'),
    depth: count.optional().describe('How deep, where it recurses.'),
    hidden: flag.default(false).describe('Find names that begin with a dot too.'),
    follow: flag.default(false).describe('Go where symbolic links lead.'),
    age: z
      .string()
      .regex(/^-?\d+[smhdw]?$/)
      .optional()
      .describe('At least so old, or with a minus at most: 30m, 2d, -1w.'),
    age_stamp: z.enum(['atime', 'ctime', 'mtime']).default('mtime').describe('Which time age is about.'),
    size: z
      .string()
      .regex(/^-?\d+[bkmgt]?$/)
      .optional()
      .describe('At least so large, or with a minus at most: 10k, 1g, -5m.'),
    contains: text
      .optional()
      .describe(
        'Expression (of Python, without look-around) that a line of the file must begin with; files only.',
      ),
    mode: z
      .string()
      .regex(/^0?[0-7]{3,4}$/, { error: 'must be a mode in octal digits, such as 0644' })
      .optional()
      .describe('Permissions that they must have.'),
    exact_mode: flag.default(true).describe('False: other permissions may be there besides those of mode.'),
    limit: count.optional().describe('Give no more than so many.'),
    get_checksum: flag.default(false).describe('Give checksums of the files that are found.'),
    checksum_algorithm: z
      .enum(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'])
      .default('sha1')
      .describe('How checksums are made.'),
  }),
  {
    paths: ['path', 'name'],
    patterns: ['pattern'],
    excludes: ['exclude'],
    checksum_algorithm: ['checksum', 'checksum_algo'],
  },
);

type Params = z.output<typeof params>;

export const find = defineModule({
  name: 'find',
  summary: 'Find files by name, type, age and size.',
  params,
  examples: [
    {
      title: 'Logs that are older than two weeks and larger than 10 MiB',
      params: { paths: '/var/log', patterns: '*.log,*.gz', recurse: true, age: '2w', size: '10m' },
    },
  ],
  reads: (params): Reads => ({
    now: hostClock(),
    ...Object.fromEntries(
      params.paths.map((path, index): [string, Read<unknown>] => [
        `tree${index}`,
        directoryTree(path, { depth: params.recurse ? params.depth : 1, follow: params.follow }),
      ]),
    ),
  }),
  moreReads: (params, values): Reads => {
    const files = filterEntries(params, trees(params, values), values.now as number)
      .filter((entry) => entry.kind === 'file')
      .map((entry) => entry.path);
    return {
      ...(params.contains === undefined
        ? {}
        : { holding: filesHolding(`^(${extendedPattern(params.contains)})`, files) }),
      ...(params.get_checksum ? { sums: fileChecksums(params.checksum_algorithm, files) } : {}),
    };
  },
  effect: 'none',
  check: () => null,
  apply: () => ({ text: ':' }),
  noUndo: 'It changes nothing.',
  result: (params, { values }) => {
    const sums = (values.sums ?? new Map()) as ReadonlyMap<string, string>;
    const files = found(params, values).map(
      (entry): EntryFields & { readonly checksum?: string | undefined } => ({
        ...entryFields(entry.path, entry),
        ...(sums.has(entry.path) ? { checksum: sums.get(entry.path) } : {}),
      }),
    );
    return { files, matched: files.length, examined: trees(params, values).length };
  },
});

function trees(params: Params, values: Readonly<Record<string, unknown>>): readonly TreePath[] {
  return params.paths.flatMap((_, index) => values[`tree${index}`] as readonly TreePath[]);
}

function found(params: Params, values: Readonly<Record<string, unknown>>): readonly TreePath[] {
  const filter: FindFilter = params;
  const entries = filterEntries(filter, trees(params, values), values.now as number);
  const holding = values.holding as ReadonlySet<string> | undefined;
  const wanted = holding ? entries.filter((entry) => holding.has(entry.path)) : entries;
  return params.limit === undefined ? wanted : wanted.slice(0, params.limit);
}
