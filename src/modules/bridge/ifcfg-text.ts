/** Files of Red Hat's network scripts: `KEY=value` lines that root's shell sources. */
export const IFCFG_DIRECTORY = '/etc/sysconfig/network-scripts';

export function ifcfgPath(name: string): string {
  return `${IFCFG_DIRECTORY}/ifcfg-${name}`;
}

export type IfcfgValues = ReadonlyMap<string, string>;

/** The assignments of a file; the last of a name counts, as for the shell. */
export function parseIfcfg(text: string): IfcfgValues {
  return new Map(text.split('\n').flatMap((line) => assignment(line) ?? []));
}

/** Changes assignments: null removes. Lines that say so already stay as they are, new ones come last. */
export function editIfcfg(text: string, values: Readonly<Record<string, string | null>>): string {
  const now = parseIfcfg(text);
  const rest = new Map(Object.entries(values));
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const kept = lines.flatMap((line) => {
    const [[name]] = assignment(line) ?? [['']];
    if (name === '' || !Object.hasOwn(values, name)) return [line];
    const wanted = rest.get(name);
    // Its first line was dealt with, and one assignment is enough.
    if (wanted === undefined) return [];
    rest.delete(name);
    if (wanted === null) return [];
    return [now.get(name) === wanted && assignment(line)?.[0][1] === wanted ? line : write(name, wanted)];
  });
  const added = [...rest].flatMap(([name, value]) => (value === null ? [] : [write(name, value)]));
  return `${[...kept, ...added].join('\n')}\n`;
}

function assignment(line: string): [[name: string, value: string]] | null {
  const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
  if (!match) return null;
  const [, name = '', value = ''] = match;
  return [[name, unquote(value)]];
}

/** What the shell makes of the right side, up to the first blank outside quotes: a comment behind a value is none of it. */
function unquote(text: string): string {
  const pieces = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])*/.exec(text)?.[0] ?? '';
  return pieces.replaceAll(
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
