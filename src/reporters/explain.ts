import type { HostResult } from '../core/event.ts';
import { formatFields, toJson } from '../core/fields.ts';
import type { TaskResult } from '../core/result.ts';
import { cleanLine, cleanText } from './clean.ts';

/** A failure in the words of its result: one sentence, then what the command printed. All cleaned. */
export interface Explanation {
  readonly message: string;
  /** For example `stderr` and its text, without trailing newlines; only what is not empty. */
  readonly outputs: readonly { readonly name: string; readonly text: string }[];
}

const NOT_SHOWN = new Set([
  'changed',
  'failed',
  'skipped',
  'unreachable',
  'results',
  'attempts',
  'item',
  'diff',
]);

/** Why a host failed, in full. */
export function explainFailure(result: TaskResult, status: HostResult['status']): Explanation {
  const outputs = ['cmd', 'rc', 'stderr', 'stdout']
    .map((name) => ({
      name,
      text: name === 'cmd' && typeof result.rc !== 'number' ? '' : text(result[name]),
    }))
    .filter((output) => output.text !== '');
  const said =
    typeof result.msg === 'string' ? result.msg : result.msg === undefined ? '' : toJson(result.msg);
  const message = cleanText(said).trimEnd() || fallbackMessage(result, status);
  return { message, outputs };
}

/** What a module warns of, one line each: no failure, and somebody should know. */
export function warningsOf({ warnings }: TaskResult): readonly string[] {
  return Array.isArray(warnings)
    ? warnings.filter((one) => typeof one === 'string').map((one) => cleanLine(one))
    : [];
}

/** The fields of a result that an explanation of its failure has not shown. */
export function unexplained(result: TaskResult): TaskResult {
  const { msg: _msg, rc: _rc, cmd: _cmd, stdout: _stdout, stderr: _stderr, ...others } = result;
  return others;
}

function fallbackMessage(result: TaskResult, status: HostResult['status']): string {
  if (status === 'unreachable') return 'The host could not be reached.';
  if (typeof result.rc === 'number' && result.rc !== 0) return `The command ended with status ${result.rc}.`;
  return 'The task failed and gave no reason.';
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value) && value.every((part) => typeof part === 'string'))
    return cleanText(value.join(' '));
  return cleanText(typeof value === 'string' ? value : toJson(value)).trimEnd();
}

/** The fields of a result as lines, for `-v` and for modules that exist to show something (`debug`). */
export function showResult(result: TaskResult): string[] {
  const fields = Object.entries(result).filter(([name, value]) => {
    if (NOT_SHOWN.has(name) || value === '' || value === null) return false;
    // The same text again, as a list.
    return !(name === 'stdout_lines' || name === 'stderr_lines');
  });
  return cleanText(formatFields(Object.fromEntries(fields)))
    .split('\n')
    .filter((line, at, all) => line !== '' || at < all.length - 1);
}

/** What `debug` was asked to say: its message as it is, or the variable with its name. */
export function showDebug(result: TaskResult): string[] {
  if (typeof result.msg === 'string') return cleanText(result.msg).trimEnd().split('\n');
  return showResult(result);
}

/** An item of a loop, short and on one line. */
export function formatItem(item: unknown): string {
  const plain = typeof item === 'string' ? item : toJson(item);
  const line = cleanLine(plain);
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

/** Cleaned for a terminal, with carriage returns at line ends made visible, because a diff may be about them. */
export function cleanDiff(diff: string): string {
  return cleanText(diff.replaceAll(/\r(?=\n|$)/g, '^M'));
}
