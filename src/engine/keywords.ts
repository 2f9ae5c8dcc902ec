import type { SourcePosition } from '../core/position.ts';
import type { Scope } from '../core/scope.ts';
import type { Expressions } from '../playbook/expressions.ts';
import type { SharedKeywords } from '../playbook/tree.ts';
import { problems } from './problems.ts';
import { inherited, type Surroundings } from './surroundings.ts';

const WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

/** A keyword's value as true or false; templates may give the words that Ansible's YAML takes for booleans. */
export function toFlag(keyword: string, value: unknown, position: SourcePosition | undefined): boolean {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? WORDS[value.trim().toLowerCase()] : undefined;
  if (word === undefined) throw problems.notBoolean(keyword, value, position);
  return word;
}

/** A keyword's value as a number of at least 0. */
export function toNumber(keyword: string, value: unknown, position: SourcePosition | undefined): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) {
    throw problems.notNumber(keyword, value, position);
  }
  return number;
}

/** Reads inherited keywords in a scope. */
export function keywordReader(
  expressions: Expressions,
  around: Surroundings,
  scope: Scope,
  position: SourcePosition | undefined,
) {
  const value = (keyword: keyof SharedKeywords) => expressions.resolve(inherited(around, keyword), scope);
  return {
    value,
    flag: (keyword: keyof SharedKeywords, otherwise: boolean) => {
      const found = value(keyword);
      return found === undefined || found === null ? otherwise : toFlag(keyword, found, position);
    },
    number: (keyword: keyof SharedKeywords) => {
      const found = value(keyword);
      return found === undefined || found === null ? undefined : toNumber(keyword, found, position);
    },
    /** Environments of all levels, the nearest winning name by name. */
    environment: (): Readonly<Record<string, string>> => {
      const merged: Record<string, string> = {};
      for (const level of around.lineage) {
        const found = expressions.resolve(level.environment, scope);
        for (const part of Array.isArray(found) ? found : [found ?? {}]) {
          if (typeof part !== 'object' || part === null) throw problems.notEnvironment(part, position);
          for (const [name, text] of Object.entries(part)) merged[name] = String(text);
        }
      }
      return merged;
    },
  };
}
