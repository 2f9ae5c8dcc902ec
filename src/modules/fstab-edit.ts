/** One line of fstab(5). */
export interface FstabEntry {
  readonly src: string;
  readonly path: string;
  readonly fstype: string;
  readonly opts: string;
  readonly dump: string;
  readonly passno: string;
}

/** The entry of a mount point; swap has none and goes by its source. */
export function findEntry(text: string, path: string, src: string | undefined): FstabEntry | undefined {
  return text
    .split('\n')
    .map(parseEntry)
    .findLast((entry) => entry !== undefined && isSame(entry, path, src));
}

/** The text with the entry as it shall be (null: without it). Other lines, and the line itself where it says the same, stay. */
export function editFstab(
  text: string,
  path: string,
  src: string | undefined,
  wanted: FstabEntry | null,
): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  let placed = wanted === null;
  const edited = lines.flatMap((line) => {
    const entry = parseEntry(line);
    if (!entry || !isSame(entry, path, src)) return [line];
    if (wanted === null || placed) return [];
    placed = true;
    return [sameEntry(entry, wanted) ? line : formatEntry(wanted)];
  });
  if (!placed && wanted) edited.push(formatEntry(wanted));
  const same = edited.length === lines.length && edited.every((line, index) => line === lines[index]);
  return same ? text : edited.length === 0 ? '' : `${edited.join('\n')}\n`;
}

function isSame(entry: FstabEntry, path: string, src: string | undefined): boolean {
  if (entry.path !== path) return false;
  // Several swaps have the mount point none.
  return path !== 'none' || src === undefined || entry.src === src;
}

export function sameEntry(a: FstabEntry, b: FstabEntry): boolean {
  return (Object.keys(b) as (keyof FstabEntry)[]).every((field) => a[field] === b[field]);
}

function parseEntry(line: string): FstabEntry | undefined {
  if (/^\s*(#|$)/.test(line)) return undefined;
  const [src, path, fstype, opts = 'defaults', dump = '0', passno = '0'] = line.trim().split(/[ \t]+/);
  if (src === undefined || path === undefined || fstype === undefined) return undefined;
  return { src: unescaped(src), path: unescaped(path), fstype, opts: unescaped(opts), dump, passno };
}

function formatEntry({ src, path, fstype, opts, dump, passno }: FstabEntry): string {
  return [escaped(src), escaped(path), fstype, escaped(opts), dump, passno].join(' ');
}

/** Blanks are written as octal numbers, getmntent(3). */
function escaped(word: string): string {
  return word.replace(
    /[ \t\n\\]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}

export function unescaped(word: string): string {
  return word.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
