/** The words of `a=1 b="two words"`, with quotes taken away; undefined where a quote is not closed. */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quoted: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (quoted !== undefined) {
      if (character === quoted) quoted = undefined;
      else if (character === '\\' && quoted === '"' && /["\\]/.test(text[at + 1] ?? ''))
        word += text[++at] as string;
      else word += character;
    } else if (character === '"' || character === "'") {
      quoted = character;
      word ??= '';
    } else if (/\s/.test(character) && !insideTemplate(word)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (quoted !== undefined) return undefined;
  if (word !== undefined) words.push(word);
  return words;
}

// `path={{ a }}/b` is one word in spite of its blanks.
function insideTemplate(word: string | undefined): boolean {
  return word !== undefined && word.lastIndexOf('{{') > word.lastIndexOf('}}');
}

/** `name=value` as its two parts; undefined where it is none. */
export function keyValue(word: string): readonly [string, string] | undefined {
  const match = /^([A-Za-z_][\w]*)=(.*)$/s.exec(word);
  return match ? [match[1] as string, match[2] as string] : undefined;
}

/**
 * A value as typed on a command line: `true`, `false` and whole numbers in their usual form get their type; everything else is text,
 * so that `1.10`, `0644`, `yes` and `2024-01-01` stay what was typed.
 */
export function typedValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^(0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}
