import type { SourcePosition } from '../../core/position.ts';
import type { Reference } from '../expressions.ts';
import { functions } from './functions/index.ts';
import { handlebarsParser } from './libraries.ts';
import * as problems from './problems.ts';
import { suggestTemplate } from './suggest.ts';
import { checkTemplate } from './template-check.ts';
import type { Locate, Location, Mustache, Program } from './template-tree.ts';

/** A template that was parsed and whose functions and blocks are known to exist. */
export interface ParsedTemplate {
  readonly source: string;
  readonly program: Program;
  /** Set where the template is one expression and nothing else. */
  readonly single: Mustache | undefined;
  readonly references: readonly (Omit<Reference, 'position'> & { readonly at: Location })[];
}

/**
 * Place of a node: exact in template files and in blocks of text. A template on one line is a value of its own, whose beginning is known
 * but not whether quotes stand before it; its beginning is near enough.
 */
export function locator(position: SourcePosition | undefined, source: string, whole = false): Locate {
  if (!position || !(whole || source.includes('\n'))) return () => position;
  return ({ start }) => ({
    file: position.file,
    line: position.line + start.line - 1,
    column: (whole && start.line > 1 ? 1 : position.column) + start.column,
  });
}

/** Throws a HostwrightError for wrong syntax, unknown functions, and what templates cannot do. */
export function parseTemplate(source: string, locate: Locate): ParsedTemplate {
  const program = parse(source, locate);
  const [first] = program.body;
  return {
    source,
    program,
    single: program.body.length === 1 && first?.type === 'MustacheStatement' ? first : undefined,
    references: checkTemplate(program, locate, functions),
  };
}

function parse(source: string, locate: Locate): Program {
  try {
    return handlebarsParser().parse(source);
  } catch (thrown) {
    throw explain(thrown, source, locate);
  }
}

/** The parser's errors are plain Errors whose text holds the place. */
function explain(thrown: unknown, source: string, locate: Locate): Error {
  const message = thrown instanceof Error ? thrown.message : '';
  const differ = /^(.+) doesn't match (.+?)(?: - (\d+):(\d+))?$/.exec(message);
  if (differ) {
    const [, open = '', close = '', line = '1', column = '0'] = differ;
    return problems.templateBlocksDiffer(locate(at(Number(line), Number(column))), open, close);
  }
  const [summary = '', shown = '', caret = ''] = message.split('\n');
  const line = Number(/line (\d+)/.exec(summary)?.[1] ?? 1);
  const before = shown.slice(0, Math.max(0, caret.indexOf('^'))).replace(/^\.\.\./, '');
  const near = shown.slice(Math.max(0, caret.indexOf('^'))).replace(/\.\.\.$/, '');
  const text = source.split('\n')[line - 1] ?? '';
  // What the parser shows may begin on an earlier line.
  let past = before;
  while (!text.includes(past)) past = past.slice(1);
  const column = text.lastIndexOf(past) + past.length;
  return problems.templateSyntax(locate(at(line, column)), excerpt(source, text), near.trim(), hintFor(text));
}

const at = (line: number, column: number): Location => ({ start: { line, column } });

/** Of a text with many lines only the one with the mistake is shown. */
export function excerpt(source: string, line: string): string {
  return (source.includes('\n') ? line : source).trim();
}

function hintFor(line: string): string | undefined {
  const opened = line.split('{{').length;
  const closed = line.split('}}').length;
  if (opened > closed) return 'Close the expression with }}.';
  for (const [, inner = ''] of line.matchAll(/\{\{\{?~?(.*?)~?\}?\}\}/g)) {
    const suggestion = suggestTemplate(inner);
    if (suggestion !== null) return `Write: {{ ${suggestion} }}`;
  }
  if (/[\w\]]\[[\w'"]|\.\d/.test(line))
    return 'An item or an unusual key is written list.[0] or map.[some key].';
  return undefined;
}
