import type { HostwrightError } from '../core/error.ts';
import { shownPath } from '../source/shown-path.ts';
import { parseYamlSource, type YamlSource } from '../source/yaml.ts';
import type { Edit, Finding } from './finding.ts';
import { type Linted, type LintOptions, lint } from './lint.ts';
import { applyEdits, withoutOverlaps } from './text-edits.ts';
import { replaceText } from './write-text.ts';

/** One mended mistake may bring the next to light; more rounds than this are never needed. */
const MAX_ROUNDS = 100;

export interface Fixed {
  /** What is left. */
  readonly linted: Linted;
  /** How many findings were mended. */
  readonly count: number;
  /** New texts by absolute path, only of files that change; nothing is written yet. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Mends what can be mended for sure, in the files themselves. */
export async function fixAndWrite(words: readonly string[], options: LintOptions): Promise<Fixed> {
  const before = new Map<string, string>();
  const fixed = await fix(words, options, before);
  for (const [path, text] of fixed.texts) await replaceText(path, before.get(path) ?? '', text);
  return fixed;
}

/** Mends what can be mended for sure, in memory. `before` gets the texts as they were read. */
export async function fix(
  words: readonly string[],
  options: LintOptions,
  before: Map<string, string> = new Map(),
): Promise<Fixed> {
  const texts = new Map<string, string>();
  let count = 0;
  for (let round = 0; ; round++) {
    const linted = await lint(words, { ...options, texts });
    const mended = round < MAX_ROUNDS ? mend(linted) : [];
    if (mended.length === 0) return { linted, count, texts };
    for (const { path, text, findings } of mended) {
      if (!before.has(path)) before.set(path, linted.files.get(path)?.text ?? '');
      texts.set(path, text);
      count += findings;
    }
  }
}

interface Mended {
  readonly path: string;
  readonly text: string;
  readonly findings: number;
}

function mend({ findings, files }: Linted): readonly Mended[] {
  return [...files].flatMap(([path, source]) => {
    const groups = withoutOverlaps(fixesOf(path, findings));
    const applied = mendFile(source, groups, path);
    return applied ? [applied] : [];
  });
}

function fixesOf(path: string, findings: readonly Finding[]): readonly (readonly Edit[])[] {
  return findings.flatMap(({ fix: found }) => (found?.path === path ? [found.edits] : []));
}

/** All edits together; where that breaks the file, one after the other, leaving out those that break it. */
function mendFile(
  source: YamlSource,
  groups: readonly (readonly Edit[])[],
  path: string,
): Mended | undefined {
  if (groups.length === 0) return undefined;
  const together = applyEdits(source.text, groups.flat());
  if (isNoWorse(source, together, path)) return { path, text: together, findings: groups.length };
  const good = groups.filter((group) => isNoWorse(source, applyEdits(source.text, group), path));
  const text = applyEdits(source.text, good.flat());
  return good.length > 0 && isNoWorse(source, text, path) ? { path, text, findings: good.length } : undefined;
}

/** True where the text has no error, or only one that stands further down than before. */
function isNoWorse({ errors, text: old }: YamlSource, text: string, path: string): boolean {
  if (text === old) return false;
  const after = parseYamlSource(text, shownPath(path)).errors;
  const line = (found: readonly HostwrightError[]) => found[0]?.position?.line ?? 0;
  if (after.length === 0) return true;
  return errors.length > 0 && (line(after) > line(errors) || after.length < errors.length);
}
