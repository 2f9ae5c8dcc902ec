/** Permission bits: reading what users write, and writing what results show. Grammar of symbols: chmod(1), POSIX and GNU. */

const WHO_BITS = { u: 0o700, g: 0o070, o: 0o007 } as const;
const SHIFTS = { u: 6, g: 3, o: 0 } as const;
const ALL_EXECUTE = 0o111;

interface ModeContext {
  readonly directory: boolean;
  /** Applies where a clause names nobody (`+x`). */
  readonly umask: number;
}

/** The bits that a mode asks for where the bits are `current` now; `mode` has passed the schema `fileMode`. */
export function resolveMode(mode: string, current: number, context: ModeContext): number {
  if (/^(0o)?[0-7]+$/.test(mode)) return Number.parseInt(mode.replace('0o', ''), 8);
  return mode.split(',').reduce((bits, clause) => applyClause(clause, bits, context), current);
}

/** Four octal digits, as Ansible shows them: `0644`. */
export function formatMode(bits: number): string {
  return bits.toString(8).padStart(4, '0');
}

/** For chmod: five digits, so that GNU clears the set-group-ID bit of a directory too. */
export function modeArgument(bits: number): string {
  return bits.toString(8).padStart(5, '0');
}

function applyClause(clause: string, current: number, context: ModeContext): number {
  const named = /^[ugoa]*/.exec(clause)?.[0] ?? '';
  const who = (['u', 'g', 'o'] as const).filter(
    (one) => named === '' || named.includes('a') || named.includes(one),
  );
  const masked = named === '' ? context.umask : 0;
  let bits = current;
  for (const [, operator, permissions = ''] of clause.slice(named.length).matchAll(/([-+=])([^-+=]*)/g)) {
    let asked = 0;
    let cleared = 0;
    for (const one of who) {
      asked |= permissionBits(permissions, one, bits, context.directory);
      cleared |= WHO_BITS[one] | (one === 'u' ? 0o4000 : one === 'g' ? 0o2000 : 0);
    }
    if (permissions.includes('t') && (named === '' || named.includes('a') || named.includes('o')))
      asked |= 0o1000;
    if (named === '' || named.includes('a') || named.includes('o')) cleared |= 0o1000;
    asked &= ~masked;
    if (operator === '+') bits |= asked;
    else if (operator === '-') bits &= ~asked;
    // GNU keeps set-id bits of directories on `=` unless they are named; so does this, or a directory would never settle.
    else bits = (bits & ~(cleared & (context.directory ? 0o1777 : 0o7777))) | asked;
  }
  return bits;
}

function permissionBits(
  permissions: string,
  who: keyof typeof SHIFTS,
  current: number,
  directory: boolean,
): number {
  let bits = 0;
  for (const letter of permissions) {
    if (letter === 'r') bits |= 4 << SHIFTS[who];
    else if (letter === 'w') bits |= 2 << SHIFTS[who];
    else if (letter === 'x') bits |= 1 << SHIFTS[who];
    else if (letter === 'X' && (directory || (current & ALL_EXECUTE) !== 0)) bits |= 1 << SHIFTS[who];
    else if (letter === 's') bits |= who === 'u' ? 0o4000 : who === 'g' ? 0o2000 : 0;
    else if (letter === 'u' || letter === 'g' || letter === 'o') {
      bits |= ((current >> SHIFTS[letter]) & 7) << SHIFTS[who];
    }
  }
  return bits;
}
