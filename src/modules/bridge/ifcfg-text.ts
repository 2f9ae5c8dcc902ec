import type { ConfigurationFile, HostNetwork } from '../../facts/network/host-network.ts';

/** Files of Red Hat's network scripts: `KEY=value` lines that root's shell sources. */
export const IFCFG_DIRECTORY = '/etc/sysconfig/network-scripts';

export function ifcfgPath(name: string): string {
  return `${IFCFG_DIRECTORY}/ifcfg-${name}`;
}

export type IfcfgValues = ReadonlyMap<string, string>;

/** The files that the scripts load: no backups under names at which they look away, and no aliases. */
export function ifcfgFiles(network: Pick<HostNetwork, 'files'>): readonly ConfigurationFile[] {
  return [...network.files.values()].filter(({ path }) => {
    const name = path.startsWith(`${IFCFG_DIRECTORY}/ifcfg-`) ? path.slice(ifcfgPath('').length) : '';
    return name !== '' && !/:|~$|\.(bak|old|orig|rpmnew|rpmorig|rpmsave)$/.test(name);
  });
}

/** All files that configure an interface, the one that `ifup` goes by first: by the file's name, by DEVICE, by the card's MAC. */
export function ifcfgFilesOf(
  { files, links }: Pick<HostNetwork, 'files' | 'links'>,
  name: string,
): readonly ConfigurationFile[] {
  const mac = links.find((link) => link.name === name)?.mac;
  const rank = ({ path, text }: ConfigurationFile) => {
    if (path === ifcfgPath(name)) return 0;
    const values = parseIfcfg(text);
    if (values.has('DEVICE')) return values.get('DEVICE') === name ? 1 : null;
    const its = values.get('HWADDR')?.toLowerCase();
    return its !== undefined && its !== '' && its === mac ? 2 : null;
  };
  return ifcfgFiles({ files })
    .flatMap((file) => {
      const place = rank(file);
      return place === null ? [] : [{ file, place }];
    })
    .toSorted((a, b) => a.place - b.place)
    .map(({ file }) => file);
}

/** The assignments of a file; the last of a name counts, as for the shell. */
export function parseIfcfg(text: string): IfcfgValues {
  return new Map(
    text.split('\n').flatMap((line) => {
      const found = assignment(line);
      // What stands before another word is set for a command of that name only: `BRIDGE=br0 // the bridge` sets nothing.
      return found && /^(#|$)/.test(found.behind) ? [[found.name, found.value]] : [];
    }),
  );
}

/** Changes assignments: null removes. Lines that say so already, and nothing behind it, stay as they are; new ones come last. */
export function editIfcfg(text: string, values: Readonly<Record<string, string | null>>): string {
  const now = parseIfcfg(text);
  const rest = new Map(Object.entries(values));
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const kept = lines.flatMap((line) => {
    const { name, value, behind } = assignment(line) ?? { name: '', value: '', behind: '' };
    if (name === '' || !Object.hasOwn(values, name)) return [line];
    const wanted = rest.get(name);
    // Its first line was dealt with, and one assignment is enough.
    if (wanted === undefined) return [];
    rest.delete(name);
    if (wanted === null) return [];
    const same = now.get(name) === wanted && value === wanted && behind === '' && !line.endsWith('\r');
    return [same ? line : write(name, wanted)];
  });
  const added = [...rest].flatMap(([name, value]) => (value === null ? [] : [write(name, value)]));
  return `${[...kept, ...added].join('\n')}\n`;
}

interface Assignment {
  readonly name: string;
  readonly value: string;
  /** What follows the value on its line. */
  readonly behind: string;
}

function assignment(line: string): Assignment | null {
  const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line.replace(/\r$/, ''));
  if (!match) return null;
  const [, name = '', right = ''] = match;
  const word = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])*/.exec(right)?.[0] ?? '';
  return { name, value: unquote(word), behind: right.slice(word.length).trim() };
}

/** What the shell makes of a word. */
function unquote(word: string): string {
  return word.replaceAll(
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
    (_, double: string | undefined, single: string | undefined, escaped: string | undefined) =>
      double === undefined ? (single ?? escaped ?? '') : double.replaceAll(/\\(["\\$`])/g, '$1'),
  );
}

/** Quoted wherever the shell, or a reader that knows less, could see more in it than text. */
function write(name: string, value: string): string {
  return /^[A-Za-z0-9_.:/@%+,=-]*$/.test(value)
    ? `${name}=${value}`
    : `${name}='${value.replaceAll("'", `'\\''`)}'`;
}
