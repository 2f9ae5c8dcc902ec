import { Computed } from '../../core/computed.ts';
import type { SourcePosition } from '../../core/position.ts';
import type { Scope } from '../../core/scope.ts';
import { Template } from '../../core/template.ts';
import type { Expressions, Reference } from '../expressions.ts';
import type { Condition } from '../tree.ts';
import { compute } from './computed.ts';
import { functionNotBoolean } from './computed-problems.ts';
import { createConditions } from './conditions.ts';
import type { Surroundings } from './functions/define.ts';
import * as problems from './problems.ts';
import { mergeReferences } from './reference.ts';
import { createResolver, type PlainObjects, type Resolver } from './resolver.ts';
import { suggestCel } from './suggest.ts';
import { createTemplates } from './templates.ts';
import { isMapping, isSimplePath } from './values.ts';

export { suggestCel, suggestTemplate } from './suggest.ts';

export interface ExpressionOptions {
  /** What `env` reads. Default: the environment of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What `now` reads, in milliseconds since 1970. Default: the clock. */
  readonly now?: () => number;
}

/**
 * An evaluator with its own cache of parsed templates and conditions; one for a run is enough. Whatever a scope throws that is no
 * HostwrightError passes through unchanged.
 */
export function createExpressions(options: ExpressionOptions = {}): Expressions {
  const around: Surroundings = {
    environment: options.environment ?? process.env,
    now: options.now ?? Date.now,
    directories: () => [process.cwd()],
  };
  const templates = createTemplates(around);
  const conditions = createConditions(around);
  const plain: PlainObjects = new WeakSet();
  const evaluate = (template: Template, resolver: Resolver) =>
    template instanceof Computed
      ? compute(template.compute, resolver, template.position)
      : templates.evaluate(template, resolver);
  const resolverOf = (scope: Scope) => createResolver(scope, evaluate, plain);

  const conditionValue = ({ expression, position }: Condition, resolver: Resolver): unknown => {
    if (typeof expression === 'boolean') return expression;
    if (typeof expression === 'function') return resolver.deep(compute(expression, resolver, position));
    const written = writtenCondition(expression, position);
    if (written instanceof Template) return resolver.deep(written);
    return conditions.evaluate(written, resolver, position);
  };

  const eachCondition = (
    of: readonly Condition[],
    visit: (written: string | Template, position: Condition['position']) => void,
  ) => {
    for (const { expression, position } of of)
      if (
        typeof expression === 'string' ||
        (expression instanceof Template && !(expression instanceof Computed))
      )
        visit(writtenCondition(expression, position), position);
  };

  return {
    resolve: (value, scope) => resolverOf(scope).deep(value),
    holds: (all, scope) => {
      const resolver = resolverOf(scope);
      return all.every((condition) => {
        const value = conditionValue(condition, resolver);
        if (typeof value === 'boolean') return value;
        if (typeof condition.expression === 'function') throw functionNotBoolean(condition.position, value);
        throw problems.conditionNotBoolean(condition.position, String(condition.expression), value);
      });
    },
    evaluate: (expression, scope, position) => {
      const resolver = resolverOf(scope);
      // A path alone needs no CEL, and so also reaches what CEL has no type for.
      if (isSimplePath(expression)) return resolver.deep(templates.path(expression, position));
      return conditions.evaluate(expression, resolver, position);
    },
    renderText: (text, file, scope, escaping) =>
      templates.renderText(text, file, resolverOf(scope), escaping),
    checkSyntax: (value, all = []) => {
      for (const template of templatesIn(value)) templates.check(template);
      eachCondition(all, (written, position) =>
        written instanceof Template ? templates.check(written) : conditions.check(written, position),
      );
    },
    references: (value, all = []) => {
      const found: Reference[] = [];
      for (const template of templatesIn(value))
        found.push(...mergeReferences(templates.references(template)));
      eachCondition(all, (written, position) => {
        const references =
          written instanceof Template
            ? templates.references(written)
            : conditions.references(written, position);
        found.push(...mergeReferences(references));
      });
      return found;
    },
  };
}

let shared: Expressions | undefined;

/** The evaluator of this process: what one part of it has parsed, no other need parse again. */
export function sharedExpressions(): Expressions {
  shared ??= createExpressions();
  return shared;
}

/** `when: "{{ x }}"` is a template as a whole; braces anywhere else in a condition are a mistake. */
function writtenCondition(
  expression: string | Template,
  position: SourcePosition | undefined,
): string | Template {
  if (expression instanceof Template) return expression;
  if (!expression.includes('{{')) return expression;
  const trimmed = expression.trim();
  if (/^\{\{(?:(?!\}\}).)*\}\}$/s.test(trimmed)) return new Template(trimmed, position);
  const bare = expression.replace(/(['"]?)\{\{\{?\s*(.*?)\s*\}?\}\}\1/gs, '$2');
  throw problems.templateInCondition(position, expression, suggestCel(bare) ?? bare);
}

function* templatesIn(value: unknown, seen = new Set<object>()): Generator<Template> {
  if (value instanceof Computed) return;
  if (value instanceof Template) yield value;
  else if (typeof value === 'object' && value !== null && !seen.has(value)) {
    seen.add(value);
    if (Array.isArray(value)) for (const item of value) yield* templatesIn(item, seen);
    else if (isMapping(value)) for (const item of Object.values(value)) yield* templatesIn(item, seen);
  }
}
