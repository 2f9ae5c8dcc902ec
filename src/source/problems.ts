import { HostwrightError } from '../core/error.ts';
import type { SourcePosition } from '../core/position.ts';
import { quote } from './words.ts';

/** Errors of reading a file that a person wrote, worded in one place. */

function syntax(
  code: string,
  position: SourcePosition,
  message: string,
  hint: string | undefined,
): HostwrightError {
  return new HostwrightError(`yaml-${code}`, message, { position, hint });
}

const writeAs = (fix: string | undefined, otherwise: string) =>
  fix === undefined ? otherwise : `Write: ${fix}`;

/** Mistakes about which there is nothing to say but what they are: code, message, hint. */
const PLAIN = {
  tab: [
    'tab',
    'The line is indented with a tab, which YAML does not allow.',
    'Indent with spaces, two per level.',
  ],
  vaultValue: [
    'vault',
    'The value after !vault is no encrypted text.',
    'Write it with: hostwright vault encrypt --name NAME',
  ],
  badMerge: [
    'merge',
    'The key << takes a map or a list of maps.',
    'Write <<: *name with the name of a map that has an anchor.',
  ],
  keyIsCollection: [
    'key',
    'A key must be a text, not a list or a map.',
    'Put the key in quotes if it is meant as text.',
  ],
  emptyKey: ['key', 'A key of this map is empty.', 'Write a name before the colon.'],
  severalDocuments: [
    'documents',
    'A second document begins here (---), but a file holds one.',
    'Take the line --- out, or move what follows to a file of its own.',
  ],
  deeperThanAllowed: [
    'indent',
    'This line is indented deeper than the line above, which has a value already.',
    'Begin it in the same column as the keys it belongs to.',
  ],
  keyAmongItems: [
    'indent',
    'This line belongs to no item of the list above it.',
    'Begin it with "- " for a new item, or in the column of the keys of the item it belongs to.',
  ],
  itemAmongKeys: [
    'indent',
    'A list item (-) stands among the keys of a map.',
    'Put the list under a key of its own, or take out the "- ".',
  ],
  missingComma: [
    'missing-comma',
    'A comma is missing between the entries in brackets.',
    'Separate entries with a comma, or put a value with brackets in quotes.',
  ],
  blockInFlow: [
    'block-in-flow',
    'Inside brackets, lists and maps are written in brackets too.',
    'Use [a, b] and {key: value} there, or write the outer value without brackets.',
  ],
  textNotIndented: [
    'indent',
    'The text after | or > must be indented deeper than its key.',
    'Indent each line of the text by two spaces more.',
  ],
  textAfterBar: [
    'text-after-bar',
    'After | or > the text begins on the next line.',
    'Move the text to the next line, indented; or put a value that begins with | or > in quotes.',
  ],
  aliasInItself: [
    'alias',
    'This alias stands inside the very value that it refers to.',
    'A value cannot contain itself; take the alias out.',
  ],
} as const;

export function plainMistake(kind: keyof typeof PLAIN, position: SourcePosition): HostwrightError {
  const [code, message, hint] = PLAIN[kind];
  return syntax(code, position, message, hint);
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EISDIR: 'is a directory',
  EACCES: 'may not be read by you',
};

export function unreadable(path: string, cause: unknown, position?: SourcePosition): HostwrightError {
  const code = (cause as NodeJS.ErrnoException)?.code ?? 'unknown reason';
  const why = UNREADABLE[code] ?? `cannot be read (${code})`;
  const missing = why === UNREADABLE.ENOENT;
  const hint = missing ? 'Check the path; a relative one counts from the directory you are in.' : undefined;
  const message = `The file ${quote(path)} ${why}.`;
  return new HostwrightError(missing ? 'file-missing' : 'file-unreadable', message, {
    position,
    hint,
    cause,
  });
}

export function notUtf8(path: string): HostwrightError {
  return new HostwrightError('file-not-utf8', `The file ${quote(path)} is not UTF-8 text.`, {
    hint: 'Save it as UTF-8 (iconv -f GB18030 -t UTF-8, for example, turns a Chinese legacy encoding into it).',
  });
}

export function tooLarge(path: string, size: number, limit: number): HostwrightError {
  const message = `The file ${quote(path)} has ${size} bytes, more than the ${limit} that a YAML file may have.`;
  return new HostwrightError('file-too-large', message, { hint: 'Split it into several files.' });
}

export function controlCharacter(position: SourcePosition, code: number): HostwrightError {
  if (code === 13)
    return syntax(
      'control-character',
      position,
      'A carriage return stands here without a line feed.',
      'Save the file with line ends LF or CR LF.',
    );
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return syntax(
    'control-character',
    position,
    `The control character ${name} is not allowed in YAML.`,
    'Delete it, or write it as an escape in a double-quoted text.',
  );
}

export function unquotedTemplate(position: SourcePosition, fix: string): HostwrightError {
  const opening = fix.includes('{%') && !fix.includes('{{') ? '{%' : '{{';
  const message = `A value that begins with ${opening} needs quotes, or YAML reads it as a map.`;
  return syntax('unquoted-template', position, message, `Write: ${fix}`);
}

