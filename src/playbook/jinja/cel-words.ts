/** What conditions call by other names than Jinja. */

/** Words of CEL that no variable can be called without `vars.` in front. */
export const CEL_WORDS = new Set(
  'as break const continue else for function if import in let loop package namespace return var void while'.split(
    ' ',
  ),
);

export const TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  mapping: 'map',
  sequence: 'list',
  boolean: 'bool',
  integer: 'int',
  float: 'double',
};
export const OUTCOMES: Readonly<Record<string, string>> = {
  failed: 'failed',
  failure: 'failed',
  changed: 'changed',
  change: 'changed',
  skipped: 'skipped',
  skip: 'skipped',
  succeeded: 'succeeded',
  success: 'succeeded',
  successful: 'succeeded',
  unreachable: 'unreachable',
};
export const COMPARISONS: Readonly<Record<string, '==' | '!=' | '<' | '<=' | '>' | '>='>> = {
  eq: '==',
  equalto: '==',
  sameas: '==',
  ne: '!=',
  lt: '<',
  lessthan: '<',
  le: '<=',
  gt: '>',
  greaterthan: '>',
  ge: '>=',
};

export const RECEIVERS: Readonly<Record<string, string>> = { lower: 'lowerAscii', upper: 'upperAscii' };
export const CEL_NAMES: Readonly<Record<string, string>> = { length: 'size', float: 'double', required: '' };
/** Functions that templates have and conditions have not, because CEL has operators for them. */
export const TEMPLATES_ONLY = new Set([
  'merge',
  'required',
  'ternary',
  'concat',
  'list',
  'dict',
  'pick',
  'omit_keys',
]);

/** A text as CEL writes it. */
export function celText(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r');
  return quote + escaped + quote;
}
