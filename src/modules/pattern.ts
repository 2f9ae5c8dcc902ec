import { invalidPattern } from './problems.ts';

/**
 * A regular expression as Ansible's users write it, which is Python's: named groups, `\A` and `\Z`, and flags at the beginning are
 * translated, the rest is the same in JavaScript. Throws a HostwrightError where it is none.
 */
export function compilePattern(source: string, flags = ''): RegExp {
  let letters = flags;
  const body = source.replace(/^\(\?([aiLmsux]+)\)/, (_, given: string) => {
    for (const letter of given) if ('ims'.includes(letter) && !letters.includes(letter)) letters += letter;
    return '';
  });
  const translated = body
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/(\\\\)|\\A/g, (found, escaped) => (escaped ? found : '(?<![\\s\\S])'))
    .replace(/(\\\\)|\\Z/g, (found, escaped) => (escaped ? found : '(?![\\s\\S])'));
  try {
    return new RegExp(translated, letters);
  } catch (cause) {
    throw invalidPattern(source, cause);
  }
}

/** Replaces `\1`, `\g<1>` and `\g<name>` by what the groups matched, and `\\`, `\n` and `\t` by what they stand for. */
export function expandReferences(template: string, match: RegExpExecArray): string {
  return template.replace(
    /\\(?:g<(\w+)>|(\d{1,2})|([\\nrt]))/g,
    (found, name?: string, number?: string, character?: string) => {
      if (character !== undefined)
        return ({ n: '\n', r: '\r', t: '\t' } as Record<string, string>)[character] ?? '\\';
      const key = name ?? number ?? '';
      if (/^\d+$/.test(key)) return Number(key) < match.length ? (match[Number(key)] ?? '') : found;
      return match.groups && key in match.groups ? (match.groups[key] ?? '') : found;
    },
  );
}
