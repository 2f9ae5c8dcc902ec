import { widthOf } from '../measure.ts';
import type { Output } from '../reporter.ts';

/** The terminal as two parts: what is printed for good and scrolls away, and below it a few live lines that are drawn over and over. */
export interface Screen {
  /** Prints lines for good, above the live ones. */
  readonly print: (lines: readonly string[]) => void;
  /** Draws the live lines again where they have changed. */
  readonly refresh: () => void;
  /** Takes the live lines away until the returned function is called; what is printed meanwhile waits. */
  readonly suspend: () => () => void;
  /** Takes the live lines away for good and gives the cursor back. May be called twice, and while the process exits. */
  readonly close: () => void;
}

// Terminals that know synchronized output show a frame at once; others ignore the two marks.
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const TOP_LEFT = '\u001b[H';
const CLEAR_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** Printed lines that are kept to draw the window again after a change of its size. */
const KEPT = 300;

/** A screen on a terminal. `draw` gives the live lines, each within the width, together at most the height minus one. */
export function createScreen(output: Output, draw: () => readonly string[]): Screen {
  let live: readonly string[] = [];
  let suspended = 0;
  let closed = false;
  let held: string[] = [];
  const recent: string[] = [];

  const write = (start: string, printed: readonly string[], next: readonly string[]) => {
    // Lines are written over each other and only their ends cleared: nothing blinks.
    const text = [...printed, ...next].map((line) => `${line}${CLEAR_LINE_END}\n`).join('');
    const cursor = next.length === 0 ? SHOW_CURSOR : '';
    output.write(`${BEGIN}${HIDE_CURSOR}\r${start}${text}${CLEAR_BELOW}${cursor}${END}`);
    live = next;
  };
  const paint = (printed: readonly string[], next: readonly string[]) => {
    if (closed) return;
    recent.push(...printed.flatMap((line) => line.split('\n')));
    recent.splice(0, recent.length - KEPT);
    write(live.length === 0 ? '' : `\u001b[${live.length}A`, printed, next);
  };
  const frame = () => (suspended > 0 || closed ? [] : draw());
  const refresh = () => {
    const next = frame();
    if (next.length !== live.length || next.some((line, index) => line !== live[index])) paint([], next);
  };
  // A terminal wraps and joins lines when its width changes, each in its own way, and may tell late. Where the live lines begin is then
  // anyone's guess, so the window is drawn anew from its top.
  const redraw = () => {
    if (live.length === 0 || suspended > 0 || closed) return;
    const next = draw();
    const { columns, rows } = output.size();
    let room = rows - 1 - next.length;
    let first = recent.length;
    while (first > 0) {
      room -= Math.max(1, Math.ceil(widthOf(recent[first - 1] ?? '') / columns));
      if (room < 0) break;
      first -= 1;
    }
    write(TOP_LEFT, recent.slice(first), next);
  };
  const stopWatching = output.onResize(redraw);
  return {
    print: (lines) => {
      if (suspended > 0) held.push(...lines);
      else paint(lines, frame());
    },
    refresh,
    suspend: () => {
      suspended += 1;
      refresh();
      return () => {
        suspended -= 1;
        if (suspended > 0) return;
        paint(held, frame());
        held = [];
      };
    },
    close: () => {
      if (closed) return;
      if (live.length > 0 || held.length > 0) paint(held, []);
      closed = true;
      stopWatching();
    },
  };
}
