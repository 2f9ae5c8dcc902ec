import type { Printed } from './module-case.ts';

interface Present {
  readonly kind?: 'file' | 'directory' | 'link';
  readonly mode?: number;
  readonly owner?: readonly [uid: number, name: string];
  readonly group?: readonly [gid: number, name: string];
  readonly content?: string;
  readonly target?: string;
  /** More records, before the content: `wanted-uid=33`. */
  readonly more?: readonly string[];
}

const TYPES = { file: 0x8000, directory: 0x4000, link: 0xa000 } as const;

/** What the read of a path prints where something is there: size, type and mode, numbers and names. */
export function present(path: string, entry: Present = {}): Printed {
  const { kind = 'file', mode = 0o644, owner = [0, 'root'], group = [0, 'root'], content } = entry;
  const size = new TextEncoder().encode(content ?? '').length;
  const bits = (TYPES[kind] | mode).toString(16);
  const stat = `${size}:${bits}:${owner[0]}:${group[0]}:1:77:42:8:512:100:200:300:0:0:${owner[1]}:${group[1]}`;
  const records = [
    ...base(path),
    ...(entry.target === undefined ? [] : [`target=${entry.target}`]),
    'parent=directory',
    `stat=${stat}`,
    'readable=1',
    ...(entry.more ?? []),
  ];
  return { stdout: `${printed(records)}${content === undefined ? '' : `content=${content}`}` };
}

/** The same where nothing is there; `nearest` is the directory above it that exists, its own one or further up. */
export function absent(path: string, nearest: string, more: readonly string[] = []): Printed {
  const parent = path.slice(0, path.lastIndexOf('/')) === nearest ? ['parent=directory'] : [];
  const records = [...base(path), ...parent, `nearest=${nearest}`, ...more];
  return { stdout: printed(records), stderr: `stat: cannot statx '${path}': No such file or directory\n` };
}

function base(path: string): readonly string[] {
  return [`path=${path}`, 'umask=0022\n', `real=${path}`];
}

function printed(records: readonly string[]): string {
  return records.map((record) => `${record}\0`).join('');
}
