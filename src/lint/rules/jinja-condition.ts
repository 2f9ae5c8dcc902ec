import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { errorsIn } from '../../core/error.ts';
import { isAction } from '../../modules/table.ts';
import { suggestCel } from '../../playbook/expressions/index.ts';
import { type LintedFile, startOf } from '../linted-file.ts';
import { defineRule, type Report } from '../rule.ts';
import { rewriteScalar } from '../scalars.ts';
import { pairOf } from '../task-maps.ts';

const KEYS = ['when', 'until', 'changed_when', 'failed_when'];

export const jinjaCondition = defineRule({
  name: 'jinja-condition',
  level: 'error',
  summary: 'A condition in Jinja that can be said in CEL.',
  why: 'Conditions are CEL here: &&, || and !, functions instead of filters and tests, and no braces.',
  bad: {
    text: `- hosts: all
  tasks:
    - ping:
      when: inventory_hostname is defined and not check_mode
`,
  },
  good: {
    text: `- hosts: all
  tasks:
    - ping:
      when: has(vars.inventory_hostname) && !check_mode
`,
  },
  fixable: true,
  replaces: ['condition-syntax', 'condition-failed', 'template-in-condition', 'unknown-function'],
  checkFile: (file) => [...conditionsIn(file)].flatMap((node) => judge(node, file)),
});

function* conditionsIn({ maps, calls }: LintedFile): Generator<Scalar<string>> {
  for (const { map } of maps) {
    for (const key of KEYS) yield* texts(pairOf(map, key)?.value);
    const control = pairOf(map, 'loop_control')?.value;
    if (isMap(control)) yield* texts(pairOf(control, 'break_when')?.value);
  }
  for (const { pair, module } of calls)
    for (const key of isAction(module) ? (module.conditions ?? []) : [])
      if (isMap(pair.value)) yield* texts(pairOf(pair.value, key)?.value);
}

function* texts(value: Node | null | undefined): Generator<Scalar<string>> {
  for (const node of isSeq(value) ? value.items : [value])
    if (isScalar(node) && typeof node.value === 'string') yield node as Scalar<string>;
}

function judge(node: Scalar<string>, file: LintedFile): Report[] {
  const position = file.at(startOf(node));
  const problemOf = (expression: string) => {
    try {
      file.expressions.checkSyntax(undefined, [{ expression, position }]);
      return undefined;
    } catch (thrown) {
      return errorsIn(thrown)[0];
    }
  };
  const error = problemOf(node.value);
  if (!error) return [];
  const bare = node.value.replace(/(['"]?)\{\{\s*((?:(?!\}\}).)*?)\s*\}\}\1/gs, '$2');
  const mended = suggestCel(bare) ?? bare;
  if (mended === node.value || problemOf(mended)) return [];
  const edit = rewriteScalar(node, mended, file.source.text);
  return edit
    ? [{ message: error.message, hint: `Write: ${mended}`, position: error.position, edits: [edit] }]
    : [];
}
