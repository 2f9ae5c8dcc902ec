import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostwrightError } from '../../src/core/error.ts';
import { type BlockEdit, editBlock } from '../../src/modules/block-edit.ts';
import { joinLines, splitLines } from '../../src/modules/file-lines.ts';
import { bytesOf, byteText, decodeText, encodeText } from '../../src/modules/file-text.ts';
import { editLine, type LineEdit } from '../../src/modules/line-edit.ts';

/** Files as they are found: any bytes, but rich in line ends, markers and the words that the edits look for. */
const words = fc.constantFrom('a', 'b', 'a=1', '#a', ' ', '\n', '\r\n', '\r', 'ü', '# BEGIN m', '# END m');
const someText = fc.array(words, { maxLength: 14 }).map((parts) => encodeText(parts.join('')));
const someBytes = fc.uint8Array({ maxLength: 60 }).map(byteText);
const file = fc.oneof({ weight: 3, arbitrary: someText }, someBytes);

const line = fc.constantFrom('a', 'a=1', 'b', 'ü', '', 'a b');
const pattern = fc.option(fc.constantFrom('^a', '^#?a', 'b$', '', 'ü', '^$'), { nil: undefined });
const place = fc.option(fc.constantFrom('EOF', 'BOF', '^b', 'nowhere'), { nil: undefined });

const lineEdit: fc.Arbitrary<LineEdit> = fc
  .record({
    state: fc.constantFrom('present' as const, 'absent' as const),
    line,
    regexp: pattern,
    place,
    before: fc.boolean(),
    firstmatch: fc.boolean(),
    backrefs: fc.boolean(),
  })
  .map(({ place: where, before, ...edit }) => ({
    ...edit,
    backrefs: edit.backrefs && edit.regexp !== undefined,
    ...(before ? { insertbefore: where } : { insertafter: where }),
  }));

const blockEdit: fc.Arbitrary<BlockEdit> = fc
  .record({
    state: fc.constantFrom('present' as const, 'absent' as const),
    block: fc.constantFrom('', 'x', 'x\ny\n', '\n', 'ü\n\n', 'x\r\ny'),
    place,
    before: fc.boolean(),
    append_newline: fc.boolean(),
    prepend_newline: fc.boolean(),
  })
  .map(({ place: where, before, ...edit }) => ({
    ...edit,
    path: '/f',
    marker: '# {mark} m',
    marker_begin: 'BEGIN',
    marker_end: 'END',
    ...(before ? { insertbefore: where } : { insertafter: where }),
  }));

/** Runs an edit that may refuse the file. */
function attempt(edit: () => string): string | undefined {
  try {
    return edit();
  } catch (thrown) {
    if (thrown instanceof HostwrightError) return undefined;
    throw thrown;
  }
}

describe('edits of text', () => {
  it('lose no byte between file and text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(bytesOf(byteText(bytes))).toEqual(bytes);
        expect(joinLines(splitLines(byteText(bytes)))).toBe(byteText(bytes));
      }),
    );
  });

  it('read back what a person wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeText(encodeText(text))).toBe(text);
      }),
    );
  });

  it('lineinfile: twice is once, and the line is there or not', () => {
    fc.assert(
      fc.property(lineEdit, file, (edit, text) => {
        const apply = editLine(edit);
        const once = apply(text);
        expect(apply(once)).toBe(once);
        const lines = splitLines(once).map((one) => one.text);
        const wanted = encodeText(edit.line ?? '');
        if (edit.state === 'present' && !edit.backrefs) expect(lines).toContain(wanted);
        if (edit.state === 'absent' && edit.regexp === undefined) expect(lines).not.toContain(wanted);
      }),
      { numRuns: 2000 },
    );
  });

  it('lineinfile: every line but one stays as it was', () => {
    fc.assert(
      fc.property(lineEdit, file, (edit, text) => {
        fc.pre(edit.state === 'present');
        const before = splitLines(text);
        const after = splitLines(editLine(edit)(text));
        expect(after.length - before.length).toBeOneOf([0, 1]);
        const kept = after.filter((one) => before.some((other) => other.text === one.text));
        expect(kept.length).toBeGreaterThanOrEqual(before.length - 1);
      }),
      { numRuns: 1000 },
    );
  });

  it('blockinfile: twice is once, and removing what was put in gives the file back', () => {
    fc.assert(
      fc.property(blockEdit, file, (edit, text) => {
        const apply = editBlock(edit);
        const once = attempt(() => apply(text));
        fc.pre(once !== undefined);
        expect(apply(once as string)).toBe(once);
        if (text.includes('# BEGIN m') || edit.append_newline || edit.prepend_newline) return;
        const removed = editBlock({ ...edit, state: 'absent' })(once as string);
        // Only the end of the line above the block may have been added.
        expect([text, `${text}\n`, `${text}\r\n`]).toContain(removed);
      }),
      { numRuns: 2000 },
    );
  });
});
