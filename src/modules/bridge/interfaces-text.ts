import type { ConfigurationFile } from '../../facts/network/host-network.ts';

/** interfaces(5), as ifupdown reads it: stanzas of lines, each begun by a word at a line's start that is a keyword. */
export interface Stanza {
  readonly path: string;
  /** Lines of the file, counted from 0; the second is the one after the last. */
  readonly from: number;
  readonly to: number;
  /** `iface`, `auto`, `allow-hotplug`, … */
  readonly keyword: string;
  /** The interface of an `iface` stanza; '' for others. */
  readonly name: string;
  /** `inet` or `inet6`. */
  readonly family: string;
  /** `static`, `dhcp`, `manual`, `auto`, `loopback`, … */
  readonly method: string;
  /** Of `auto` and `allow-…` the interfaces, of `source` the patterns. */
  readonly names: readonly string[];
  /** In their order; a name may stand more than once (`up`). Underscores are dashes here, which are the same to ifupdown. */
  readonly options: readonly (readonly [name: string, value: string])[];
}

export type ConfigurationFiles = ReadonlyMap<string, ConfigurationFile>;

export const INTERFACES = '/etc/network/interfaces';

/** The stanzas of every file that ifupdown reads. */
export function interfaceStanzas(files: ConfigurationFiles): readonly Stanza[] {
  return [...files.values()]
    .filter(({ path }) => path.startsWith('/etc/network/'))
    .flatMap(({ path, text }) => parseInterfaces(path, text));
}

const KEYWORDS =
  /^(iface|auto|allow-\S+|mapping|rename|no-auto-down|no-scripts|source|source-directory|template)$/;

export function parseInterfaces(path: string, text: string): readonly Stanza[] {
  const stanzas: { -readonly [Name in keyof Stanza]: Stanza[Name] }[] = [];
  for (const { from, to, words } of logicalLines(text)) {
    const [first = '', ...rest] = words;
    if (KEYWORDS.test(first)) {
      const [name = '', family = '', method = ''] = first === 'iface' ? rest : [];
      const names = /^(auto|allow-|source)/.test(first) ? rest : [];
      stanzas.push({ path, from, to, keyword: first, name, family, method, names, options: [] });
      continue;
    }
    const stanza = stanzas.at(-1);
    if (!stanza) continue;
    stanza.to = to;
    stanza.options = [...stanza.options, [first.replaceAll('_', '-'), rest.join(' ')]];
  }
  return stanzas;
}

/** Without comments and empty lines; a backslash at the end continues a line. */
function logicalLines(text: string) {
  const lines = text.split('\n');
  const found: { from: number; to: number; words: readonly string[] }[] = [];
  for (let at = 0; at < lines.length; at++) {
    const from = at;
    let line = lines[at] ?? '';
    if (/^\s*(#|$)/.test(line)) continue;
    while (line.endsWith('\\') && at + 1 < lines.length) {
      at += 1;
      line = `${line.slice(0, -1)} ${lines[at]}`;
    }
    found.push({ from, to: at + 1, words: line.trim().split(/\s+/) });
  }
  return found;
}

/** What a stanza that Hostwright put out of use begins its lines with. */
export const PUT_ASIDE = '#hostwright# ';

/** Takes what concerns an interface out of a file: its stanzas become comments, its name leaves `auto` and `allow-…` lines. */
export function putAside(text: string, stanzas: readonly Stanza[], name: string): string {
  const lines: (string | null)[] = text.split('\n');
  for (const stanza of stanzas) {
    if (stanza.keyword === 'iface' && stanza.name === name) {
      for (let at = stanza.from; at < stanza.to; at++) lines[at] = PUT_ASIDE + (lines[at] ?? '');
    } else if (!stanza.keyword.startsWith('source') && stanza.names.includes(name)) {
      const others = stanza.names.filter((one) => one !== name);
      const line = lines.slice(stanza.from, stanza.to).join('\n');
      lines[stanza.from] =
        others.length > 0 ? `${stanza.keyword} ${others.join(' ')}` : PUT_ASIDE + line.replaceAll('\n', ' ');
      for (let at = stanza.from + 1; at < stanza.to; at++) lines[at] = null;
    }
  }
  return lines.filter((line) => line !== null).join('\n');
}

/** Takes the comments that `putAside` made of these interfaces' stanzas out of a file: new stanzas stand in their place. */
export function withoutPutAside(text: string, names: readonly string[]): string {
  let dropping = false;
  const kept = text.split('\n').filter((line) => {
    if (!line.startsWith(PUT_ASIDE)) {
      dropping = false;
      return true;
    }
    const [first = '', second = ''] = line.slice(PUT_ASIDE.length).trim().split(/\s+/);
    if (KEYWORDS.test(first)) dropping = names.includes(second);
    return !dropping;
  });
  return kept.join('\n');
}

/** A stanza as text. */
export function formatStanza(
  name: string,
  family: string,
  method: string,
  options: readonly (readonly [string, string])[],
): string {
  return [
    `iface ${name} ${family} ${method}`,
    ...options.map(([key, value]) => `    ${key} ${value}`.trimEnd()),
  ].join('\n');
}
