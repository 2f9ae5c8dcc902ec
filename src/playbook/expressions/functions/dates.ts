import { any, bool, defineFunction, FunctionFailure, type FunctionTable, optional, text } from './define.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const two = (value: number) => String(value).padStart(2, '0');

/** A moment from ISO 8601 text or seconds since 1970. Text without a time zone is UTC. */
function momentOf(value: unknown): Date {
  if (typeof value === 'number') return checked(new Date(value * 1000), value);
  if (typeof value !== 'string') throw new FunctionFailure('a date is ISO 8601 text or a number of seconds');
  const iso = value.trim().replace(/^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(:\d{2}(\.\d+)?)?)$/, '$1T$2Z');
  if (!/^\d{4}-\d{2}-\d{2}/.test(iso)) return checked(new Date(Number.NaN), value);
  return checked(new Date(iso), value);
}

function checked(date: Date, value: unknown): Date {
  if (Number.isNaN(date.getTime()))
    throw new FunctionFailure(
      `${JSON.stringify(value)} is not a date`,
      'Write 2026-01-31, 2026-01-31T12:00:00Z, or seconds since 1970.',
    );
  return date;
}

/** The parts of strftime that mean the same everywhere. */
function format(date: Date, pattern: string): string {
  const hours = date.getUTCHours();
  const parts: Record<string, () => string> = {
    Y: () => String(date.getUTCFullYear()).padStart(4, '0'),
    y: () => two(date.getUTCFullYear() % 100),
    m: () => two(date.getUTCMonth() + 1),
    d: () => two(date.getUTCDate()),
    e: () => String(date.getUTCDate()).padStart(2, ' '),
    H: () => two(hours),
    I: () => two(hours % 12 || 12),
    M: () => two(date.getUTCMinutes()),
    S: () => two(date.getUTCSeconds()),
    f: () => `${String(date.getUTCMilliseconds()).padStart(3, '0')}000`,
    p: () => (hours < 12 ? 'AM' : 'PM'),
    j: () => String(dayOfYear(date)).padStart(3, '0'),
    a: () => (DAYS[date.getUTCDay()] ?? '').slice(0, 3),
    A: () => DAYS[date.getUTCDay()] ?? '',
    b: () => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
    B: () => MONTHS[date.getUTCMonth()] ?? '',
    u: () => String(date.getUTCDay() || 7),
    w: () => String(date.getUTCDay()),
    s: () => String(Math.floor(date.getTime() / 1000)),
    F: () => format(date, '%Y-%m-%d'),
    T: () => format(date, '%H:%M:%S'),
    z: () => '+0000',
    Z: () => 'UTC',
    '%': () => '%',
  };
  return pattern.replace(/%(.?)/gs, (_, letter: string) => {
    const part = parts[letter];
    if (!part)
      throw new FunctionFailure(
        `%${letter} is not a part of a date`,
        `Known are ${Object.keys(parts)
          .map((one) => `%${one}`)
          .join(' ')}.`,
      );
    return part();
  });
}

function dayOfYear(date: Date): number {
  const start = Date.UTC(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - start) / 86_400_000) + 1;
}

export const dateFunctions: FunctionTable = {
  now: defineFunction({
    summary:
      'The present moment in UTC, as ISO 8601 or in a format of strftime. Different at each use: a file that holds it changes at each run.',
    parameters: [optional(text('format'))],
    example: ['length (now "%Y%m%d")', 8],
    run: ([pattern], _options, { now }) => {
      const date = new Date(now());
      return pattern === undefined ? `${date.toISOString().slice(0, 19)}Z` : format(date, pattern);
    },
  }),
  date_format: defineFunction({
    summary: 'A date (ISO 8601 text, or seconds since 1970) in a format of strftime, in UTC.',
    parameters: [any('date'), text('format')],
    example: ['date_format "2026-01-31T23:05:00Z" "%d.%m.%Y %H:%M"', '31.01.2026 23:05'],
    run: ([date, pattern]) => format(momentOf(date), pattern),
  }),
  timestamp_of: defineFunction({
    summary: 'Seconds since 1970 of a date; with exact=true including the fraction.',
    parameters: [any('date')],
    options: { exact: bool('exact') },
    example: ['timestamp_of "1970-01-02"', 86400],
    run: ([date], { exact }) => {
      const seconds = momentOf(date).getTime() / 1000;
      return exact ? seconds : Math.floor(seconds);
    },
  }),
};
