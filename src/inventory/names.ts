import { isIPv6 } from 'node:net';
import type { SourcePosition } from '../core/position.ts';
import * as problems from './problems.ts';

/** More hosts from one range are a mistake. */
const MAX_RANGE = 100_000;

const HOST = /^[\p{L}\p{N}_][\p{L}\p{N}_.:%@+-]{0,252}$/u;
const GROUP = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,252}$/u;

/** A host name and the port behind it (`web:2222`, `[::1]:22`), where it has one. */
export interface HostName {
  readonly name: string;
  readonly port: number | undefined;
}

/** Throws where the text is neither a host name nor an address, with or without a port. */
export function readHostName(text: string, position?: SourcePosition): HostName {
  const bracketed = /^\[([0-9A-Fa-f:.]+)\](?::(\d+))?$/.exec(text);
  const plain = bracketed ?? (isIPv6(text) ? [text, text] : /^([^:]*)(?::(\d+))?$/.exec(text));
  const [, name = '', digits] = plain ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  const isName = name.includes(':') ? isIPv6(name) : HOST.test(name);
  if (!isName || (port !== undefined && (port < 1 || port > 65535)))
    throw problems.badHostName(position, text);
  return { name, port };
}

/** Throws where the text cannot name a group. */
export function readGroupName(text: string, position?: SourcePosition): string {
  if (!GROUP.test(text)) throw problems.badGroupName(position, text);
  return text;
}

/** The names that `web[01:50]`, `db[a:c]` or `n[1:9:2]` stand for, several ranges in one name too; any other text is itself. */
export function expandRanges(text: string, position?: SourcePosition): readonly string[] {
  const found = /^(.*?)\[(\w*):(\w+)(?::(\d+))?\](.*)$/.exec(text);
  if (!found) return [text];
  const [, before = '', from = '', to = '', step = '1', after = ''] = found;
  const fail = (problem: string) => problems.badRange(position, text, problem);
  const middle =
    /^\d*$/.test(from) && /^\d+$/.test(to)
      ? numbers(from || '0', to, Number(step), fail)
      : letters(from, to, Number(step), fail);
  const rest = expandRanges(after, position);
  if (middle.length * rest.length > MAX_RANGE) throw fail(`stands for more than ${MAX_RANGE} hosts`);
  return middle.flatMap((part) => rest.map((end) => before + part + end));
}

type Fail = (problem: string) => Error;

function numbers(from: string, to: string, step: number, fail: Fail): readonly string[] {
  // Leading zeros are a width: [01:10] is 01, 02, … 10.
  const isPadded = from.startsWith('0') && from.length > 1;
  if (isPadded && from.length !== to.length) throw fail('has ends of different lengths');
  return steps(Number(from), Number(to), step, fail).map((value) =>
    isPadded ? String(value).padStart(from.length, '0') : String(value),
  );
}

function letters(from: string, to: string, step: number, fail: Fail): readonly string[] {
  const alphabet = [/^[a-z]$/, /^[A-Z]$/].find((letter) => letter.test(from) && letter.test(to));
  if (!alphabet) throw fail('has ends that are neither numbers nor single letters');
  return steps(from.charCodeAt(0), to.charCodeAt(0), step, fail).map((code) => String.fromCharCode(code));
}

function steps(from: number, to: number, step: number, fail: Fail): readonly number[] {
  if (step < 1) throw fail('has a step of 0');
  if (from > to) throw fail('ends before it begins');
  const count = Math.floor((to - from) / step) + 1;
  if (!Number.isSafeInteger(to) || count > MAX_RANGE) throw fail(`stands for more than ${MAX_RANGE} hosts`);
  return Array.from({ length: count }, (_, index) => from + index * step);
}
