import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { endOf, startOf } from '../lint/linted-file.ts';
import { quoted, rewriteScalar } from '../lint/scalars.ts';
import { keyText } from '../lint/task-maps.ts';
import { parseExpression } from '../playbook/jinja/parse.ts';
import { toArgument } from '../playbook/jinja/to-handlebars.ts';
import { Refusal } from '../playbook/jinja/tree.ts';
import { rename, type Work } from './work.ts';

/** What the older loops do with their value before they take its items. */
const FUNCTIONS: Readonly<Record<string, (argument: string) => string>> = {
  with_items: (list) => `flatten ${list} 1`,
  with_flattened: (list) => `flatten ${list}`,
  with_dict: (map) => `dict2items ${map}`,
  with_list: (list) => list.replace(/^\((.*)\)$/s, '$1'),
};

/**
 * `with_…` as `loop`, where that gives the same items. Literal lists of the other kinds the loader itself translates; what it cannot, it
 * reports, and the line is marked with what it says.
 */
export function loopEdits(pair: Pair<Scalar, Node | null>, work: Work): void {
  const key = String(pair.key.value);
  const { value } = pair;
  const make = FUNCTIONS[key];
  if (!make) return;
  if (isScalar(value) && typeof value.value === 'string') {
    const inner = /^\{\{([\s\S]*)\}\}$/.exec(value.value.trim())?.[1];
    const expression = inner ?? (/^[A-Za-z_][\w.]*$/.test(value.value) ? value.value : undefined);
    if (expression === undefined) return;
    attempt(value, work, () => {
      const argument = toArgument(parseExpression(expression), work.context.names);
      replace(pair, `{{ ${make(argument)} }}`, work);
    });
    return;
  }
  if (!isSeq(value)) return;
  const isWhole = (item: unknown) => isScalar(item) && /^\{\{[\s\S]*\}\}$/.test(String(item.value).trim());
  if (
    key === 'with_list' ||
    (key === 'with_items' && !value.items.some((item) => isSeq(item) || isWhole(item)))
  ) {
    rename(pair, 'loop', work);
    return;
  }
  // Templates among the items may be lists: all of them, taken apart by one level.
  if (key === 'with_dict' || value.items.some((item) => isMap(item) || isSeq(item))) return;
  attempt(value, work, () => {
    const words = value.items.map((item) => {
      const text = isScalar(item) ? item.value : '';
      const inner = /^\{\{([\s\S]*)\}\}$/.exec(String(text).trim())?.[1];
      if (inner !== undefined) return toArgument(parseExpression(inner), work.context.names);
      if (/\{[{%]/.test(String(text))) throw new Refusal('an item that is only partly a template');
      return toArgument(
        typeof text === 'number' ? { kind: 'number', value: text } : { kind: 'text', value: String(text) },
        work.context.names,
      );
    });
    const list = words.length === 1 ? (words[0] ?? '') : `(list ${words.join(' ')})`;
    replace(pair, `{{ ${make(list)} }}`, work);
  });
}

const FIRST_FOUND =
  /^\{\{\s*(?:lookup|query|q)\(\s*(['"])(?:ansible\.builtin\.)?first_found\1\s*,\s*([A-Za-z_]\w*)\s*\)\s*\}\}$/;

/** `include_vars: "{{ lookup('first_found', params) }}"` as a loop over the first file that is there. */
export function firstFoundEdits(pair: Pair<Scalar, Node | null>, task: YAMLMap, work: Work): void {
  const { key, value } = pair;
  const isLoop = task.items.some((other) => /^(loop|with_\w+)$/.test(keyText(other as Pair) ?? ''));
  if (task.flow || isLoop || !isScalar(value) || typeof value.value !== 'string') return;
  const list = FIRST_FOUND.exec(value.value.trim())?.[2];
  if (list === undefined) return;
  const { text } = work.source;
  const at = startOf(key);
  const indent = ' '.repeat(at - (text.lastIndexOf('\n', at - 1) + 1));
  work.edit({ start: at, end: at, text: `with_first_found: "{{ ${list} }}"\n${indent}` });
  work.edit(rewriteScalar(value as Scalar, '{{ item }}', text));
  work.done.add(value);
}

function replace(pair: Pair<Scalar, Node | null>, template: string, work: Work): void {
  const { value } = pair;
  rename(pair, 'loop', work);
  const { text } = work.source;
  // A list on lines of its own becomes one text on the key's line; the line end after it stays.
  const keyEnd = endOf(pair.key);
  const start = isSeq(value) ? keyEnd + text.slice(keyEnd).indexOf(':') + 1 : startOf(value);
  const end = start + text.slice(start, endOf(value)).trimEnd().length;
  work.edit({ start, end, text: isSeq(value) ? ` ${quoted(template)}` : quoted(template, '"') });
  markDone(value, work);
}

function attempt(value: Node, work: Work, step: () => void): void {
  try {
    step();
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    markDone(value, work);
    work.mark(startOf(value), thrown.reason);
  }
}

function markDone(value: Node | null, work: Work): void {
  for (const item of isSeq(value) ? value.items : [value]) work.done.add(item);
}
