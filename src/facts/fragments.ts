import type { HostRead, ReadOutput } from '../core/read.ts';
import { sh } from '../shell/sh.ts';
import { pathWord } from './host-path.ts';
import { noDirectory, unexpectedOutput } from './problems.ts';
import { parseBase64, parseRecordGroups } from './records.ts';

/** A file of a directory with its content. */
export interface Fragment {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The regular files of a directory with their contents; together they must be small enough for one read. */
export function fragmentFiles(path: string): HostRead<readonly Fragment[]> {
  return {
    kind: 'host',
    name: `files of ${path}`,
    script: sh`
      LC_ALL=C; export LC_ALL
      p=${pathWord(path)}
      if [ -d "$p/" ]; then printf 'directory=1\0'; fi
      for f in "$p"/* "$p"/.[!.]* "$p"/..?*; do
        if [ -f "$f" ] && [ -r "$f" ]; then
          printf 'name=%s\0' "\${f##*/}"
          printf 'base64='; base64 < "$f"; printf '\0end=\0'
        fi
      done
      :
    `,
    parse: (output) => parseFragments(path, output),
  };
}

function parseFragments(path: string, output: ReadOutput): readonly Fragment[] {
  const groups = parseRecordGroups(output.stdout);
  if (groups[0]?.text('directory') !== '1') throw noDirectory(path);
  return groups
    .filter((group) => group.text('name') !== undefined)
    .map((group) => {
      const content = parseBase64(group.text('base64') ?? '');
      if (!content) throw unexpectedOutput(`the files of ${path}`, output);
      return { name: group.text('name') ?? '', content };
    });
}
