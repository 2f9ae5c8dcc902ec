import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { endOf, startOf } from '../lint/linted-file.ts';
import { quoted } from '../lint/scalars.ts';
import { pairOf } from '../lint/task-maps.ts';
import type { Work } from './work.ts';

/** `vars_prompt` as `inputs`: what is missing is asked for, and `-e` answers it. */
export function inputsFrom(pair: Pair<Scalar, Node | null>, play: YAMLMap, work: Work): void {
  const { value } = pair;
  if (pairOf(play, 'inputs') || !isSeq(value)) {
    work.mark(startOf(pair.key), 'vars_prompt cannot be joined with the inputs that are there');
    return;
  }
  const { text } = work.source;
  const indent = ' '.repeat(work.source.places.at(startOf(pair.key)).column - 1);
  const lines: string[] = [];
  for (const item of value.items) {
    const fields = isMap(item) ? item : undefined;
    const read = (key: string): unknown => {
      const found = fields && pairOf(fields, key)?.value;
      return isScalar(found) ? found.value : undefined;
    };
    const name = read('name');
    if (typeof name !== 'string' || ['encrypt', 'confirm', 'unsafe'].some((key) => read(key) !== undefined)) {
      work.mark(startOf(item as Node), 'this question has options that inputs do not have');
      return;
    }
    const prompt = read('prompt');
    const fallback = read('default');
    // Unless it says otherwise, Ansible does not show what is typed.
    const isSecret = !['no', 'false', false].includes(read('private') as never);
    const parts = [
      'type: string',
      ...(typeof prompt === 'string' ? [`description: ${quoted(prompt.replace(/[:?]\s*$/, ''))}`] : []),
      ...(fallback === undefined || fallback === null ? [] : [`default: ${quoted(String(fallback))}`]),
      ...(isSecret ? ['secret: true'] : []),
    ];
    lines.push(`${indent}  ${name}: {${parts.join(', ')}}`);
    for (const one of fields?.items ?? []) work.done.add((one as Pair).value);
  }
  const start = startOf(pair.key);
  const end = start + text.slice(start, endOf(value)).trimEnd().length;
  work.edit({ start, end, text: `inputs:\n${lines.join('\n')}` });
}
