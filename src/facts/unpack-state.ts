import { HostwrightError } from '../core/error.ts';
import type { HostRead, ReadOutput } from '../core/read.ts';
import type { Script } from '../core/script.ts';
import { sh, withInput } from '../shell/sh.ts';
import { unexpectedOutput } from './problems.ts';
import { parseRecords } from './records.ts';

/** An archive compared with the directory that it is unpacked into. */
export interface UnpackState {
  /** In Ansible's words: TgzArchive, ZipArchive, … */
  readonly handler: string;
  /** Names in the archive, below the directory. */
  readonly files: readonly string[];
  /** Of these, what is not there, and what is there but otherwise. */
  readonly missing: readonly string[];
  readonly differing: readonly string[];
}

/**
 * Unpacks into a directory of its own (`unpack` leaves it as `$tree`, and sets `$handler`), compares each entry with the one of the
 * destination (`$dest`) by kind, content, link and attributes, and throws it away again.
 */
export function unpackState(name: string, unpack: Script): HostRead<UnpackState> {
  const script = sh`
      (
      ${{ text: unpack.text }}
      printf 'handler=%s\0' "$handler"
      printf 'entries='
      (cd -- "$tree" && find . -mindepth 1 -print0 | sort -z | xargs -0 -r sh -c ${COMPARE.text} sh "$dest" "$keep_newer" "$ignore") || exit 1
      printf '\0'
      ) || exit $?
    `;
  return {
    kind: 'host',
    name: `what ${name} would change`,
    script: unpack.input === undefined ? script : withInput(script, unpack.input),
    parse: (output) => parseUnpack(name, output),
  };
}

/** `state name` lines; names with a newline cannot be compared and count as differing. `stat -c %f` is kind and permissions. */
const COMPARE = sh`
  dest=$1 keep_newer=$2 ignore=$3; shift 3
  for e do
    o=$dest/\${e#./}
    if [ ! -e "$o" ] && [ ! -L "$o" ]; then s=missing
    elif [ "$keep_newer" = 1 ] && [ -f "$e" ] && [ "$o" -nt "$e" ]; then s=same
    elif [ -L "$e" ]; then
      if [ -L "$o" ] && [ "$(readlink "$e")" = "$(readlink "$o")" ]; then s=same; else s=differs; fi
    elif [ "$(stat -c "$ignore" -- "$e")" != "$(stat -c "$ignore" -- "$o")" ]; then s=differs
    elif [ -f "$e" ] && ! cmp -s -- "$e" "$o"; then s=differs
    else s=same
    fi
    printf '%s %s\n' $s "\${e#./}"
  done
`;

function parseUnpack(name: string, output: ReadOutput): UnpackState {
  if (output.rc !== 0) {
    const said = new TextDecoder().decode(output.stderr).trim().split('\n').slice(-3).join(' ');
    throw new HostwrightError(
      'cannot-unpack',
      `The archive ${name} cannot be unpacked: ${said || `status ${output.rc}`}`,
      {
        hint: 'The host needs tar, or unzip for zip archives, and the program that the archive was compressed with.',
      },
    );
  }
  const records = parseRecords(output.stdout);
  const handler = records.text('handler');
  const entries = records.text('entries');
  if (handler === undefined || entries === undefined) throw unexpectedOutput(`the archive ${name}`, output);
  const lines = entries.split('\n').flatMap((line) => {
    const [, state, file] = /^(missing|differs|same) (.+)$/.exec(line) ?? [];
    return state === undefined || file === undefined ? [] : [{ state, file }];
  });
  const named = (state: string) => lines.filter((line) => line.state === state).map(({ file }) => file);
  return {
    handler,
    files: lines.map(({ file }) => file),
    missing: named('missing'),
    differing: named('differs'),
  };
}
