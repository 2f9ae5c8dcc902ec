import { z } from 'zod';
import { defineAction } from '../../core/action.ts';
import { count, flag, listOf, localPath } from '../params.ts';

const expression = z.string().refine(isExpression, { error: 'must be a regular expression' });

export const includeVars = defineAction({
  name: 'include_vars',
  summary: 'Read variables from a YAML or JSON file, or all such files of a directory, beside the playbook.',
  params: z
    .strictObject({
      file: localPath
        .optional()
        .describe('The file; relative paths are looked for in vars/ and beside the playbook or role.'),
      dir: localPath
        .optional()
        .describe('A directory whose files are read in the order of their names, the later ones winning.'),
      name: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be a name for a variable' })
        .optional()
        .describe('Variable that takes all of it as a map, instead of one variable for each of its keys.'),
      depth: count.default(0).describe('Levels of directories to go down; 0 means all.'),
      extensions: listOf(z.string())
        .default(['yaml', 'yml', 'json'])
        .describe('Endings of the files in the directory.'),
      files_matching: expression
        .optional()
        .describe('Regular expression that the name of a file in the directory must match.'),
      ignore_files: listOf(expression)
        .default([])
        .describe('Regular expressions of names in the directory that are left out.'),
      ignore_unknown_extensions: flag
        .default(false)
        .describe('Leave files with other endings out; otherwise they are an error.'),
    })
    .refine((params) => (params.file === undefined) !== (params.dir === undefined), {
      error: 'needs either file or dir',
    }),
  freeForm: 'file',
  examples: [
    { title: 'Variables of the distribution', params: { file: 'debian.yaml' } },
    { title: 'Under a name', params: { file: 'networks.yaml', name: 'networks' } },
    { title: 'All files of a directory', params: { dir: 'sites', depth: 1 } },
  ],
  run: ({ file, dir, name, depth, extensions, files_matching, ignore_files, ignore_unknown_extensions }) => {
    const named = name === undefined ? {} : { name };
    if (file !== undefined) return { result: {}, requests: [{ do: 'include_vars', path: file, ...named }] };
    const directory = {
      depth,
      extensions,
      matching: files_matching,
      ignore: ignore_files,
      skipOthers: ignore_unknown_extensions,
    };
    return { result: {}, requests: [{ do: 'include_vars', path: dir ?? '', ...named, directory }] };
  },
});

function isExpression(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
