import path from 'node:path';
import { HostwrightError } from '../../core/error.ts';
import { Secret } from '../../core/secret.ts';
import { callFunction, FunctionFailure, type Surroundings } from './functions/define.ts';
import { functions } from './functions/index.ts';
import * as problems from './problems.ts';
import type { Resolver } from './resolver.ts';
import { type Argument, specialForms } from './special-forms.ts';
import { type Frame, lookUp, rootFrame } from './template-names.ts';
import type { ParsedTemplate } from './template-syntax.ts';
import {
  type Block,
  type Call,
  type Expression,
  hasArguments,
  isBareName,
  type Locate,
  type Mustache,
  type Program,
  type Statement,
  writeCall,
  writeExpression,
} from './template-tree.ts';
import { isMapping, isTruthy } from './values.ts';

export interface Rendering {
  readonly resolver: Resolver;
  readonly locate: Locate;
  readonly escape: (text: string) => string;
  readonly around: Surroundings;
}

/** The value of a template: of the expression itself where it is a single one, else text. */
export function renderTemplate(template: ParsedTemplate, rendering: Rendering): unknown {
  if (template.single) return callValue(template.single, rootFrame, rendering);
  return renderProgram(template.program, rootFrame, rendering);
}

/** The text of a template, also where it is a single expression. */
export function renderProgram(program: Program, frame: Frame, rendering: Rendering): string {
  return program.body.map((node) => renderStatement(node, frame, rendering)).join('');
}

function renderStatement(node: Statement, frame: Frame, rendering: Rendering): string {
  switch (node.type) {
    case 'ContentStatement':
      return node.value;
    case 'MustacheStatement':
      return interpolate(node, frame, rendering);
    case 'BlockStatement':
      return renderBlock(node, frame, rendering);
    default:
      return '';
  }
}

function interpolate(node: Mustache, frame: Frame, rendering: Rendering): string {
  const value = rendering.resolver.deep(callValue(node, frame, rendering));
  const text = textOf(value);
  if (text === undefined) throw problems.notText(rendering.locate(node.loc), writeCall(node), value);
  return node.escaped ? rendering.escape(text) : text;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Secret) return value.reveal();
  return Array.isArray(value) || isMapping(value) ? JSON.stringify(value) : undefined;
}

/** The value of `name`, `name arguments…` or a literal. What is inside may still hold Templates. */
function callValue(node: Call, frame: Frame, rendering: Rendering): unknown {
  if (node.path.type !== 'PathExpression') return node.path.value;
  const name = isBareName(node.path) ? node.path.parts[0] : undefined;
  const isSubExpression = 'type' in node && node.type === 'SubExpression';
  if (name === undefined || !(hasArguments(node) || isSubExpression)) {
    const found = lookUp(node.path, frame, rendering);
    if ('value' in found) return found.value;
    const parameters = name === undefined ? undefined : functions[name]?.parameters;
    if (!parameters?.every((one) => one.optional)) throw found.error;
  }
  return applyFunction(node, name ?? '', frame, rendering);
}

function applyFunction(node: Call, name: string, frame: Frame, rendering: Rendering): unknown {
  const { resolver } = rendering;
  const evaluate = (one: Expression) => expressionValue(one, frame, rendering);
  const pairs = (node.hash?.pairs ?? []).map((pair): [string, unknown] => [
    pair.key,
    resolver.deep(evaluate(pair.value)),
  ]);
  const options = Object.fromEntries(pairs);
  const special = specialForms[name];
  try {
    if (special) {
      const values = (node.params ?? []).map((one) => argument(one, frame, rendering));
      return resolver.settle(special.run(values, options, resolver.has));
    }
    const known = functions[name];
    if (!known) throw problems.unknownFunction(undefined, name, Object.keys(functions));
    const values = (node.params ?? []).map((one) => resolver.deep(evaluate(one)));
    const around = { ...rendering.around, directories: () => homesOf(resolver, rendering.around) };
    return callFunction(known, values, options, around);
  } catch (thrown) {
    if (thrown instanceof FunctionFailure)
      throw problems.functionFailed(rendering.locate(node.loc), name, thrown.message, thrown.hint);
    if (thrown instanceof HostwrightError) throw problems.placed(thrown, rendering.locate(node.loc));
    throw thrown;
  }
}

