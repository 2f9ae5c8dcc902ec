/** Which `-o` option stands for a flag of ssh, for the hint. */
const INSTEAD: Readonly<Record<string, string>> = {
  J: 'ProxyJump',
  i: 'IdentityFile',
  p: 'Port',
  l: 'User',
  A: 'ForwardAgent',
  C: 'Compression',
  q: 'LogLevel',
  4: 'AddressFamily',
  6: 'AddressFamily',
};

/** The name under which the file after `-F` stands among the options; no option is called so. */
export const CONFIG_FILE = '-F';

/**
 * The `-o Name=value` options of a command line for ssh, as lower-case names with values, and the file of `-F`. Anything else is an error, made by `fail`: to
 * drop it in silence could connect in another way than was asked for.
 */
export function readSshArguments(
  line: string,
  fail: (problem: string, hint?: string) => Error,
): readonly (readonly [name: string, value: string])[] {
  const words = splitWords(line, fail);
  const options: [string, string][] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word.startsWith('-F')) {
      const file = word.length > 2 ? word.slice(2) : words[++index];
      if (!file) throw fail('holds -F without a file');
      options.push([CONFIG_FILE, file]);
      continue;
    }
    if (!word.startsWith('-o')) throw refuse(word, fail);
    const option = word.length > 2 ? word.slice(2) : (words[++index] ?? '');
    const [, name, value] = /^\s*([A-Za-z][A-Za-z0-9]*)\s*[=\s]\s*(.*)$/s.exec(option) ?? [];
    if (name === undefined || value === undefined || value === '')
      throw fail(`holds ${JSON.stringify(option)} after -o, which is not Name=value`);
    options.push([name.toLowerCase(), value.trim()]);
  }
  return options;
}

function refuse(word: string, fail: (problem: string, hint?: string) => Error): Error {
  const option = INSTEAD[word[1] ?? ''];
  const hint = option
    ? `Write it as an option: -o ${option}=…`
    : 'Only options of the form -o Name=value are honoured.';
  return fail(`holds ${JSON.stringify(word)}, which cannot be honoured`, hint);
}

function splitWords(line: string, fail: (problem: string) => Error): readonly string[] {
  const words: string[] = [];
  const pattern = /\s+|((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+)/suy;
  while (pattern.lastIndex < line.length) {
    const match = pattern.exec(line);
    if (!match) throw fail('has a quote that is not closed');
    const [, word] = match;
    if (word === undefined) continue;
    words.push(
      word.replace(
        /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gsu,
        (_, double?: string, single?: string, escaped?: string) =>
          double !== undefined ? double.replace(/\\(["\\])/g, '$1') : (single ?? escaped ?? ''),
      ),
    );
  }
  return words;
}
