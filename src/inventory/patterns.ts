import { isIPv6 } from 'node:net';
import { expandRanges } from './names.ts';
import * as problems from './problems.ts';

/** What patterns choose from. */
export interface Choice {
  readonly hosts: readonly string[];
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Names that stand for the controller although no inventory has them. */
  readonly localNames: ReadonlySet<string>;
  /** True where globs and regular expressions may match nothing: what is to be left out need not be there. A name must exist always. */
  readonly mayBeEmpty?: boolean;
}

/**
 * Hosts that a pattern selects, in the order of the inventory: `web,db` or `web:db` (either), `:&` (also in), `:!` (not in), globs, `~`
 * and a regular expression, `web[0]`, `web[0:2]` (both ends included), `web[1:]`, `web[-1]`. Throws where a name in it matches nothing.
 */
export function selectHosts(pattern: string, choice: Choice): readonly string[] {
  const parts = splitPattern(pattern);
  if (parts.length === 0) throw problems.badPattern(pattern, 'is empty');
  const included = parts.filter((part) => !/^[&!]/.test(part));
  const found = (part: string) => new Set(matchPart(part, pattern, choice));
  let selected = new Set<string>(
    included.length === 0 ? choice.hosts : included.flatMap((part) => [...found(part)]),
  );
  // As in Ansible: all that is included first, then what must also match, then what is taken away, whatever the order written.
  for (const part of parts.filter((one) => one.startsWith('&'))) {
    const also = found(part.slice(1));
    selected = new Set([...selected].filter((host) => also.has(host)));
  }
  for (const part of parts.filter((one) => one.startsWith('!'))) {
    const without = new Set(matchPart(part.slice(1), pattern, { ...choice, mayBeEmpty: true }));
    selected = new Set([...selected].filter((host) => !without.has(host)));
  }
  const known = choice.hosts.filter((host) => selected.has(host));
  return [
    ...known,
    ...[...selected].filter((host) => choice.localNames.has(host) && !choice.hosts.includes(host)),
  ];
}

/** The parts between commas, or else between colons that are not part of an address, a range or a regular expression. */
export function splitPattern(pattern: string): readonly string[] {
  const trim = (parts: readonly string[]) => parts.map((part) => part.trim()).filter((part) => part !== '');
  if (pattern.includes(',')) return trim(splitOutside(pattern, ','));
  const whole = pattern.trim();
  if (isIPv6(whole.replace(/^[&!]/, ''))) return [whole];
  return trim(splitOutside(pattern, ':'));
}

function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (const character of text) {
    if (character === '[') depth++;
    else if (character === ']') depth = Math.max(0, depth - 1);
    // A regular expression keeps its colons: only a comma ends it.
    const inRegex = separator === ':' && /^\s*[&!]?~/.test(part);
    if (character === separator && depth === 0 && !inRegex) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part];
}

function matchPart(part: string, pattern: string, choice: Choice): readonly string[] {
  if (part.startsWith('~')) return matchRegex(part.slice(1), pattern, choice);
  const bracketed = /^\[([0-9A-Fa-f:.]+)\]$/.exec(part);
  if (bracketed?.[1] && isIPv6(bracketed[1])) return matchName(bracketed[1], pattern, choice);
  if (isKnown(part, choice)) return matchName(part, pattern, choice);
  const subscript = /^(.+)\[(-?\d+)?(?:([:-])(-?\d+)?)?\]$/.exec(part);
  if (subscript && !/[*?]$/.test(part)) {
    const [, base = '', from, separator, to] = subscript;
    const isRange = separator !== undefined;
    if (isKnown(base, choice) || /[*?~]/.test(base)) {
      if (!isRange && from === undefined) throw problems.badPattern(pattern, `has an empty index in ${part}`);
      return atIndex(
        matchPart(base, pattern, choice),
        Number(from ?? 0),
        isRange ? (to === undefined ? -1 : Number(to)) : Number(from),
      );
    }
    // Not a place in a group: then perhaps a range of host names, as inventories have them.
    if (isRange && separator === ':')
      return expandRanges(part).flatMap((name) => matchName(name, pattern, choice));
  }
  return /[*?[]/.test(part) ? matchGlob(part, pattern, choice) : matchName(part, pattern, choice);
}

function isKnown(name: string, { hosts, groups, localNames }: Choice): boolean {
  return groups.has(name) || hosts.includes(name) || localNames.has(name);
}

function matchName(name: string, pattern: string, { hosts, groups, localNames }: Choice): readonly string[] {
  const group = groups.get(name);
  const isHost = hosts.includes(name) || localNames.has(name);
  if (!group && !isHost) throw problems.unknownPattern(pattern, name, [...groups.keys(), ...hosts]);
  return [...(group ?? []), ...(isHost ? [name] : [])];
}

/** Both ends are part of it; a negative one counts from the end. */
function atIndex(hosts: readonly string[], from: number, to: number): readonly string[] {
  const place = (index: number) => (index < 0 ? hosts.length + index : index);
  return hosts.slice(Math.max(0, place(from)), place(to) + 1);
}

function matchRegex(source: string, pattern: string, choice: Choice): readonly string[] {
  let expression: RegExp;
  try {
    // Python's match, which Ansible uses: at the beginning, but not to the end.
    expression = new RegExp(`^(?:${source})`);
  } catch {
    throw problems.badPattern(pattern, `holds ${JSON.stringify(source)}, which is not a regular expression`);
  }
  return matchAll(`~${source}`, pattern, choice, (name) => expression.test(name));
}

function matchGlob(glob: string, pattern: string, choice: Choice): readonly string[] {
  let expression: RegExp;
  try {
    const translated = glob.replace(/\[!?[^\]]*\]|[*?]|[^*?[]+|\[/g, (token) => {
      if (token === '*') return '.*';
      if (token === '?') return '.';
      if (token.startsWith('[') && token.length > 2)
        return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
      return token.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
    });
    expression = new RegExp(`^${translated}$`, 's');
  } catch {
    throw problems.badPattern(pattern, `holds ${JSON.stringify(glob)}, which is not a pattern of names`);
  }
  return matchAll(glob, pattern, choice, (name) => expression.test(name));
}

function matchAll(
  part: string,
  pattern: string,
  { hosts, groups, mayBeEmpty }: Choice,
  test: (name: string) => boolean,
): readonly string[] {
  const inGroups = [...groups].filter(([name]) => test(name));
  const found = [...inGroups.flatMap(([, members]) => members), ...hosts.filter(test)];
  if (found.length === 0 && inGroups.length === 0 && part !== '*' && !mayBeEmpty)
    throw problems.patternMatchesNothing(pattern, part);
  return found;
}
