import type { SourcePosition } from '../../core/position.ts';
import { looksLikeTemplate, Template } from '../../core/template.ts';

/** A word of a line, and the blanks before it. */
export interface Word {
  readonly before: string;
  readonly text: string;
}

/** Words as Ansible splits them: at blanks, but not inside quotes or templates. */
export function splitWords(line: string): readonly Word[] {
  const words: Word[] = [];
  const pattern = /(\s*)((?:"(?:[^"\\]|\\.)*"|'[^']*'|\{\{[\s\S]*?\}\}|\S)+)/y;
  for (;;) {
    const match = pattern.exec(line);
    if (!match) return words;
    words.push({ before: match[1] ?? '', text: match[2] ?? '' });
  }
}

/** A value without the quotes around it. */
export function unquoted(value: string): string {
  const quote = value[0];
  if (value.length < 2 || (quote !== '"' && quote !== "'") || value.at(-1) !== quote) return value;
  const inner = value.slice(1, -1);
  return quote === '"' ? inner.replaceAll(/\\(["\\])/g, '$1') : inner;
}

/** A value that was cut out of a line of text, with the place of that line. */
export function textOrTemplate(text: string, position: SourcePosition | undefined): string | Template {
  return looksLikeTemplate(text) ? new Template(text, position) : text;
}
