import { encode } from './seal.ts';

/** Characters of one text in an event or a difference that are kept. */
const LONGEST = 65_536;

/** Characters of all texts of one record together, beyond which each is cut to its beginning. */
const HEAVIEST = 1_048_576;

/** Lines of one list of texts that are kept. */
const LINES = 1000;

/** The same data with long texts cut in their middle, so that no record is larger than a journal can bear. */
export function cutData<T>(data: T): T {
  const { json } = encode(data);
  const whole = JSON.parse(json) as T;
  if (json.length <= LONGEST) return whole;
  return cut(whole, json.length > HEAVIEST ? 512 : LONGEST) as T;
}

function cut(value: unknown, longest: number): unknown {
  if (typeof value === 'string') return cutMiddle(value, longest);
  if (Array.isArray(value)) return cutLines(value).map((entry) => cut(entry, longest));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, cut(entry, longest)]));
}

/** The lines of an output are as many as they like. */
function cutLines(list: readonly unknown[]): readonly unknown[] {
  if (list.length <= LINES || list.some((entry) => typeof entry !== 'string')) return list;
  const half = LINES / 2;
  return [...list.slice(0, half), `… ${list.length - LINES} lines left out …`, ...list.slice(-half)];
}

function cutMiddle(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const half = Math.floor(longest / 2);
  return `${text.slice(0, half)}… ${text.length - 2 * half} characters left out …${text.slice(-half)}`;
}
