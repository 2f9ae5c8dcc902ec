import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import { fieldsOf, parameterAliases } from '../../playbook/parse/schema-shape.ts';
import { spelledBoolean } from '../../playbook/parse/values.ts';
import { quote } from '../../source/words.ts';
import { endOf, type LintedFile, startOf } from '../linted-file.ts';
import { defineRule, type Report } from '../rule.ts';
import { valueScalars } from '../scalars.ts';
import { keyText, pairOf } from '../task-maps.ts';

/** Keywords that take true or false, and conditions, which may be one of them. */
const KEYWORDS = new Set([
  ...['become', 'gather_facts', 'no_log', 'check_mode', 'diff', 'ignore_errors', 'ignore_unreachable'],
  ...['run_once', 'any_errors_fatal', 'delegate_facts', 'force_handlers'],
  ...['when', 'changed_when', 'failed_when'],
]);
const WORD = /^(yes|no|on|off)$/i;

export const yamlBoolean = defineRule({
  name: 'yaml-boolean',
  level: 'hint',
  summary:
    'yes, no, on or off without quotes. Where true or false is expected they are understood and can be mended; as the value of a variable they are texts (a warning).',
  why: 'In YAML 1.2 these words are texts. Ansible reads YAML 1.1, where they are booleans.',
  bad: {
    text: `- hosts: all
  become: yes
  tasks:
    - ping:
`,
  },
  good: {
    text: `- hosts: all
  become: true
  tasks:
    - ping:
`,
  },
  fixable: true,
  checkFile: (file) => [
    ...file.maps.flatMap(({ map }) =>
      map.items.flatMap((pair) =>
        KEYWORDS.has(keyText(pair as Pair) ?? '') ? booleans((pair as Pair).value as Node, file) : [],
      ),
    ),
    ...file.calls.flatMap(({ pair, module }) => {
      if (!isMap(pair.value)) return [];
      const fields = fieldsOf(module.params) ?? {};
      const aliases = Object.entries(parameterAliases(module));
      return pair.value.items.flatMap((param) => {
        const key = keyText(param as Pair) ?? '';
        const name = aliases.find(([, others]) => others.includes(key))?.[0] ?? key;
        return takesBoolean(fields[name]) ? booleans((param as Pair).value as Node, file) : [];
      });
    }),
    ...variablesIn(file),
  ],
});

interface Parser {
  readonly safeParse?: (value: unknown) => { readonly data?: unknown };
}

/** True where a parameter makes the same of yes and of true. */
function takesBoolean(schema: unknown): boolean {
  const { safeParse } = (schema ?? {}) as Parser;
  return safeParse?.('yes').data === true && safeParse(true).data === true;
}

function booleans(value: Node | null, file: LintedFile): Report[] {
  const nodes = isSeq(value) ? value.items : [value];
  return nodes.filter(isWord).map((node) => {
    const meant = String(spelledBoolean(node.value));
    return {
      message: `${quote(node.source ?? '')} is a text in YAML 1.2; here it stands for ${meant}.`,
      hint: `Write: ${meant}`,
      position: file.at(startOf(node)),
      edits: [{ start: startOf(node), end: endOf(node), text: meant }],
    };
  });
}

function isWord(node: unknown): node is Scalar<string> {
  return isScalar(node) && node.type === 'PLAIN' && typeof node.value === 'string' && WORD.test(node.value);
}

/** Variables: only the author knows whether the word or the boolean is meant. */
function variablesIn({ maps, shape, path, source, at }: LintedFile): Report[] {
  const isVariables =
    shape === 'map' && /(^|\/)(vars|defaults|group_vars|host_vars)\//.test(path)
      ? [source.document?.contents]
      : [];
  const holders = [...maps.map(({ map }) => pairOf(map, 'vars')?.value), ...isVariables];
  return holders.flatMap((holder) =>
    [...valueScalars(holder as Node | null)]
      .filter(({ node }) => isWord(node))
      .map(({ node }) => ({
        level: 'warning' as const,
        message: `${quote(String(node.value))} is a text in YAML 1.2, not ${String(spelledBoolean(node.value))}.`,
        hint: `Write ${String(spelledBoolean(node.value))}, or put the word in quotes if the text is meant.`,
        position: at(startOf(node)),
      })),
  );
}
