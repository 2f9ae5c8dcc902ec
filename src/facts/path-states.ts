import type { HostRead, ReadOutput } from '../core/read.ts';
import { raw, sh } from '../shell/sh.ts';
import { accountLookup } from './accounts.ts';
import { pathWord } from './host-path.ts';
import { lookAtPath } from './path-look.ts';
import {
  contentLimit,
  lookOptions,
  type PathState,
  type PathStateOptions,
  parsePathState,
} from './path-state.ts';
import { unexpectedOutput } from './problems.ts';
import { parseRecordGroups, parseRecords, type Records } from './records.ts';
import { STAT_FORMAT } from './stat-line.ts';

/** An entry below a directory, and what it should hold: where its checksum is that, its content is not read. */
export interface NamedEntry {
  readonly name: string;
  readonly sha256?: string | undefined;
}

/** Entries that one `stat` and one `sha256sum` are told of. */
const AT_ONCE = 400;

/** Characters of Base64 that the contents of all entries may have together. */
const CONTENT_BUDGET = 2_700_000;

const NO_CHECKSUM = '-';

/**
 * What stands at many paths below a directory, in their order. Contents only of small files that are not as they should be, and of 2 MB in
 * all: they are for differences, and a checksum decides. Costs two processes for some hundred entries, one more for each content.
 */
export function pathStates(
  directory: string,
  entries: readonly NamedEntry[],
  options: PathStateOptions = {},
): HostRead<readonly PathState[]> {
  const limit = contentLimit(options.content);
  const groups = Array.from({ length: Math.ceil(entries.length / AT_ONCE) }, (_, index) =>
    entries.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  );
  const words = (group: readonly NamedEntry[]) =>
    group.flatMap(({ name, sha256 }) => [name, sha256 ?? NO_CHECKSUM]);
  return {
    kind: 'host',
    name: `state of ${entries.length} entries of ${directory}`,
    script: sh`
      LC_ALL=C; export LC_ALL
      directory=${pathWord(directory === '/' ? '' : directory)}
      left=${limit < 0 ? 0 : CONTENT_BUDGET}
      newline='
      '
      ${lookAtMany(options)}
      ${raw(groups.map((group) => sh`look ${words(group)}`.text).join('\n'))}
      ${accountLookup(options.owner, options.group)}
      :
    `,
    parse: (output) => parsePathStates(directory, entries, options, output),
  };
}

/**
 * The function `look`; its arguments are pairs of a name and a checksum. Of what is there and no link it prints numbers alone, from 1 (`files`
 * that can be read, `others`, and those of them that are `closed`), and in their order what one `stat` and one `sha256sum` say, a line each.
 * Of what is not there it prints where the path ends; links, and names that would take two lines, are looked at one by one.
 */
function lookAtMany(options: PathStateOptions) {
  const one = lookAtPath({ ...lookOptions(options), encoding: 'base64' });
  const limit = contentLimit(options.content);
  const sum = options.sha256 ? sh`sha256sum -- "$@"` : sh`for p do echo '?'; done`;
  return sh`
    cd -- "\${directory:-/}" 2>/dev/null
    printf 'directory=%s\0umask=' "$directory"; umask; printf '\0end=\0'
    look() {
      word=0; files=; others=; closed=; first=; second=; wanted=
      for sum do
        word=$((word + 1))
        if [ $((word % 2)) = 1 ]; then name=$sum; continue; fi
        p=$directory/$name; number=$((word / 2)); s=; a=\${p%/*}
        case $p in *"$newline"*) plain=;; *) plain=1;; esac
        if [ -z "$plain" ] || [ -L "$p" ] || { [ ! -e "$p" ] && [ -e "$a" ] && [ ! -x "$a" ]; }; then
          printf 'entry=%s\0' "$number"
          ${one}
          printf 'end=\0'
        elif [ ! -e "$p" ]; then
          parent=
          if [ -d "$a/" ]; then parent=directory; elif [ -e "$a" ]; then parent=other; fi
          while [ -n "$a" ] && [ ! -e "$a" ]; do a=\${a%/*}; done
          printf 'entry=%s\0absent=1\0parent=%s\0nearest=%s\0end=\0' "$number" "$parent" "$a"
        elif [ -f "$p" ] && [ -r "$p" ]; then
          files="$files $number"; wanted="$wanted$sum "; first="$first \"$dollar{$((word - 1))}\""
        else
          others="$others $number"; second="$second \"$dollar{$((word - 1))}\""
          if [ ! -r "$p" ]; then closed="$closed $number"; fi
        fi
      done
      printf 'all=1\0files=%s\0others=%s\0closed=%s\0stats=' "$files" "$others" "$closed"
      if [ "$first$second" ]; then (eval "set -- $first $second"; exec stat -c ${STAT_FORMAT} -- "$@"); fi
      printf '\0'
      eval "set -- $first"
      sums=; if [ $# -gt 0 ]; then sums=$(${sum}); fi
      number=0; old=$IFS; IFS=$newline; set -f
      for sum in $sums; do
        # Before a name with backslashes there is one more.
        sum=\${sum#\\}; sum=\${sum%% *}
        all="$all$sum "
        if [ "$sum" != "\${wanted%% *}" ] && [ "$left" -gt 0 ]; then
          content=$(head -c ${limit + 1} < "$1" | base64)
          left=$((left - \${#content}))
          printf 'base64%s=%s\0' "$number" "$content"
        fi
        wanted=\${wanted#* }; number=$((number + 1)); shift
      done
      set +f; IFS=$old
      printf 'sums=%s\0end=\0' "$all"; all=
    }
    all=; dollar='$'
  `;
}

