/** Sections of `Key=Value` lines, as systemd and NetworkManager's keyfiles have them; a section may stand more than once. */
export interface IniSection {
  readonly name: string;
  /** Whole lines, comments among them. */
  readonly lines: readonly string[];
}

export function parseIni(text: string): readonly IniSection[] {
  const sections: { name: string; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const [, name] = /^\s*\[([^\]]+)\]\s*$/.exec(line) ?? [];
    if (name !== undefined) sections.push({ name, lines: [] });
    else if (line.trim() !== '') {
      if (sections.length === 0) sections.push({ name: '', lines: [] });
      sections.at(-1)?.lines.push(line);
    }
  }
  return sections;
}

export function formatIni(sections: readonly IniSection[]): string {
  const texts = sections.map(({ name, lines }) =>
    [...(name === '' ? [] : [`[${name}]`]), ...lines].join('\n'),
  );
  return `${texts.join('\n\n')}\n`;
}

/** The key of a line; '' for comments. */
export function keyOf(line: string): string {
  return /^\s*([A-Za-z0-9._-]+)\s*=/.exec(line)?.[1] ?? '';
}

export function settingOf(line: string): string {
  return line.slice(line.indexOf('=') + 1).trim();
}

/** All values of a key, over all sections of a name. */
export function iniValues(sections: readonly IniSection[], section: string, key: string): readonly string[] {
  return sections
    .filter(({ name }) => name === section)
    .flatMap(({ lines }) => lines.filter((line) => keyOf(line) === key).map(settingOf));
}

/** A section with these keys set, each once; null removes. What says so already stays as it is. */
export function editSection(
  section: IniSection,
  values: Readonly<Record<string, string | null>>,
): IniSection {
  const rest = new Map(Object.entries(values));
  const lines = section.lines.flatMap((line) => {
    const key = keyOf(line);
    if (!Object.hasOwn(values, key)) return [line];
    const wanted = rest.get(key);
    rest.delete(key);
    if (wanted === undefined || wanted === null) return [];
    return [settingOf(line) === wanted ? line : `${key}=${wanted}`];
  });
  const added = [...rest].flatMap(([key, value]) => (value === null ? [] : [`${key}=${value}`]));
  return { ...section, lines: [...lines, ...added] };
}

/** The same in a list: the first section of that name, or a new one at the end. */
export function editIni(
  sections: readonly IniSection[],
  name: string,
  values: Readonly<Record<string, string | null>>,
): readonly IniSection[] {
  const at = sections.findIndex((section) => section.name === name);
  const old = sections[at] ?? { name, lines: [] };
  const edited = editSection(old, values);
  if (at >= 0) return sections.map((section, index) => (index === at ? edited : section));
  return edited.lines.length > 0 ? [...sections, edited] : sections;
}
