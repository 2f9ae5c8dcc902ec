import type { Node, Scalar } from 'yaml';
import { errorsIn, type HostwrightError } from '../../core/error.ts';
import { Template } from '../../core/template.ts';
import { suggestTemplate } from '../../playbook/expressions/index.ts';
import { templatePosition } from '../../source/convert-yaml.ts';
import type { LintedFile } from '../linted-file.ts';
import { defineRule } from '../rule.ts';
import { rewriteScalar, valueScalars } from '../scalars.ts';

/** Where conditions stand, which have no templates in them. */
const CONDITIONS = new Set(['when', 'until', 'changed_when', 'failed_when', 'break_when', 'that']);

export const jinjaTemplate = defineRule({
  name: 'jinja-template',
  level: 'error',
  summary: 'A template in Jinja that can be said in Handlebars.',
  why: 'Templates are Handlebars here: a filter is a function that stands in front of its arguments.',
  bad: {
    text: `- hosts: all
  vars:
    bridge: br0
  tasks:
    - debug:
        msg: "The bridge {{ bridge | upper }}"
`,
  },
  good: {
    text: `- hosts: all
  vars:
    bridge: br0
  tasks:
    - debug:
        msg: "The bridge {{ upper bridge }}"
`,
  },
  fixable: true,
  replaces: ['template-syntax', 'unknown-function', 'function-arguments'],
  checkFile: (file) => {
    const root = file.source.document?.contents as Node | null | undefined;
    return [...valueScalars(root)].flatMap(({ node, path }) => {
      const text = node.value;
      if (typeof text !== 'string' || !text.includes('{{') || CONDITIONS.has(path.at(-1) ?? '')) return [];
      const error = problemOf(text, node, file);
      if (!error) return [];
      const mended = inHandlebars(text, file);
      const edit = mended === undefined ? undefined : rewriteScalar(node, mended, file.source.text);
      // Without an answer the loader's own error says all there is to say.
      return edit
        ? [{ message: error.message, hint: error.hint, position: error.position, edits: [edit] }]
        : [];
    });
  },
});

function problemOf(text: string, node: Scalar, file: LintedFile): HostwrightError | undefined {
  const position = templatePosition(node as Scalar.Parsed, file.source.places);
  try {
    file.expressions.checkSyntax(new Template(text, position));
    return undefined;
  } catch (thrown) {
    return errorsIn(thrown)[0];
  }
}

/** The text with every expression that is not valid replaced by its suggestion; undefined where that does not mend it. */
function inHandlebars(text: string, file: LintedFile): string | undefined {
  const isValid = (template: string) => {
    try {
      file.expressions.checkSyntax(new Template(template));
      return true;
    } catch (thrown) {
      errorsIn(thrown);
      return false;
    }
  };
  const mended = text.replaceAll(/\{\{\s*((?:(?!\}\}|\{\{)[\s\S])+?)\s*\}\}/g, (whole, inner: string) => {
    if (isValid(whole)) return whole;
    const suggestion = suggestTemplate(inner);
    return suggestion === null ? whole : `{{ ${suggestion} }}`;
  });
  return mended !== text && isValid(mended) ? mended : undefined;
}
