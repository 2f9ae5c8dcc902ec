import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SourcePosition } from '../core/position.ts';
import { shownPath } from './shown-path.ts';

/** Files of users from which Hostwright was called, and their lines once they were needed. */
const callers = new Map<string, readonly string[] | undefined>();

/** Counts a file as a user's, before anything in it has called us. */
export function registerCaller(file: string): void {
  callers.delete(file);
  linesOf(file);
}

/**
 * Where a function of ours was called from: `called` and what it called is left out. The compiled text of a TypeScript file keeps its
 * lines but not its columns, so the column is that of `name` in the source's line.
 */
export function callPosition(
  called: (...words: never[]) => unknown,
  name: string,
): SourcePosition | undefined {
  const [site] = callSites(called);
  const path = site?.getFileName();
  const line = site?.getLineNumber();
  if (!path || !line) return undefined;
  const file = path.startsWith('file:') ? fileURLToPath(path) : path;
  const text = linesOf(file)[line - 1] ?? '';
  const at = new RegExp(`(?<![\\w$.])${name}\\s*\\(`).exec(text)?.index ?? text.search(/\S/);
  return { file: shownPath(file), line, column: Math.max(0, at) + 1 };
}

/** Where in a user's file an error was thrown, or went through; undefined where none of them is in its stack. */
export function throwPosition(thrown: unknown): SourcePosition | undefined {
  if (!(thrown instanceof Error) || typeof thrown.stack !== 'string') return undefined;
  for (const frame of thrown.stack.split('\n')) {
    const [, path = '', line] = /^\s*at .*?((?:file:\/\/)?\/[^():]+):(\d+):\d+\)?$/.exec(frame) ?? [];
    const file = path.startsWith('file:') ? fileURLToPath(path) : path;
    if (callers.has(file)) return lineStart(file, Number(line));
  }
  return undefined;
}

/** Where a text first stands in a user's file. */
export function textPosition(file: string, text: string): SourcePosition | undefined {
  const index = linesOf(file).findIndex((line) => line.includes(text));
  return index < 0 ? undefined : lineStart(file, index + 1);
}

function lineStart(file: string, line: number): SourcePosition {
  const indent = (linesOf(file)[line - 1] ?? '').search(/\S/);
  return { file: shownPath(file), line, column: Math.max(0, indent) + 1 };
}

function callSites(called: (...words: never[]) => unknown): readonly NodeJS.CallSite[] {
  const { prepareStackTrace } = Error;
  const holder: { stack?: unknown } = {};
  try {
    Error.prepareStackTrace = (_, sites) => sites;
    Error.captureStackTrace(holder, called);
    return holder.stack as readonly NodeJS.CallSite[];
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

function linesOf(file: string): readonly string[] {
  const known = callers.get(file);
  if (known) return known;
  let lines: readonly string[] = [];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch {
    // A playbook that was not read from a file has no columns; that is no reason to fail.
  }
  callers.set(file, lines);
  return lines;
}
