import { isMap, parseDocument } from 'yaml';
import type { ConfigurationFiles } from './interfaces-text.ts';

/** netplan's kinds of interfaces that can be ports of a bridge, or are bridges. */
const KINDS = [
  'ethernets',
  'bridges',
  'bonds',
  'vlans',
  'wifis',
  'dummy-devices',
  'virtual-ethernets',
] as const;

export interface NetplanDefinition {
  readonly kind: string;
  /** The key below the kind; another than the interface's name where `match` and `set-name` are used. */
  readonly id: string;
  /** Files that define it, in the order in which netplan reads them: later ones add to lists and replace values. */
  readonly paths: readonly string[];
  /** All of them taken together. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Files that netplan reads, in its order: by name, and of the same name only that in /etc, then /run, then /lib. */
export function netplanFiles(files: ConfigurationFiles): readonly { path: string; text: string }[] {
  const byName = new Map<string, { path: string; text: string }>();
  for (const directory of ['/lib/netplan/', '/etc/netplan/', '/run/netplan/']) {
    for (const { path, text } of files.values())
      if (path.startsWith(directory) && path.endsWith('.yaml'))
        byName.set(path.slice(directory.length), { path, text });
  }
  return [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
}

type Tree = Readonly<Record<string, unknown>>;

/** The content below `network:`; {} where the file is no YAML, or says nothing. */
export function netplanTree(text: string): Tree {
  const document = parseDocument(text, { version: '1.2' });
  if (document.errors.length > 0 || !isMap(document.contents)) return {};
  try {
    return asTree(asTree(document.toJS({ maxAliasCount: 50 })).network);
  } catch {
    return {};
  }
}

/** How netplan defines an interface; null where it does not. */
export function netplanDefinition(files: ConfigurationFiles, name: string): NetplanDefinition | null {
  let found = null as NetplanDefinition | null;
  for (const { path, text } of netplanFiles(files)) {
    const tree = netplanTree(text);
    for (const kind of KINDS) {
      for (const [id, raw] of Object.entries(asTree(tree[kind]))) {
        const values = asTree(raw);
        if (found ? id !== found.id || kind !== found.kind : id !== name && values['set-name'] !== name)
          continue;
        found = {
          kind,
          id,
          paths: [...(found?.paths ?? []), path],
          values: together(found?.values ?? {}, values),
        };
      }
    }
  }
  return found;
}

/** Every renderer that some file names, for all or for one interface: `networkd` where nothing is said. */
export function netplanRenderers(files: ConfigurationFiles): ReadonlySet<string> {
  const trees = netplanFiles(files).map(({ text }) => netplanTree(text));
  // netplan takes the last of several, whatever the files before it were written for.
  const general = trees.flatMap((tree) => (typeof tree.renderer === 'string' ? [tree.renderer] : []));
  const own = trees.flatMap((tree) =>
    KINDS.flatMap((kind) =>
      Object.values(asTree(tree[kind])).flatMap((raw) => {
        const { renderer } = asTree(raw);
        return typeof renderer === 'string' ? [renderer] : [];
      }),
    ),
  );
  return new Set([...(general.length > 0 ? general : ['networkd']), ...own]);
}

/** Lists grow, maps merge, all else is replaced: as netplan reads one file after the other. */
function together(first: Tree, second: Tree): Tree {
  const merged: Record<string, unknown> = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const old = merged[key];
    if (Array.isArray(old) && Array.isArray(value)) merged[key] = [...old, ...value];
    else if (isTree(old) && isTree(value)) merged[key] = together(old, value);
    else merged[key] = value;
  }
  return merged;
}

export function asTree(value: unknown): Tree {
  return isTree(value) ? value : {};
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