export function duplicateKey(position: SourcePosition, key: string, first: SourcePosition): HostwrightError {
  return syntax(
    'duplicate-key',
    position,
    `The key ${quote(key)} stands twice in the same map.`,
    `The first is in line ${first.line}; keep one of them.`,
  );
}

export function inexactNumber(position: SourcePosition, source: string): HostwrightError {
  return syntax(
    'inexact-number',
    position,
    `The number ${source} is too large to be kept exactly.`,
    `Put it in quotes if it is a name or an identifier: "${source}"`,
  );
}

export function unknownTag(position: SourcePosition, tag: string): HostwrightError {
  const shown = tag.replace('tag:yaml.org,2002:', '!!');
  return syntax(
    'tag',
    position,
    `The tag ${quote(shown)} is not supported.`,
    'Only !unsafe (text that is not a template) is; leave the tag out or put the value in quotes.',
  );
}

export function unknownAlias(position: SourcePosition, name: string): HostwrightError {
  const message = `The alias ${quote(`*${name}`)} refers to no anchor above it.`;
  return syntax(
    'alias',
    position,
    message,
    `If it is a text that begins with *, put it in quotes: "*${name}"`,
  );
}

export function tooManyAliases(position: SourcePosition, limit: number): HostwrightError {
  return syntax(
    'alias-bomb',
    position,
    `Aliases make more than ${limit} values out of this file.`,
    'Write fewer aliases of aliases.',
  );
}

export function tooDeep(position: SourcePosition, limit?: number): HostwrightError {
  return syntax(
    'too-deep',
    position,
    `The values are nested too deep${limit ? ` (more than ${limit} levels)` : ''}.`,
    'Take inner parts out into variables.',
  );
}

export function badEscape(position: SourcePosition, sequence: string): HostwrightError {
  return syntax(
    'escape',
    position,
    `${quote(sequence)} means nothing inside double quotes.`,
    'Write \\\\ for a backslash, or use single quotes, in which nothing is an escape.',
  );
}

export function needsQuotes(
  position: SourcePosition,
  character: string,
  fix: string | undefined,
): HostwrightError {
  return syntax(
    'needs-quotes',
    position,
    `A value cannot begin with ${character} unless it is in quotes.`,
    writeAs(fix, 'Put the whole value in quotes.'),
  );
}

export function colonInValue(position: SourcePosition, fix: string | undefined): HostwrightError {
  return syntax(
    'colon-in-value',
    position,
    'The value holds a colon and a space, which YAML reads as another key.',
    writeAs(fix, 'Put the whole value in quotes.'),
  );
}

export function noSpaceAfterColon(position: SourcePosition, fix: string): HostwrightError {
  return syntax('no-space-after-colon', position, 'A space is missing after the colon.', `Write: ${fix}`);
}

export function unevenIndent(position: SourcePosition, indent: number): HostwrightError {
  return syntax(
    'indent',
    position,
    `The indentation of this line (${indent} spaces) matches nothing above it.`,
    'Keys of one map, and items of one list, begin in the same column.',
  );
}

export function notKeyValue(position: SourcePosition, line: string): HostwrightError {
  return syntax(
    'not-key-value',
    position,
    `The line ${quote(line.trim())} is not of the form "key: value".`,
    'Write a colon and a space after the key; put a text of several lines under "key: |".',
  );
}

export function unclosed(position: SourcePosition, what: 'quote' | 'bracket'): HostwrightError {
  return syntax(
    'unclosed',
    position,
    `The ${what} that opens here is never closed.`,
    what === 'quote'
      ? 'Close it; inside single quotes write a single quote twice.'
      : 'Close it with ] or }, before the next key.',
  );
}

export function strayBracket(position: SourcePosition, bracket: string): HostwrightError {
  return syntax(
    'stray-bracket',
    position,
    `The ${bracket} closes nothing.`,
    'Take it out, or put the whole value in quotes.',
  );
}

export function textAfterQuote(
  position: SourcePosition,
  fix: string | undefined,
  raw: string,
): HostwrightError {
  const apostrophe = raw.startsWith("'") && raw.endsWith("'") && raw.length > 1;
  const double = raw.startsWith('"') && raw.endsWith('"') && raw.length > 1;
  const hint = double
    ? `Double quotes inside the value need single ones around it: '${raw.slice(1, -1).replaceAll("'", "''")}'`
    : apostrophe
      ? `Inside single quotes a single quote is written twice: '${raw.slice(1, -1).replaceAll("'", "''")}'`
      : writeAs(fix, 'Put the whole value in quotes.');
  return syntax('text-after-quote', position, 'The value goes on after its closing quote.', hint);
}

export function badYaml(position: SourcePosition, line: string): HostwrightError {
  return syntax(
    'syntax',
    position,
    `This is not valid YAML: ${quote(line.trim())}.`,
    'Check the quotes, brackets and indentation of this line and the one before it.',
  );
}
