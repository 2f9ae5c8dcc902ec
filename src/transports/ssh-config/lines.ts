import SSHConfig from 'ssh-config';
import type { SourcePosition } from '../../core/position.ts';
import { badConfigLine } from './problems.ts';

/** One line of a file as ssh_config(5) describes it. */
export interface ConfigLine {
  /** Lower case. */
  readonly keyword: string;
  /** The words of the value without their quotes; one word where the keyword takes one. */
  readonly words: readonly string[];
  readonly position: SourcePosition;
  /** What stands in its place: the lines of each file that an `Include` names. */
  readonly included?: readonly (readonly ConfigLine[])[];
}

/** Their value is a command: everything up to the end of the line, quotes and `#` included. */
const COMMANDS = new Set(['proxycommand', 'knownhostscommand', 'localcommand', 'remotecommand']);

/** The lines that say something. Throws a HostwrightError that names the line which makes no sense. */
export function parseConfigLines(text: string, file: string): ConfigLine[] {
  // Line by line, so that a keyword without a value does not swallow the line after it.
  return text.split(/\r?\n/).flatMap((line, index) => parseLine(line, { file, line: index + 1, column: 1 }));
}

function parseLine(line: string, position: SourcePosition): ConfigLine[] {
  if (/^\s*(#|$)/.test(line)) return [];
  const [, word = '', rest = ''] = /^\s*([^\s=]+)(?:\s*=\s*|\s+)?(.*?)\s*$/.exec(line) ?? [];
  const keyword = word.toLowerCase();
  const words = COMMANDS.has(keyword) ? [rest] : wordsOf(line, position);
  if (words.length === 0 || words[0] === '') throw badConfigLine(position, `gives ${word} no value`);
  return [{ keyword, words, position }];
}

function wordsOf(line: string, position: SourcePosition): readonly string[] {
  try {
    const [directive] = SSHConfig.parse(line.trim());
    const value = directive && 'value' in directive ? directive.value : '';
    return typeof value === 'string' ? [value] : value.map(({ val }) => val);
  } catch (thrown) {
    if (/line break/.test((thrown as Error).message))
      throw badConfigLine(position, 'has a quote that is not closed');
    throw badConfigLine(position, 'lacks a value');
  }
}
