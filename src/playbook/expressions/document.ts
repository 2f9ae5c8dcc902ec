import { type ExpressionFunction, usageOf } from './functions/define.ts';
import { functionGroups } from './functions/index.ts';
import { blocks, specialForms } from './special-forms.ts';

/** The reference of blocks and functions in Markdown, as docs/expressions.md holds it. Made from the tables that are evaluated. */
export function documentFunctions(): string {
  const parts = [
    '### Blocks\n',
    ...Object.values(blocks).map((text) => `- ${codeIn(text)}`),
    '\n### Choices and fallbacks\n',
    'Arguments are evaluated only when they are needed, so these cope with names that are not defined. In conditions: `default(x, y)` and `defined(x)`.\n',
    ...table(Object.values(specialForms).map((form) => [`\`{{ ${form.usage} }}\``, form.summary, ''])),
  ];
  for (const [group, functions] of Object.entries(functionGroups)) {
    const rows = Object.entries(functions).map(([name, of]) => [
      `\`${usageOf(name, of)}\`${of.inConditions ? '' : ' ¹'}`,
      of.summary,
      exampleOf(of),
    ]);
    parts.push(`\n### ${group}\n`, ...table(rows));
  }
  parts.push('\n¹ Templates only; conditions have operators or functions of CEL for it.');
  return `${parts.join('\n')}\n`;
}

function exampleOf(of: ExpressionFunction): string {
  const [template, result] = of.example;
  return `\`{{ ${escapeNewlines(template)} }}\` → \`${escapeNewlines(JSON.stringify(result))}\``;
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(['Written', 'Gives', 'Example']), '| --- | --- | --- |', ...rows.map(line)];
}

const escapeNewlines = (text: string) => text.replaceAll('\n', '\\n');

function codeIn(text: string): string {
  const end = text.indexOf(': ');
  return `\`${text.slice(0, end)}\`: ${text.slice(end + 2).replace(/\{\{[^{}]*\}\}/g, (found) => `\`${found}\``)}`;
}
