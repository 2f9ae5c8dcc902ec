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
 * The function `look`; its arguments are pairs of a name and a checksum. Links, and names that would take two lines, are looked at one by
 * one. Of the others it prints what the shell itself knows (`plain`: 1 for a file that can be read) and, in a group `all` behind them, what
 * one `stat` and one `sha256sum` say: a line each, in the same order.
 */
function lookAtMany(options: PathStateOptions) {
  const one = lookAtPath({ ...lookOptions(options), encoding: 'base64' });
  const limit = contentLimit(options.content);
  const sum = options.sha256 ? sh`sha256sum -- "$@"` : sh`for p do echo '?'; done`;
  return sh`
    look() {
      wanted=; todo=$#
      while [ "$todo" -gt 0 ]; do
        p=$directory/$1; sum=$2; s=
        shift 2; todo=$((todo - 2))
        case $p in *"$newline"*) plain=;; *) plain=1;; esac
        if [ "$plain" ] && [ -e "$p" ] && [ ! -L "$p" ]; then
          printf 'path=%s\0real=%s\0parent=directory\0nearest=%s\0umask=' "$p" "$p" "\${p%/*}"; umask; printf '\0'
          if [ -r "$p" ]; then printf 'readable=1\0'; fi
          if [ -f "$p" ] && [ -r "$p" ]; then wanted="$wanted$sum "; printf 'plain=1\0'; else printf 'plain=0\0'; fi
          set -- "$@" "$p"
        else
          ${one}
        fi
        printf 'end=\0'
      done
      printf 'all=1\0stats='
      if [ $# -gt 0 ]; then stat -c ${STAT_FORMAT} -- "$@"; fi
      printf '\0'
      todo=$#
      while [ "$todo" -gt 0 ]; do
        p=$1; shift; todo=$((todo - 1))
        if [ -f "$p" ] && [ -r "$p" ]; then set -- "$@" "$p"; fi
      done
      sums=; if [ $# -gt 0 ]; then sums=$(${sum}); fi
      number=0; old=$IFS; IFS=$newline; set -f
      for sum in $sums; do
        # Before a name with backslashes there is one more.
        sum=\${sum#\\}; sum=\${sum%% *}
        printf 'sum%s=%s\0' "$number" "$sum"
        if [ "$sum" != "\${wanted%% *}" ] && [ "$left" -gt 0 ]; then
          content=$(head -c ${limit + 1} < "$1" | base64)
          left=$((left - \${#content}))
          printf 'base64%s=%s\0' "$number" "$content"
        fi
        wanted=\${wanted#* }; number=$((number + 1)); shift
      done
      set +f; IFS=$old
      printf 'end=\0'
    }
  `;
}

function parsePathStates(
  directory: string,
  entries: readonly NamedEntry[],
  options: PathStateOptions,
  output: ReadOutput,
): readonly PathState[] {
  const groups = parseRecordGroups(output.stdout);
  const printed: Records[] = [];
  let plain: Records[] = [];
  for (const group of groups) {
    if (group.text('all') === undefined) {
      plain.push(group);
      continue;
    }
    printed.push(
      ...withLines(plain, group, options, () => unexpectedOutput(`the state of ${directory}`, output)),
    );
    plain = [];
  }
  // What follows the last group is about the accounts.
  const accounts = plain[0] ?? parseRecords(new Uint8Array());
  return entries.map(({ name }, index) => {
    const records = printed[index];
    if (!records) throw unexpectedOutput(`the state of ${directory}/${name}`, output);
    return parsePathState(`${directory}/${name}`, options, records, output, accounts);
  });
}

/** The entries of a group, with what was said of all of them together. */
function withLines(
  entries: readonly Records[],
  all: Records,
  options: PathStateOptions,
  incomplete: () => Error,
): readonly Records[] {
  const stats = (all.text('stats') ?? '').split('\n').slice(0, -1);
  let [nextStat, nextSum] = [0, 0];
  const joined = entries.map((entry): Records => {
    const plain = entry.text('plain');
    if (plain === undefined) return entry;
    const own = new Map<string, string | undefined>([['stat', stats[nextStat]]]);
    nextStat += 1;
    if (plain === '1') {
      if (options.sha256) own.set('sha256', all.text(`sum${nextSum}`));
      own.set('base64', all.text(`base64${nextSum}`));
      nextSum += 1;
    }
    return { text: (name) => (own.has(name) ? own.get(name) : entry.text(name)), content: undefined };
  });
  // Something was removed meanwhile: then the lines belong to others.
  const complete =
    stats.length === nextStat && (nextSum === 0 || all.text(`sum${nextSum - 1}`) !== undefined);
  if (!complete || all.text(`sum${nextSum}`) !== undefined) throw incomplete();
  return joined;
}
