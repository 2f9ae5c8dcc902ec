import * as problems from './problems.ts';
import { describeValue, fieldNames, isTruthy, ownField } from './values.ts';

/** An argument that is evaluated when it is asked for. */
export interface Argument {
  /** Throws where it names something undefined. */
  readonly value: () => unknown;
  /** Undefined where it names something undefined. */
  readonly optional: () => unknown;
  /** Set where the argument is a text in quotes: `defined "name"`. */
  readonly name?: string;
}

/** What takes its arguments unevaluated, in templates and (`default`, `defined`) in conditions. */
export interface SpecialForm {
  readonly usage: string;
  readonly summary: string;
  readonly arguments: readonly [least: number, most: number];
  readonly options?: readonly string[];
  /** Which arguments may be undefined. */
  readonly optional: 'none' | 'first' | 'all';
  readonly run: (
    values: readonly Argument[],
    options: Readonly<Record<string, unknown>>,
    isDefined: (name: string) => boolean,
  ) => unknown;
}

function isMissing(value: unknown, emptyToo: boolean): boolean {
  return value === undefined || value === null || (emptyToo && !isTruthy(value));
}

export const specialForms: Readonly<Record<string, SpecialForm>> = Object.assign(Object.create(null), {
  default: {
    usage: 'default value fallback… [empty=true]',
    summary: 'The first value that is defined and not null; with empty=true also not false, 0 or empty.',
    arguments: [2, Number.POSITIVE_INFINITY],
    options: ['empty'],
    optional: 'all',
    run: (values, { empty }) => {
      const last = values.at(-1);
      for (const value of values.slice(0, -1)) {
        const found = value.optional();
        if (!isMissing(found, empty === true)) return found;
      }
      return last?.value();
    },
  },
  defined: {
    usage: 'defined name',
    summary:
      'True where the name or path is defined (null counts as defined); a text in quotes is the name of a variable.',
    arguments: [1, 1],
    optional: 'first',
    run: ([value], _options, isDefined) =>
      value?.name === undefined ? value?.optional() !== undefined : isDefined(value.name),
  },
  required: {
    usage: 'required value ["message"]',
    summary: 'The value; where it is undefined, null or empty text an error with this message.',
    arguments: [1, 2],
    optional: 'first',
    run: ([value, message]) => {
      const found = value?.optional();
      if (!isMissing(found, false) && found !== '') return found;
      const wanted = message?.value();
      throw problems.requiredMissing(
        undefined,
        typeof wanted === 'string' && wanted !== '' ? wanted : 'A required value is missing.',
      );
    },
  },
  ternary: {
    usage: 'ternary condition ifTrue ifFalse',
    summary:
      'One of two values; only the chosen one is evaluated. A condition that is empty, 0 or null is false.',
    arguments: [3, 3],
    optional: 'none',
    run: ([condition, yes, no]) => (isTruthy(condition?.value()) ? yes?.value() : no?.value()),
  },
  lookup: {
    usage: 'lookup map key',
    summary: 'The field of a map whose name is in a variable, or the item of a list at an index.',
    arguments: [2, 2],
    optional: 'none',
    run: ([container, key]) => fieldOf(container?.value(), key?.value()),
  },
  and: {
    usage: 'and a b…',
    summary: 'True where all are true; stops at the first that is not.',
    arguments: [1, Number.POSITIVE_INFINITY],
    optional: 'none',
    run: (values) => values.every((value) => isTruthy(value.value())),
  },
  or: {
    usage: 'or a b…',
    summary: 'True where one is true; stops at the first that is.',
    arguments: [1, Number.POSITIVE_INFINITY],
    optional: 'none',
    run: (values) => values.some((value) => isTruthy(value.value())),
  },
} satisfies Record<string, SpecialForm>);

function fieldOf(container: unknown, key: unknown): unknown {
  if (typeof key !== 'string' && typeof key !== 'number') throw problems.badLookup(describeValue(key));
  const name = String(key);
  const found = ownField(container, name);
  if (found !== undefined) return found;
  throw problems.undefinedField(
    undefined,
    name,
    name,
    'the value',
    describeValue(container),
    fieldNames(container),
  );
}

/** Blocks that templates have; each takes one argument. */
export const blocks: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  if: '{{#if x}} … {{else}} … {{/if}}: the first part where x is true: not false, null, 0 or empty.',
  unless: '{{#unless x}} … {{/unless}}: the reverse of if.',
  each:
    '{{#each list}} … {{else}} … {{/each}}: once for each item of a list or entry of a map, {{this}} (or {{field}} of it), {{@index}}, ' +
    '{{@key}}, {{@first}}, {{@last}}; `as |item index|` names them; the else part where it is empty.',
  with: '{{#with map}} … {{/with}}: {{field}} means a field of the map; {{../name}} and {{@root.name}} reach outside.',
});
