import { isAlias, isScalar, isSeq, type Node } from 'yaml';
import { errorsIn } from '../../core/error.ts';
import { Template } from '../../core/template.ts';
import type { Edit } from '../finding.ts';
import { endOf, type LintedFile, startOf } from '../linted-file.ts';
import { defineRule } from '../rule.ts';
import { rewriteScalar } from '../scalars.ts';
import { keyText, pairOf } from '../task-maps.ts';

/** Functions that give the list that the older loop made by itself. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  with_dict: 'dict2items',
  with_flattened: 'flatten',
};

export const oldLoop = defineRule({
  name: 'old-loop',
  level: 'hint',
  summary: 'One of the older loops, with_items and its kin.',
  why: 'Each has its own rule of what an item is; with `loop` the items are what is written.',
  bad: {
    text: `- hosts: all
  tasks:
    - debug:
        msg: "{{ item }}"
      with_items:
        - br0
        - br1
`,
  },
  good: {
    text: `- hosts: all
  tasks:
    - debug:
        msg: "{{ item }}"
      loop:
        - br0
        - br1
`,
  },
  fixable: true,
  replaces: ['unsupported-loop'],
  checkFile: (file) =>
    file.maps.flatMap(({ map }) =>
      map.items.flatMap((pair) => {
        const key = keyText(pair as never) ?? '';
        if (!key.startsWith('with_') || pairOf(map, 'loop')) return [];
        const node = pair.key as { readonly range?: readonly number[] };
        const value = pair.value as Node | null;
        const edits = mended(key, value, file);
        const isKnown = ['with_items', 'with_list'].includes(key);
        // What the loader cannot translate it reports itself, with what to do.
        if (!edits && !isKnown) return [];
        return [
          {
            message: `${key} is an old spelling of loop.`,
            hint:
              edits || key !== 'with_items'
                ? 'Write loop with the list itself.'
                : 'Write loop: "{{ … }}"; where items may be lists themselves, "{{ flatten … 1 }}".',
            position: file.at(startOf(node)),
            edits: edits && [{ start: startOf(node), end: endOf(node), text: 'loop' }, ...edits],
          },
        ];
      }),
    ),
});

/** What the value has to become beside the new keyword; undefined where the list would not be sure to be the same. */
function mended(key: string, value: Node | null, file: LintedFile): readonly Edit[] | undefined {
  if (isSeq(value)) {
    const isSame = value.items.every(
      (item) =>
        key === 'with_list' ||
        (!isSeq(item) && !(isScalar(item) && /\{[{%]/.test(String(item.value))) && !isAlias(item)),
    );
    return isSame && (key === 'with_items' || key === 'with_list') ? [] : undefined;
  }
  if (!isScalar(value)) return undefined;
  if (key === 'with_list') return [];
  const name = FUNCTIONS[key];
  const path = /^\{\{\s*([A-Za-z_][\w.]*)\s*\}\}$/.exec(String(value.value))?.[1];
  if (name === undefined || path === undefined) return undefined;
  const text = `{{ ${name} ${path} }}`;
  try {
    file.expressions.checkSyntax(new Template(text));
  } catch (thrown) {
    errorsIn(thrown);
    return undefined;
  }
  const edit = rewriteScalar(value, text, file.source.text);
  return edit && [edit];
}
