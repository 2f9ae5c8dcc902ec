import { endedLine, type FileLine, insertLines, joinLines, shownLine, splitLines } from './file-lines.ts';
import { type ByteText, encodeText } from './file-text.ts';
import { compilePattern, expandReferences } from './pattern.ts';

export interface LineEdit {
  readonly state: 'present' | 'absent';
  readonly line?: string | undefined;
  readonly regexp?: string | undefined;
  readonly search_string?: string | undefined;
  readonly backrefs: boolean;
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
  readonly firstmatch: boolean;
}

type Matcher = (line: FileLine) => RegExpExecArray | boolean | null;

/** The text with the line present or absent, as Ansible's lineinfile would have it. */
export function editLine(edit: LineEdit): (text: ByteText) => ByteText {
  const matches = matcher(edit);
  return edit.state === 'absent'
    ? (text) => joinLines(splitLines(text).filter((line) => !(matches ?? equals(edit.line ?? ''))(line)))
    : (text) => joinLines(withLine(edit, splitLines(text), matches));
}

function withLine(edit: LineEdit, lines: readonly FileLine[], matches: Matcher | null): readonly FileLine[] {
  const wanted = edit.line ?? '';
  const same = equals(wanted);
  const at = matches ? findIndex(lines, matches, edit.firstmatch) : -1;
  if (at >= 0) {
    const found = matches?.(lines[at] as FileLine);
    const text = edit.backrefs && found && found !== true ? expandReferences(wanted, found) : wanted;
    // The pattern matches some other line and not what was written in its place earlier: it is done.
    const written = { text: encodeText(text), ending: '' } as const;
    if (!matches?.(written) && lines.some((line) => line.text === written.text)) return lines;
    const old = lines[at] as FileLine;
    if (old.text === written.text) return lines;
    return lines.with(at, { ...endedLine(old, lines), text: written.text });
  }
  // Without a match there is nothing that could fill the references.
  if (edit.backrefs || lines.some(same)) return lines;
  return insertLines(lines, insertionIndex(edit, lines), [wanted]);
}

function insertionIndex(edit: LineEdit, lines: readonly FileLine[]): number {
  const { insertafter, insertbefore, firstmatch } = edit;
  if (insertbefore === 'BOF' || insertafter === 'BOF') return 0;
  if (insertbefore !== undefined && insertbefore !== 'EOF') {
    const at = findIndex(lines, patternMatcher(insertbefore), firstmatch);
    return at < 0 ? lines.length : at;
  }
  if (insertafter !== undefined && insertafter !== 'EOF') {
    const at = findIndex(lines, patternMatcher(insertafter), firstmatch);
    return at < 0 ? lines.length : at + 1;
  }
  return lines.length;
}

function matcher(edit: LineEdit): Matcher | null {
  if (edit.regexp !== undefined) return patternMatcher(edit.regexp);
  const { search_string: searched } = edit;
  return searched === undefined ? null : (line) => shownLine(line).includes(searched);
}

function patternMatcher(source: string): Matcher {
  const pattern = compilePattern(source);
  return (line) => pattern.exec(shownLine(line));
}

function equals(text: string): (line: FileLine) => boolean {
  const encoded = encodeText(text);
  return (line) => line.text === encoded;
}

/** The last line that matches, or the first where that is asked for; -1 for none. */
function findIndex(lines: readonly FileLine[], matches: Matcher, first: boolean): number {
  return first ? lines.findIndex((line) => matches(line)) : lines.findLastIndex((line) => matches(line));
}
