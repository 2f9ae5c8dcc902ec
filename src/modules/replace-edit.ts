import { type ByteText, decodeText, encodeText } from './file-text.ts';
import { compilePattern, expandReferences } from './pattern.ts';

export interface ReplaceEdit {
  readonly regexp: string;
  readonly replace: string;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/** The text with all matches replaced, in the part between `after` and `before` where they are given. */
export function replaceText(edit: ReplaceEdit): (text: ByteText) => ByteText {
  return (text) => {
    const shown = decodeText(text);
    // A file that is no UTF-8 is worked on byte by byte, and so must be what a person wrote.
    const isUtf8 = encodeText(shown) === text;
    return isUtf8 ? encodeText(replaceIn(edit, shown)) : replaceIn(encoded(edit), text);
  };
}

function replaceIn(edit: ReplaceEdit, text: string): string {
  const [start, end] = section(edit, text);
  const pattern = compilePattern(edit.regexp, 'gm');
  const replaced = text
    .slice(start, end)
    .replace(pattern, (...found: unknown[]) => expandReferences(edit.replace, matchOf(found)));
  return text.slice(0, start) + replaced + text.slice(end);
}

/** Where replacing begins and ends; nowhere, where an expression that bounds it is not found. */
function section({ after, before }: ReplaceEdit, text: string): readonly [number, number] {
  let start = 0;
  if (after !== undefined) {
    const match = compilePattern(after, 'ms').exec(text);
    if (!match) return [0, 0];
    start = match.index + match[0].length;
  }
  if (before === undefined) return [start, text.length];
  const pattern = compilePattern(before, 'gms');
  pattern.lastIndex = start;
  let match = pattern.exec(text);
  if (!match) return [0, 0];
  // Without `after`, everything up to the last place is meant, as Ansible's greedy expression has it.
  let end = match.index;
  while (after === undefined && match) {
    end = match.index;
    if (match[0] === '') pattern.lastIndex++;
    match = pattern.exec(text);
  }
  return [start, end];
}

function encoded(edit: ReplaceEdit): ReplaceEdit {
  const { after, before } = edit;
  return {
    regexp: encodeText(edit.regexp),
    replace: encodeText(edit.replace),
    ...(after === undefined ? {} : { after: encodeText(after) }),
    ...(before === undefined ? {} : { before: encodeText(before) }),
  };
}

/** The arguments of a replacer as a match: groups first, then the offset, the text and the named groups. */
function matchOf(found: readonly unknown[]): RegExpExecArray {
  const offset = found.findIndex((value) => typeof value === 'number');
  const groups = found[offset + 2];
  return Object.assign(found.slice(0, offset), {
    index: found[offset],
    input: found[offset + 1],
    groups,
  }) as unknown as RegExpExecArray;
}
