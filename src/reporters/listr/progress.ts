import { formatDuration } from '../duration.ts';
import { truncate, widthOf } from '../measure.ts';
import type { Look } from './layout.ts';

/** The last live line: how far the play is, and for how long the run has been going. */
export function progressLine(
  play: string,
  done: number,
  total: number,
  elapsed: number,
  look: Look,
  expected?: number,
): string {
  const known = Math.max(done, total);
  const counts = `${done}/${known}`;
  const time = whole(elapsed);
  // Past what it took before, that number says nothing any more.
  const of =
    expected !== undefined && expected > Math.max(elapsed, 2000) ? ` of about ${whole(expected)}` : '';
  const fixed = `${counts} · ${time}${of}`;
  const width = Math.min(24, look.columns - widthOf(fixed) - 12);
  const bar = width >= 8 ? `${drawBar(known === 0 ? 0 : done / known, width, look)}  ` : '';
  const room = look.columns - 3 - (bar === '' ? 0 : width + 2) - widthOf(fixed) - 3;
  const name = room >= 8 ? ` · ${truncate(play, room - 3)}` : '';
  return `  ${bar}${look.paint('dim', fixed + name)}`;
}

function whole(milliseconds: number): string {
  return formatDuration(Math.floor(milliseconds / 1000) * 1000).replace('.0s', 's');
}

function drawBar(share: number, width: number, look: Look): string {
  const full = Math.min(width, Math.round(share * width));
  const [done, left] = look.bar === '│' ? ['━', '─'] : ['#', '-'];
  return look.paint('ok', done.repeat(full)) + look.paint('dim', left.repeat(width - full));
}
