import type { Level } from './finding.ts';
import { badRuleOption, unknownRule } from './problems.ts';
import { rules } from './rules/index.ts';

const LEVELS: readonly string[] = ['error', 'warning', 'hint', 'off'];

/** Levels from words such as `unused-register=off`. Throws a HostwrightError for a rule or level that does not exist. */
export function levelsOf(words: readonly string[]): Readonly<Record<string, Level | 'off'>> {
  return Object.fromEntries(
    words.map((word) => {
      const [name = '', level = ''] = word.split('=');
      if (!LEVELS.includes(level)) throw badRuleOption(word);
      const names = rules.map((rule) => rule.name);
      if (!names.includes(name)) throw unknownRule(name, names);
      return [name, level as Level | 'off'];
    }),
  );
}
