import type { ReadOutput } from '../../core/read.ts';
import { sh } from '../../shell/sh.ts';
import type { XmlElement } from '../../xml/element.ts';
import { parseXml } from '../../xml/parse.ts';
import { libvirtSilent, virshAbsent } from './problems.ts';

/** Exit status of a read on a host without virsh. */
const NO_VIRSH = 97;

/**
 * `v` is virsh on the system's own libvirt, whoever asks, in the one language whose words are parsed. `LIBVIRT_DEFAULT_URI` of the host leads
 * elsewhere.
 */
export const VIRSH = sh`
  LC_ALL=C; export LC_ALL
  command -v virsh >/dev/null || { echo 'The host has no virsh.' >&2; exit ${NO_VIRSH}; }
  v() { virsh -q -c "\${LIBVIRT_DEFAULT_URI:-qemu:///system}" "$@"; }
`;

/**
 * `ask` runs virsh commands that end in ';' and prints what they print, each under a mark with a word of the caller's; many commands share one
 * virsh, which costs more to start than to ask. `mark WORD` makes the mark. What they print begins with `$nonce`, which no description holds.
 */
export const ASK = sh`
  ${VIRSH}
  nonce=none
  if [ -r /etc/machine-id ]; then read -r nonce < /etc/machine-id; fi
  printf '%s\n' "$nonce"
  mark() { commands="$commands echo @$nonce:$1@;"; }
  commands=
  ask() {
    if [ -n "$commands" ]; then v "$commands" 2>/dev/null; fi
    commands=
  }
`;

/** What was printed under each mark. Throws where there is no virsh or no libvirt. */
export function parseAnswers(output: ReadOutput): ReadonlyMap<string, string> {
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (output.rc === NO_VIRSH) throw virshAbsent();
  const text = decode(output.stdout);
  const end = text.indexOf('\n');
  if (output.rc !== 0 || end < 0) {
    throw libvirtSilent(
      decode(output.stderr)
        .trim()
        .split('\n')
        .map((line) => line.replace(/^error: /, ''))
        .join('; ')
        .slice(0, 300),
    );
  }
  const [, ...parts] = text.slice(end + 1).split(`@${text.slice(0, end)}:`);
  return new Map(
    parts.map((part) => {
      const at = part.indexOf('@');
      return [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}

/** UUIDs, one a line. */
export function parseUuids(text: string | undefined): readonly string[] {
  return (text ?? '').split('\n').filter((line) => /^[0-9a-f-]{36}$/.test(line));
}

/** Documents change seldom, and each task reads all of them. */
const known = new Map<string, XmlElement>();
const KNOWN_LIMIT = 1000;

/** A document as libvirt printed it; null where nothing was printed. */
export function parseDescription(text: string | undefined, what: string, root: string): XmlElement | null {
  if (text === undefined || text.trim() === '') return null;
  const before = known.get(text);
  if (before) return before;
  const parsed = parseXml(text, what, root);
  if (known.size >= KNOWN_LIMIT) known.clear();
  known.set(text, parsed);
  return parsed;
}
