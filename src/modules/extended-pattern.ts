import { unsupportedPattern } from './system-problems.ts';

const CLASSES: Readonly<Record<string, string>> = { d: '0-9', w: 'A-Za-z0-9_', s: '[:space:]' };

/**
 * A regular expression in Python's syntax as a POSIX extended one, for `grep -E` on the host: what is searched may be large and need not
 * come to the controller. Whether something matches stays the same, so groups lose their names and lazy quantifiers their laziness.
 * Throws a HostwrightError at what POSIX has no word for (look-around, back references, `\b`).
 */
export function extendedPattern(source: string): string {
  let pattern = '';
  for (let at = 0; at < source.length; at++) {
    const rest = source.slice(at);
    const group = /^\((?:\?:|\?P?<[A-Za-z_]\w*>)/.exec(rest)?.[0];
    const bracket = /^\[\^?\]?(?:\\.|\[:[a-z]+:\]|[^\]\\])*\]/.exec(rest)?.[0];
    const lazy = /^(?:[*+?]|\{\d*,?\d*\})\?/.exec(rest)?.[0];
    if (group) {
      pattern += '(';
      at += group.length - 1;
    } else if (rest.startsWith('(?')) {
      throw unsupportedPattern(source, rest.slice(0, 3));
    } else if (bracket) {
      pattern += bracketExpression(bracket, source);
      at += bracket.length - 1;
    } else if (lazy) {
      pattern += lazy.slice(0, -1);
      at += lazy.length - 1;
    } else if (rest[0] === '\\') {
      pattern += escaped(rest[1] ?? '', source);
      at++;
    } else pattern += rest[0];
  }
  return pattern;
}

function escaped(letter: string, source: string): string {
  const inside = CLASSES[letter.toLowerCase()];
  if (inside) return letter === letter.toLowerCase() ? `[${inside}]` : `[^${inside}]`;
  if (letter === 't') return '\t';
  if (letter === 'A') return '^';
  if (letter === 'Z') return '$';
  if (letter === '' || /[A-Za-z0-9]/.test(letter)) throw unsupportedPattern(source, `\\${letter}`);
  // Outside of what is special there, POSIX leaves the meaning of a backslash open.
  return /[.[\]{}()*+?^$|\\]/.test(letter) ? `\\${letter}` : letter;
}

/** A backslash is an ordinary character between brackets in POSIX, and `]` and `-` are ordinary by where they stand. */
function bracketExpression(bracket: string, source: string): string {
  const negated = bracket.startsWith('[^');
  let first = '';
  let last = '';
  const middle = bracket.slice(negated ? 2 : 1, -1).replace(/\\(.)/g, (whole, letter: string) => {
    if (CLASSES[letter]) return CLASSES[letter];
    if (letter === 't') return '\t';
    if (/[A-Za-z0-9]/.test(letter)) throw unsupportedPattern(source, whole);
    if (letter === ']') first = ']';
    else if (letter === '-') last = '-';
    else if (letter === '^') last = `^${last}`;
    else return letter;
    return '';
  });
  return `[${negated ? '^' : ''}${first}${middle}${last}]`;
}

/** The groups of what matched, by the same pattern in JavaScript. */
export function matchGroups(source: string, line: string) {
  const match = new RegExp(source.replaceAll('(?P<', '(?<')).exec(line);
  return {
    match_groups: match?.slice(1).map((group) => group ?? null) ?? [],
    match_groupdict: { ...match?.groups },
  };
}
