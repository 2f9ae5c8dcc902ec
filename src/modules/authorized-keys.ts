/** sshd(8), AUTHORIZED_KEYS FILE FORMAT: options, type, key, comment. */
const KEY =
  /^(?:(?<options>(?:[^\s"]|"(?:\\.|[^"\\])*")+)[ \t]+)?(?<type>(?:ssh|ecdsa|sk)-[a-z0-9@.-]+)[ \t]+(?<key>[A-Za-z0-9+/]+={0,3})(?:[ \t]+(?<comment>.*))?$/;

interface KeyLine {
  readonly text: string;
  readonly options?: string | undefined;
  readonly type?: string | undefined;
  /** The key itself, which is what tells two lines apart; undefined where the line is none. */
  readonly key?: string | undefined;
  readonly comment?: string | undefined;
}

function parseLine(text: string): KeyLine {
  const groups = KEY.exec(text.trim())?.groups;
  return groups ? { text, ...groups } : { text };
}

/** The keys in a text, without empty lines and comments. */
export function keyLines(text: string): readonly KeyLine[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseLine);
}

interface KeyWish {
  readonly key: string;
  readonly state: 'present' | 'absent';
  readonly exclusive: boolean;
  readonly key_options?: string | undefined;
  readonly comment?: string | undefined;
}

/** The file's text with the wanted keys in it, or without them. Comments and lines that are no keys stay. */
export function editKeys(before: string, wish: KeyWish): string {
  const lines = before === '' ? [] : before.replace(/\n$/, '').split('\n');
  const wanted = keyLines(wish.key);
  const find = (line: KeyLine) => wanted.find(({ key }) => key === line.key);
  if (wish.state === 'absent') {
    const kept = lines.filter((line) => !find(parseLine(line)));
    return kept.length === lines.length ? before : joined(kept);
  }
  const seen = new Set<string | undefined>();
  const kept = lines.flatMap((text) => {
    const line = parseLine(text);
    const match = line.key === undefined ? undefined : find(line);
    if (line.key === undefined) return [text];
    if (!match) return wish.exclusive ? [] : [text];
    if (seen.has(line.key)) return [];
    seen.add(line.key);
    // Without options or a comment in the task, those of the file are as good as any.
    const options = wish.key_options ?? match.options ?? line.options;
    const comment = wish.comment ?? match.comment ?? line.comment;
    const same = options === line.options && comment === line.comment && match.type === line.type;
    return [same ? text : format({ ...match, options, comment })];
  });
  for (const line of wanted) {
    if (seen.has(line.key)) continue;
    seen.add(line.key);
    kept.push(
      format({ ...line, options: wish.key_options ?? line.options, comment: wish.comment ?? line.comment }),
    );
  }
  const after = joined(kept);
  return after === joined(lines) ? before : after;
}

function joined(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function format({ options, type, key, comment }: KeyLine): string {
  return [options, type, key, comment].filter((part) => part !== undefined && part !== '').join(' ');
}