function parsePathStates(
  directory: string,
  entries: readonly NamedEntry[],
  options: PathStateOptions,
  output: ReadOutput,
): readonly PathState[] {
  const incomplete = () => unexpectedOutput(`the state of ${directory}`, output);
  const [head, ...groups] = parseRecordGroups(output.stdout);
  if (head?.text('directory') === undefined) throw incomplete();
  const found = new Map<number, Records>();
  let offset = 0;
  let open: Records[] = [];
  for (const group of groups) {
    if (group.text('all') === undefined) {
      open.push(group);
      continue;
    }
    for (const entry of open) found.set(offset + Number(entry.text('entry')), entry);
    for (const [number, entry] of plainEntries(group, options, incomplete)) found.set(offset + number, entry);
    open = [];
    offset += AT_ONCE;
  }
  // What follows the last group is about the accounts.
  const accounts = open[0] ?? parseRecords(new Uint8Array());
  return entries.map(({ name }, index) => {
    const path = `${head.text('directory')}/${name}`;
    const entry = found.get(index + 1);
    if (!entry) throw unexpectedOutput(`the state of ${directory}/${name}`, output);
    const records = entry.text('path') === undefined ? withPath(entry, path, head) : entry;
    return parsePathState(`${directory}/${name}`, options, records, output, accounts);
  });
}

/** What goes without saying of an entry that is no link. */
function withPath(entry: Records, path: string, head: Records): Records {
  const above = path.slice(0, path.lastIndexOf('/'));
  const absent = entry.text('absent') !== undefined;
  const own: Readonly<Record<string, string | undefined>> = {
    path,
    real: path,
    umask: head.text('umask'),
    ...(absent ? {} : { parent: 'directory', nearest: above }),
  };
  return { text: (name) => (name in own ? own[name] : entry.text(name)), content: undefined };
}

/** Entries of which numbers alone are told, with what was said of all of them together. */
function plainEntries(
  all: Records,
  options: PathStateOptions,
  incomplete: () => Error,
): readonly (readonly [number, Records])[] {
  const words = (name: string) => (all.text(name) ?? '').split(' ').filter((word) => word !== '');
  const [files, others] = [words('files'), words('others')];
  const closed = new Set(words('closed'));
  const sums = words('sums');
  const stats = (all.text('stats') ?? '').split('\n').slice(0, -1);
  // Something was removed meanwhile: then the lines belong to others.
  if (stats.length !== files.length + others.length || sums.length !== files.length) throw incomplete();
  return [...files, ...others].map((number, index) => {
    const isFile = index < files.length;
    const own: Readonly<Record<string, string | undefined>> = {
      stat: stats[index],
      readable: closed.has(number) ? undefined : '1',
      sha256: isFile && options.sha256 ? sums[index] : undefined,
      base64: isFile ? all.text(`base64${index}`) : undefined,
    };
    return [Number(number), { text: (name) => own[name], content: undefined }];
  });
}
