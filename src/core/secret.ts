import { inspect } from 'node:util';

const MASK = '********';

/** A value that is never shown: printing, JSON and inspection give a mask; only `reveal` gives the value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** Values that were found to be secret before there was a masker: those of encrypted files. */
const marked: string[] = [];

/** Makes every masker of this process hide a value. */
export function markSecret(value: string): void {
  if (!marked.includes(value)) marked.push(value);
}

/** Replaces the values of known secrets wherever they turn up in text or data that is about to be shown or stored. */
export interface Masker {
  readonly add: (secret: string | Secret) => void;
  readonly text: (text: string) => string;
  /** A deep copy with every string masked. */
  readonly data: <T>(data: T) => T;
}

/** Shorter values, and shorter lines of longer ones, are not masked: they would blot out ordinary text. */
const SHORTEST = 3;
const SHORTEST_LINE = 6;

/** A masker that knows no secret but those that were marked. */
export function createMasker(): Masker {
  const values = new Set<string>();
  let taken = 0;
  let pattern: RegExp | undefined;
  const add = (secret: string) => {
    const before = values.size;
    for (const form of formsOf(secret)) values.add(form);
    if (values.size !== before) pattern = undefined;
  };
  const current = (): RegExp | undefined => {
    for (; taken < marked.length; taken += 1) add(marked[taken] as string);
    // Longest first, so that a secret that contains another one is masked whole.
    const alternatives = () => [...values].sort((a, b) => b.length - a.length).map(escaped);
    if (values.size > 0) pattern ??= new RegExp(alternatives().join('|'), 'g');
    return pattern;
  };
  const text = (input: string) => {
    const found = current();
    return found ? input.replace(found, MASK) : input;
  };
  const data = (input: unknown): unknown => {
    if (!current()) return input;
    if (typeof input === 'string') return text(input);
    if (input instanceof Secret || typeof input !== 'object' || input === null) return input;
    if (Array.isArray(input)) return input.map(data);
    return Object.fromEntries(Object.entries(input).map(([key, value]) => [text(key), data(value)]));
  };
  return {
    add: (secret) => add(typeof secret === 'string' ? secret : secret.reveal()),
    text,
    data: data as Masker['data'],
  };
}

/** How a secret may turn up: as it is, line by line in a diff, inside JSON or quoted for a shell, and in base64. */
function formsOf(secret: string): readonly string[] {
  const trimmed = secret.trim();
  if (trimmed.length < SHORTEST) return [];
  const lines = trimmed.split('\n').map((line) => line.trim());
  return [
    secret.length === trimmed.length ? secret : trimmed,
    ...(lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE) : []),
    JSON.stringify(trimmed).slice(1, -1),
    trimmed.replaceAll("'", `'\\''`),
    ...(trimmed.length >= SHORTEST_LINE ? [base64(secret), base64(trimmed)] : []),
  ];
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64').replace(/=+$/, '');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
