import type { SourcePosition } from '../../core/position.ts';

/** The tree that Handlebars' parser gives, as far as it is used here. Lines count from 1, columns from 0. */
export interface Location {
  readonly start: { readonly line: number; readonly column: number };
}

/** Turns a place inside a template into one in the file that it stands in. */
export type Locate = (place: Location) => SourcePosition | undefined;

interface Node {
  readonly loc: Location;
}

export interface Path extends Node {
  readonly type: 'PathExpression';
  /** `@index` and the like. */
  readonly data: boolean;
  /** How many `../` it begins with. */
  readonly depth: number;
  readonly parts: readonly string[];
  readonly original: string;
}

export interface Literal extends Node {
  readonly type: 'StringLiteral' | 'NumberLiteral' | 'BooleanLiteral' | 'NullLiteral' | 'UndefinedLiteral';
  readonly value?: string | number | boolean | null;
}

export interface Hash {
  readonly pairs: readonly { readonly key: string; readonly value: Expression; readonly loc: Location }[];
}

/** What has a name and may have arguments: `name`, `name argument key=value`. */
export interface Call extends Node {
  readonly path: Path | Literal;
  readonly params?: readonly Expression[];
  readonly hash?: Hash;
}

export interface SubExpression extends Call {
  readonly type: 'SubExpression';
}

export type Expression = Path | Literal | SubExpression;

export interface Mustache extends Call {
  readonly type: 'MustacheStatement';
  /** False for `{{{ x }}}`. */
  readonly escaped: boolean;
}

export interface Block extends Call {
  readonly type: 'BlockStatement';
  readonly path: Path;
  readonly program?: Program;
  readonly inverse?: Program;
}

export interface Content extends Node {
  readonly type: 'ContentStatement';
  readonly value: string;
  readonly original: string;
}

interface Unused extends Node {
  readonly type:
    | 'CommentStatement'
    | 'PartialStatement'
    | 'PartialBlockStatement'
    | 'Decorator'
    | 'DecoratorBlock';
}

export type Statement = Mustache | Block | Content | Unused;

export interface Program extends Partial<Node> {
  readonly body: readonly Statement[];
  readonly blockParams?: readonly string[];
}

/** `this.x`, `./x` and `.` mean the innermost item even where a block parameter has the name. */
export function isScoped(path: Path): boolean {
  return /^(?:this(?:[./]|$)|\.(?:\/|$))/.test(path.original);
}

/** A single name without `../`, `@` or `this`, which may be the name of a function. */
export function isBareName(path: Path): boolean {
  return path.parts.length === 1 && path.depth === 0 && !path.data && !isScoped(path);
}

export function hasArguments(call: Call): boolean {
  return (call.params?.length ?? 0) > 0 || (call.hash?.pairs.length ?? 0) > 0;
}

/** The expression as a person would write it, for messages. */
export function writeCall(call: Call): string {
  const words = [call.path, ...(call.params ?? [])].map(writeExpression);
  const pairs = (call.hash?.pairs ?? []).map((pair) => `${pair.key}=${writeExpression(pair.value)}`);
  return [...words, ...pairs].join(' ');
}

export function writeExpression(expression: Expression): string {
  switch (expression.type) {
    case 'PathExpression':
      return expression.data ? `@${expression.original.replace(/^@/, '')}` : expression.original;
    case 'SubExpression':
      return `(${writeCall(expression)})`;
    case 'StringLiteral':
      return JSON.stringify(expression.value);
    case 'NullLiteral':
      return 'null';
    case 'UndefinedLiteral':
      return 'undefined';
    default:
      return String(expression.value);
  }
}
