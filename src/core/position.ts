/** Where something stands in a file that a person wrote. Lines and columns count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `file:line:column`, the form that editors and terminals turn into a link. */
export function formatPosition(position: SourcePosition): string {
  return `${position.file}:${position.line}:${position.column}`;
}

interface ContainerPositions {
  readonly self: SourcePosition;
  /** Position of each entry's key (in a sequence: of its value). */
  readonly keys: ReadonlyMap<string | number, SourcePosition>;
  /** Position of each entry's value. */
  readonly values: ReadonlyMap<string | number, SourcePosition>;
}

// Positions live beside the data, so that parsed data stays plain maps and lists which any code can use.
const positions = new WeakMap<object, ContainerPositions>();

/** Remembers where a parsed map or list, its keys and its values stand. */
export function recordPositions(container: object, where: ContainerPositions): void {
  positions.set(container, where);
}

/** Where a parsed map or list begins, or where the value under `key` begins; undefined for data that came from no file. */
export function positionOf(container: object, key?: string | number): SourcePosition | undefined {
  const known = positions.get(container);
  if (!known) return undefined;
  return key === undefined ? known.self : (known.values.get(key) ?? known.self);
}

/** Where the key itself stands (for "unknown keyword" and the like). */
export function positionOfKey(container: object, key: string | number): SourcePosition | undefined {
  const known = positions.get(container);
  return known?.keys.get(key) ?? known?.self;
}

/** Position of the value at `path` below `root`, or of the deepest part of the path that is known. */
export function positionAt(root: unknown, path: readonly PropertyKey[]): SourcePosition | undefined {
  let found = isContainer(root) ? positionOf(root) : undefined;
  let current: unknown = root;
  for (const step of path) {
    if (!isContainer(current) || typeof step === 'symbol') break;
    found = positionOf(current, step) ?? found;
    current = (current as Record<string | number, unknown>)[step];
  }
  return found;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
