import { type FileLine, insertLines, joinLines, lineEnding, shownLine, splitLines } from './file-lines.ts';
import { type ByteText, encodeText } from './file-text.ts';
import { compilePattern } from './pattern.ts';
import { brokenBlock } from './problems.ts';

export interface BlockEdit {
  readonly path: string;
  readonly state: 'present' | 'absent';
  readonly block: string;
  readonly marker: string;
  readonly marker_begin: string;
  readonly marker_end: string;
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
  readonly append_newline: boolean;
  readonly prepend_newline: boolean;
}

interface Markers {
  readonly begin: string;
  readonly end: string;
}

/** The marker lines around a block. */
export function blockMarkers(edit: Pick<BlockEdit, 'marker' | 'marker_begin' | 'marker_end'>): Markers {
  return {
    begin: edit.marker.replaceAll('{mark}', edit.marker_begin),
    end: edit.marker.replaceAll('{mark}', edit.marker_end),
  };
}

/** The lines of a block as they go into a file, without the newline that YAML puts at the end of a block scalar. */
export function blockLines(block: string): readonly string[] {
  return block === '' ? [] : block.replace(/\r?\n$/, '').split(/\r?\n/);
}

/** The text with the marked block in it, in the place where it is or where it is asked for, or without it. */
export function editBlock(edit: BlockEdit): (text: ByteText) => ByteText {
  const markers = blockMarkers(edit);
  const content = edit.state === 'absent' ? [] : blockLines(edit.block);
  return (text) => {
    const lines = splitLines(text);
    const found = findBlock(edit.path, lines, markers);
    if (content.length === 0) return found ? joinLines(without(lines, found)) : text;
    const block = [markers.begin, ...content, markers.end];
    if (found) return joinLines(spaced(edit, replaceBlock(lines, found, block), found.first, block.length));
    const at = insertionIndex(edit, lines);
    return joinLines(spaced(edit, insertLines(lines, at, block), at, block.length));
  };
}

interface Span {
  readonly first: number;
  readonly last: number;
}

/** The last complete block. A marker without its counterpart is an error: deleting to the wrong one would lose lines. */
function findBlock(path: string, lines: readonly FileLine[], markers: Markers): Span | null {
  const begin = encodeText(markers.begin);
  const end = encodeText(markers.end);
  let open = -1;
  let found: Span | null = null;
  lines.forEach((line, index) => {
    if (line.text === begin) {
      if (open >= 0) throw brokenBlock(path, markers.begin);
      open = index;
    } else if (line.text === end) {
      if (open < 0) throw brokenBlock(path, markers.end);
      found = { first: open, last: index };
      open = -1;
    }
  });
  if (open >= 0) throw brokenBlock(path, markers.begin);
  return found;
}

function without(lines: readonly FileLine[], span: Span): readonly FileLine[] {
  return [...lines.slice(0, span.first), ...lines.slice(span.last + 1)];
}

function replaceBlock(lines: readonly FileLine[], span: Span, block: readonly string[]): readonly FileLine[] {
  const replaced = insertLines(without(lines, span), span.first, block);
  const last = lines[span.last] as FileLine;
  // A block at the end of a file without a final newline stays so.
  return replaced.with(span.first + block.length - 1, {
    text: encodeText(block.at(-1) ?? ''),
    ending: last.ending,
  });
}

function insertionIndex(edit: BlockEdit, lines: readonly FileLine[]): number {
  const { insertafter, insertbefore } = edit;
  if (insertbefore === 'BOF' || insertafter === 'BOF') return 0;
  const pattern = insertbefore ?? insertafter;
  if (pattern === undefined || pattern === 'EOF') return lines.length;
  const compiled = compilePattern(pattern);
  const at = lines.findLastIndex((line) => compiled.test(shownLine(line)));
  if (at < 0) return lines.length;
  return insertbefore === undefined ? at + 1 : at;
}

/** Blank lines around the block, where asked for and not there. */
function spaced(
  edit: BlockEdit,
  lines: readonly FileLine[],
  first: number,
  size: number,
): readonly FileLine[] {
  const blank = { text: '', ending: lineEnding(lines) } as const;
  let result = [...lines];
  const next = result[first + size];
  if (edit.append_newline && next && next.text !== '') {
    result = [...result.slice(0, first + size), blank, ...result.slice(first + size)];
  }
  const previous = result[first - 1];
  if (edit.prepend_newline && previous && previous.text !== '') {
    result = [...result.slice(0, first), blank, ...result.slice(first)];
  }
  return result;
}
