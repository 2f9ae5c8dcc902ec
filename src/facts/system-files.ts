/** Lines of files by path, as `grep -H ''` prints them. */
export type FileLines = ReadonlyMap<string, readonly string[]>;

/** `path:line`; a path of ours holds no colon. */
export function parseFileLines(text: string): FileLines {
  const files = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const path = line.slice(0, colon);
    const known = files.get(path);
    if (known) known.push(line.slice(colon + 1));
    else files.set(path, [line.slice(colon + 1)]);
  }
  return files;
}

/** The first line, trimmed; '' where there is none. */
export function firstLine(files: FileLines, path: string): string {
  return files.get(path)?.[0]?.trim() ?? '';
}

/** `NAME=value` with or without quotes, as os-release(5) and /etc/selinux/config have it. */
export function assignments(lines: readonly string[]): ReadonlyMap<string, string> {
  const pairs = lines
    .map((line) => /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line.trim()))
    .filter((match) => match !== null)
    .map((match) => [match[1] ?? '', unquote(match[2] ?? '')] as const);
  return new Map(pairs);
}

function unquote(value: string): string {
  const inner = /^(["'])(.*)\1$/.exec(value)?.[2];
  return inner === undefined ? value : inner.replace(/\\(["'$`\\])/g, '$1');
}
