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

/** Characters of a text that is looked for as a whole; of a longer one its lines are. */
const LONGEST = 4096;

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

/** How a secret may turn up: as it is, line by line in a diff, and in what programs make of texts that they pass on. */
function formsOf(secret: string): readonly string[] {
  const trimmed = secret.trim();
  if (trimmed.length < SHORTEST) return [];
  const lines = trimmed.split('\n').map((line) => line.trim());
  const long = lines.filter((line) => line.length >= SHORTEST_LINE).flatMap(pieces);
  const whole = trimmed.length <= LONGEST ? [trimmed, ...(lines.length > 1 ? base64Forms(secret) : [])] : [];
  return [...new Set([...whole, ...(lines.length > 1 || whole.length === 0 ? long : [])].flatMap(disguises))];
}

/** A pattern has its limits: of a line beyond them each part is looked for. */
function pieces(line: string): readonly string[] {
  const parts = Array.from({ length: Math.ceil(line.length / LONGEST) }, (_, index) =>
    line.slice(index * LONGEST, (index + 1) * LONGEST),
  );
  return parts.filter((part) => part.length >= SHORTEST_LINE);
}

/** Quoted for a shell in its several ways, inside JSON, XML and addresses, in base64. */
function disguises(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const percent = percentEncoded(text);
  const component = percent.replace(/%(21|27|28|29|2A)/g, decodeURIComponent);
  return [
    text,
    json,
    json.replace(/[\u0080-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", `'"'"'`),
    text.replace(/[^A-Za-z0-9_./:@%+=,\u0080-\uffff-]/g, '\\$&'),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    ...[percent, component].flatMap((form) => [
      form,
      form.replaceAll('%20', '+'),
      form.replaceAll('%2F', '/'),
      form.replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase()),
    ]),
    ...(text.length >= SHORTEST_LINE ? base64Forms(text) : []),
  ];
}

function percentEncoded(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9_.~-]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

/**
 * What base64 makes of a text: alone, in lines of base64(1) and PEM, and inside of something longer, where it begins at one of three
 * places of a group and the first and last characters depend on what is around it. Both alphabets.
 */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const alone = bytes.toString('base64').replace(/=+$/, '');
  const inside = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return encoded.slice(Math.ceil((8 * before) / 6), Math.floor((8 * (before + bytes.length)) / 6));
  });
  const wrapped = [64, 76].flatMap((width) => alone.match(new RegExp(`.{${width}}`, 'g')) ?? []);
  const forms = [alone, ...inside, ...wrapped];
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
