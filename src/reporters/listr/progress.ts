import { formatDuration } from '../duration.ts';
import { truncate, widthOf } from '../measure.ts';
import type { Look } from './layout.ts';

/** The last live line: how far the play is, and for how long the run has been going. */
export function progressLine(play: string, done: number, total: number, elapsed: number, look: Look): string {
  const known = Math.max(done, total);
  const counts = `${done}/${known}`;
  const time = formatDuration(Math.floor(elapsed / 1000) * 1000).replace('.0s', 's');
  const fixed = `${counts} · ${time}`;
  const width = Math.min(24, look.columns - widthOf(fixed) - 12);
  const bar = width >= 8 ? `${drawBar(known === 0 ? 0 : done / known, width, look)}  ` : '';
  const room = look.columns - 3 - (bar === '' ? 0 : width + 2) - widthOf(fixed) - 3;
  const name = room >= 8 ? ` · ${truncate(play, room - 3)}` : '';
  return `  ${bar}${look.paint('dim', fixed + name)}`;
}

function drawBar(share: number, width: number, look: Look): string {
  const full = Math.min(width, Math.round(share * width));
  const [done, left] = look.bar === '│' ? ['━', '─'] : ['#', '-'];
  return look.paint('ok', done.repeat(full)) + look.paint('dim', left.repeat(width - full));
}
