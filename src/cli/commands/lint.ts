import { Option } from 'commander';
import { cleanText } from '../../reporters/clean.ts';
import { createPaint } from '../../reporters/paint.ts';
import type { DefineCommand } from '../command.ts';
import { loadExtraVariables } from '../extra-variables.ts';
import { loadInventoryFrom, loadLinter, loadModules } from '../parts.ts';

const EXAMPLES = `
Reads playbooks, roles and variable files with everything they import, and
finds mistakes and old spellings. No host is contacted. With -i, variables that
the inventory defines are known too. Without FILES: the directory you are in.

Examples:
  $ hostwright lint
  $ hostwright lint site.yaml roles -i inventory
  $ hostwright lint --fix playbooks        mend what can be mended for sure
  $ hostwright lint --rule unused-variable=off --rule duplicate-task-name=hint

Exit code 1 where there are errors, with --strict also for warnings.
`;

interface Flags {
  readonly inventory?: readonly string[];
  readonly extraVars?: readonly string[];
  readonly fix?: true;
  readonly strict?: true;
  readonly format: 'text' | 'json';
  readonly rule?: readonly string[];
}

const collect = (word: string, before: readonly string[] = []) => [...before, word];

export const defineLint: DefineCommand = (command, { terminal, write, finish }) => {
  command
    .usage('[FILE|DIRECTORY…] [OPTIONS]')
    .argument('[playbook...]', 'playbooks, roles, or directories with them')
    .option('-i, --inventory <source>', 'inventory whose variables count as defined; repeatable', collect)
    .option('-e, --extra-vars <values>', 'variables that a run will be given; repeatable', collect)
    .option('--fix', 'mend what can be mended for sure, in the files themselves')
    .option('--strict', 'exit code 1 for warnings too')
    .option('--rule <name=level>', 'error, warning, hint or off for a rule; repeatable', collect)
    .addOption(new Option('--format <format>', 'text or json').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], flags: Flags) => {
      const linter = await loadLinter();
      const words = paths.length > 0 ? paths : ['.'];
      const options = {
        modules: await loadModules(),
        expressions: linter.createExpressions(),
        levels: linter.levelsOf(flags.rule ?? []),
        extraVars: await loadExtraVariables(flags.extraVars ?? []),
        ...(flags.inventory ? { inventory: await loadInventoryFrom(flags.inventory, paths) } : {}),
      };
      const { linted, count } = flags.fix
        ? await linter.fixAndWrite(words, options)
        : { linted: await linter.lint(words, options), count: 0 };
      if (flags.format === 'json') write(linter.findingsAsJson(linted, count));
      else {
        const paint = createPaint(terminal.color);
        for (const finding of linted.findings) {
          const [first = '', ...rest] = cleanText(linter.formatFinding(finding)).split('\n');
          const styled = finding.level === 'error' ? paint('failed', first) : first;
          write(`${[styled, ...rest].join('\n')}\n`);
        }
        if (linted.findings.length > 0) write('\n');
        write(`${linter.formatSummary(linted, count)}\n`);
      }
      const { error, warning } = linter.countLevels(linted.findings);
      finish(error > 0 || (flags.strict && warning > 0) ? 1 : 0);
    });
};
