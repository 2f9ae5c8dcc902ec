import type { Script } from '../core/script.ts';
import { quote, raw, sh } from '../shell/sh.ts';
import { openQuote } from './system-problems.ts';

/**
 * Splits a command line into words as Python's `shlex.split` does, which is what Ansible's `command` promises: blanks separate, quotes
 * group, a backslash outside of single quotes protects. Nothing is expanded and no character is special otherwise.
 * Throws a HostwrightError where a quote or a backslash is left open.
 */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted: '"' | "'" | undefined;
  for (let at = 0; at < line.length; at++) {
    const char = line[at] as string;
    if (quoted) {
      const next = line[at + 1];
      if (char === quoted) quoted = undefined;
      else if (quoted === '"' && char === '\\' && (next === '"' || next === '\\')) {
        word += next;
        at++;
      } else word += char;
    } else if (/[ \t\r\n]/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === '"' || char === "'") {
      quoted = char;
      word ??= '';
    } else if (char === '\\') {
      at++;
      if (at >= line.length) throw openQuote('\\', line);
      word = (word ?? '') + line[at];
    } else word = (word ?? '') + char;
  }
  if (quoted) throw openQuote(quoted, line);
  if (word !== undefined) words.push(word);
  return words;
}

const VARIABLE = /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/g;
const HOME = /^~([A-Za-z_][A-Za-z0-9_-]*)?(?=\/|$)/;

/**
 * One word of a script in which variables of the host's environment (`$HOME`, `${HOME}`) and a leading `~` or `~user` are replaced
 * there, as Ansible does for the arguments of a command. A variable that is not set stays as it is written. All else is quoted.
 */
export function expandingWord(word: string): Script {
  const home = HOME.exec(word);
  let script = home ? homeOf(home[1]) : sh``;
  let at = home ? home[0].length : 0;
  for (const match of word.matchAll(VARIABLE)) {
    if (match.index < at) continue;
    const before = word.slice(at, match.index);
    const name = match[1] ?? match[2] ?? '';
    // The pattern admits identifiers alone, so the expansion is text of ours: "${NAME-$NAME}", the default literally.
    const expansion = raw(`"\${${name}-${match[0].replace('$', '\\$').replace('}', '\\}')}}"`);
    script = before === '' ? sh`${script}${expansion}` : sh`${script}${before}${expansion}`;
    at = match.index + match[0].length;
  }
  const rest = word.slice(at);
  return rest === '' && script.text !== '' ? script : sh`${script}${raw(quote(rest))}`;
}

/** busybox mangles `~nobody/x` where there is no such user, so a named user is looked up; one who is not there stays as written. */
function homeOf(user: string | undefined): Script {
  if (user === undefined) return sh`~`;
  const line = raw(`'s/^${user}:[^:]*:[^:]*:[^:]*:[^:]*:\\([^:]*\\):.*/\\1/p'`);
  return sh`"$(home=$(sed -n ${line} /etc/passwd); printf %s "\${home:-~${raw(user)}}")"`;
}

/** Words of a command line, each quoted, or with variables and `~` expanded on the host. */
export function commandLine(words: readonly string[], expand: boolean): Script {
  if (!expand) return sh`${words}`;
  return words.map(expandingWord).reduce((line, word) => sh`${line} ${word}`);
}