/** The role's and the playbook's directories, as far as there are such. */
function homesOf(resolver: Resolver, around: Surroundings): readonly string[] {
  const homes = ['role_path', 'playbook_dir'].flatMap((name) => {
    const home = resolver.has(name) ? resolver.settle(resolver.get(name)) : undefined;
    return typeof home === 'string' ? [path.join(home, 'files'), home] : [];
  });
  return [...homes, ...around.directories()];
}

function argument(node: Expression, frame: Frame, rendering: Rendering): Argument {
  const value = () => expressionValue(node, frame, rendering);
  const optional = () => {
    try {
      return value();
    } catch (thrown) {
      if (problems.isUndefined(thrown)) return undefined;
      throw thrown;
    }
  };
  return node.type === 'StringLiteral' ? { value, optional, name: String(node.value) } : { value, optional };
}

function expressionValue(node: Expression, frame: Frame, rendering: Rendering): unknown {
  if (node.type === 'SubExpression') return callValue(node, frame, rendering);
  if (node.type !== 'PathExpression') return node.type === 'NullLiteral' ? null : node.value;
  const found = lookUp(node, frame, rendering);
  if ('value' in found) return found.value;
  throw found.error;
}

function renderBlock(node: Block, frame: Frame, rendering: Rendering): string {
  const name = node.path.original;
  const yes = (inside: Frame) => (node.program ? renderProgram(node.program, inside, rendering) : '');
  const no = () => (node.inverse ? renderProgram(node.inverse, frame, rendering) : '');
  const [operand] = node.params ?? [];
  if (name === 'raw' && operand === undefined) return yes(frame);
  const value =
    operand === undefined ? callValue(node, frame, rendering) : expressionValue(operand, frame, rendering);
  switch (operand === undefined ? 'section' : name) {
    case 'if':
      return isTruthy(value) ? yes(frame) : no();
    case 'unless':
      return isTruthy(value) ? no() : yes(frame);
    case 'with':
      return isTruthy(value) ? yes(enter(frame, node.program, value, {}, [value])) : no();
    case 'each':
      return renderEach(node, value, frame, rendering) ?? no();
    default: {
      // {{#name}}: each for a list, with for a map, if for the rest, as in Mustache.
      if (Array.isArray(value)) return renderEach(node, value, frame, rendering) ?? no();
      if (!isTruthy(value)) return no();
      return yes(enter(frame, node.program, isMapping(value) ? value : frame.context, {}, [value]));
    }
  }
}

/** Undefined where there is no item. */
function renderEach(node: Block, value: unknown, frame: Frame, rendering: Rendering): string | undefined {
  const isList = Array.isArray(value);
  if (!isList && !isMapping(value) && value !== null && value !== false) {
    const [operand] = node.params ?? [];
    throw problems.notIterable(
      rendering.locate(node.loc),
      operand ? writeExpression(operand) : node.path.original,
      value,
    );
  }
  const keys: readonly (string | number)[] = isList
    ? [...value.keys()]
    : isMapping(value)
      ? Object.keys(value)
      : [];
  if (keys.length === 0 || !node.program) return undefined;
  const { program } = node;
  const parts = keys.map((key, index) => {
    const item = rendering.resolver.settle((value as Record<string | number, unknown>)[key], String(key));
    const data = { key, index, first: index === 0, last: index === keys.length - 1 };
    return renderProgram(program, enter(frame, program, item, data, [item, key]), rendering);
  });
  return parts.join('');
}

function enter(
  frame: Frame,
  program: Program | undefined,
  context: unknown,
  data: Readonly<Record<string, unknown>>,
  values: readonly unknown[],
): Frame {
  const named = (program?.blockParams ?? []).map((name, index): [string, unknown] => [name, values[index]]);
  return { context, data, parameters: new Map(named), outer: frame };
}
