import { loaderRules } from './loader-rules.ts';
import type { Rule, RuleExample } from './rule.ts';
import { rules } from './rules/index.ts';

const INTRODUCTION = `# Lint

\`hostwright lint\` reads playbooks, roles and template files with everything that they import, and finds mistakes and old spellings
without contacting a host.

\`\`\`
hostwright lint                               the directory you are in
hostwright lint site.yaml roles -i inventory  with what an inventory defines
hostwright lint --fix                         mends what can be mended for sure
hostwright lint --format json                 for other programs
\`\`\`

- A finding is \`file:line:column: level: message [rule]\`, and below it what to do. An **error** will not run, or not as meant; a
  **warning** is most probably a mistake; for a **hint** there is a better way. The exit code is 1 where there are errors, with
  \`--strict\` also for warnings.
- \`--rule NAME=LEVEL\` gives a rule another level: error, warning, hint or off. It may be given several times.
- \`--fix\` changes only the characters that are wrong: comments, quotes and layout stay. A file is replaced in one step, and left alone
  where it was changed meanwhile. A second \`--fix\` finds nothing to do.
- Of a directory, playbooks and roles are loaded; roles, files of tasks and of variables that no playbook uses are looked at by
  themselves. \`files/\` and \`templates/\` are not read as YAML; template files are looked at where a task renders them.
- With \`-i\` a variable that nothing defines is an error, without it a warning, because an inventory may define it. \`group_vars/\` and
  \`host_vars/\` beside a playbook always count.
- A hundred files of twelve tasks each take about 0.4 seconds of computing, and less than one with the start of the program (\`test/bench/lint.ts\`): every file
  is read and parsed once, and every module's parameters are loaded once.

## Rules
`;

/** docs/lint.md: the rules with why they are there and what they look like. */
export function documentRules(): string {
  const levels = rules.map(
    ({ name, level, fixable, summary }) =>
      `| [${name}](#${name}) | ${level} | ${fixable ? 'yes' : ''} | ${cell(summary)} |`,
  );
  const table = ['| Rule | Level | --fix | Finds |', '| --- | --- | --- | --- |', ...levels].join('\n');
  const loader = Object.entries(loaderRules).map(([code, summary]) => `| ${code} | ${cell(summary)} |`);
  return `${INTRODUCTION}
${table}

${rules.map(section).join('\n')}
## What the loader finds

These are errors of the playbook itself, which stop a run as well.

| Code | Finds |
| --- | --- |
${loader.join('\n')}

Errors of an inventory (\`inventory-…\`, \`pattern-…\`) are found with \`-i\`.
`;
}

const cell = (text: string) => text.replaceAll('|', '\\|');

function section({ name, summary, why, bad, good }: Rule): string {
  return `### ${name}\n\n${summary}\n\n${why}\n\n${example('Bad', bad)}\n${example('Good', good)}`;
}

function example(title: string, { text, files = {} }: RuleExample): string {
  const others = Object.entries(files).map(
    ([name, content]) => `with \`${name}\`:\n\n\`\`\`handlebars\n${content}\`\`\`\n`,
  );
  return [`${title}:\n\n\`\`\`yaml\n${text}\`\`\`\n`, ...others].join('\n');
}
