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

/** Replaces the values of known secrets wherever they turn up in text or data that is about to be shown or stored. */
export interface Masker {
  readonly add: (secret: string | Secret) => void;
  readonly text: (text: string) => string;
  /** A deep copy with every string masked. */
  readonly data: <T>(data: T) => T;
}

/** A masker that knows no secret yet. Values shorter than 3 characters are not masked: they would blot out ordinary text. */
export function createMasker(): Masker {
  const values: string[] = [];
  const text = (input: string) => values.reduce((shown, value) => shown.replaceAll(value, MASK), input);
  const data = (input: unknown): unknown => {
    if (values.length === 0) return input;
    if (typeof input === 'string') return text(input);
    if (input instanceof Secret || typeof input !== 'object' || input === null) return input;
    if (Array.isArray(input)) return input.map(data);
    return Object.fromEntries(Object.entries(input).map(([key, value]) => [text(key), data(value)]));
  };
  return {
    add: (secret) => {
      const value = typeof secret === 'string' ? secret : secret.reveal();
      if (value.length < 3 || values.includes(value)) return;
      values.push(value);
      // Longest first, so that a secret that contains another one is masked whole.
      values.sort((a, b) => b.length - a.length);
    },
    text,
    data: data as Masker['data'],
  };
}
