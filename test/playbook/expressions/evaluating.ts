import { formatError, HostwrightError } from '../../../src/core/error.ts';
import { createScope, type Layer } from '../../../src/core/scope.ts';
import { Template } from '../../../src/core/template.ts';
import { createExpressions } from '../../../src/playbook/expressions/index.ts';

/** Where every expression of these tests stands. */
export const position = { file: 'site.yaml', line: 3, column: 7 };

export const expressions = createExpressions({
  environment: { HOME: '/home/ada' },
  now: () => Date.UTC(2026, 0, 31, 23, 5, 9),
});

export const template = (source: string) => new Template(source, position);

/** The value of a template, or the whole message where there is none. */
export function resultOf(source: string, layer: Layer): unknown {
  return orMessage(() => expressions.resolve(template(source), createScope([layer])));
}

/** Whether a condition holds, or the whole message. */
export function outcomeOf(expression: string, layer: Layer): unknown {
  return orMessage(() => expressions.holds([{ expression, position }], createScope([layer])));
}

export function orMessage(step: () => unknown): unknown {
  try {
    return step();
  } catch (thrown) {
    if (thrown instanceof HostwrightError) return formatError(thrown);
    throw thrown;
  }
}
