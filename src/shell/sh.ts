import { HostwrightError } from '../core/error.ts';
import type { Input, Script } from '../core/script.ts';

/** Shell text that is interpolated as it is. Only for text that the program itself wrote. */
export class RawShell {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Marks text of our own as shell source. Never give it anything that came from a user or a host. */
export function raw(text: string): RawShell {
  return new RawShell(text);
}

/** What may stand in `${…}`: strings and numbers become one quoted word, lists become words, scripts and raw text stay source. */
export type Interpolated = string | number | readonly (string | number)[] | Script | RawShell;

/**
 * One word for any POSIX shell. Single quotes only: `$'…'` is unknown to dash.
 * Throws where the text holds a NUL, which no argument can carry.
 */
export function quote(word: string): string {
  if (word.includes('\0')) {
    throw new HostwrightError(
      'nul-in-value',
      `The value ${JSON.stringify(word.slice(0, 40))} holds a NUL byte.`,
      {
        hint: 'No command line, path or shell variable can carry NUL; remove it from the value.',
      },
    );
  }
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Words for a shell, joined by blanks. */
export function quoteWords(words: readonly (string | number)[]): string {
  return words.map((word) => quote(String(word))).join(' ');
}

/**
 * A script for a POSIX `sh`: whatever is interpolated is quoted by construction.
 * Indentation common to all lines is removed, so that scripts can be written inside code.
 */
export function sh(strings: TemplateStringsArray, ...values: readonly Interpolated[]): Script {
  const parts = partsOf(strings);
  const text = parts.map(
    (part, index) => part + (index < values.length ? interpolate(values[index] as Interpolated) : ''),
  );
  return { text: text.join('') };
}

/** By the place in the program: a template is there once, and is used for every task on every host. */
const partsByPlace = new WeakMap<TemplateStringsArray, readonly string[]>();

function partsOf(strings: TemplateStringsArray): readonly string[] {
  const known = partsByPlace.get(strings);
  if (known) return known;
  // Indentation is removed before values go in: it must not touch the lines of a value. Raw strings keep `\n` for printf.
  const source = strings.raw.map((part) => part.replaceAll('\\`', '`').replaceAll('\\${', '${'));
  const parts = dedent(source.join('\0')).split('\0');
  partsByPlace.set(strings, parts);
  return parts;
}

/** The same script with bytes (or a file of the controller) on its standard input. */
export function withInput(script: Script, input: Input | string): Script {
  return { ...script, input: typeof input === 'string' ? new TextEncoder().encode(input) : input };
}

/** Scripts one after the other; stops at the first that fails. Only one of them may have input. */
export function sequence(scripts: readonly Script[]): Script {
  const input = scripts.find((script) => script.input !== undefined)?.input;
  const staged = scripts.flatMap((script) => script.staged ?? []);
  // Each runs in its own group, so that `||` inside one cannot swallow another's failure.
  const text = scripts.map((script) => `{\n${script.text}\n} || exit $?`).join('\n');
  return {
    text,
    ...(input === undefined ? {} : { input }),
    ...(staged.length > 0 ? { staged } : {}),
  };
}

function interpolate(value: Interpolated): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return String(value);
  if (value instanceof RawShell) return value.text;
  if ('text' in value) return value.text;
  return quoteWords(value);
}

function dedent(text: string): string {
  const lines = text
    .replace(/^[ \t]*\n/, '')
    .replace(/\n[ \t]*$/, '')
    .split('\n');
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
  const common = Math.min(...(indents.length > 0 ? indents : [0]));
  return lines.map((line) => line.slice(common)).join('\n');
}
