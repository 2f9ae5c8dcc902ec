/**
 * A record as lines for people, `key: value`, keys in the order given: text of several lines as a block, nested data as compact JSON.
 * One form for diffs of attributes and for results, so that the eye learns it once. Ends with a newline unless empty.
 */
export function formatFields(record: Readonly<Record<string, unknown>>): string {
  return Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => formatField(key, value))
    .join('');
}

function formatField(key: string, value: unknown): string {
  if (typeof value !== 'string') return `${key}: ${toJson(value)}\n`;
  const text = value.endsWith('\n') ? value.slice(0, -1) : value;
  if (!text.includes('\n')) return `${key}: ${text}\n`;
  const lines = text.split('\n').map((line) => (line === '' ? '\n' : `  ${line}\n`));
  return `${key}: |\n${lines.join('')}`;
}

/** JSON that never throws on what a result may hold: big integers (CEL) become numbers or digits, cycles a word. */
export function toJson(value: unknown, indent?: number): string {
  const above: object[] = [];
  // `this` is the holder of the value, which is how the path from the root is known.
  function replace(this: unknown, _key: string, part: unknown): unknown {
    if (typeof part === 'bigint') {
      return BigInt(Number(part)) === part ? Number(part) : String(part);
    }
    if (typeof part !== 'object' || part === null) return part;
    while (above.length > 0 && above.at(-1) !== this) above.pop();
    if (above.includes(part)) return '[circular]';
    above.push(part);
    return part;
  }
  return JSON.stringify(value, replace, indent) ?? 'null';
}
