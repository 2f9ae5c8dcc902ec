import type { Linted } from '../lint/lint.ts';
import { writtenMaps } from '../lint/task-maps.ts';
import { shownPath } from '../source/shown-path.ts';
import { parseYamlSource } from '../source/yaml.ts';
import { MARK } from './mark.ts';

/** A line that a person has to look at. */
export interface Needed {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** What an import gives. */
export interface Imported {
  readonly what: 'playbook' | 'role' | 'inventory';
  /** Files that were written, below the new directory. */
  readonly files: readonly string[];
  /** Tasks without a line that needs a person. */
  readonly tasks: number;
  /** In the order of files and lines. */
  readonly needed: readonly Needed[];
  /** What was left out. */
  readonly notes: readonly string[];
  /** What the linter says about the result. */
  readonly linted: Linted;
}

const COMMENT = new RegExp(`(?:# |\\{\\{!-- )${MARK} (.*?)(?: --\\}\\}|$)`, 'g');

/** All marks of the new files. */
export function needsPerson(written: ReadonlyMap<string, string>): readonly Needed[] {
  return [...written]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([file, text]) =>
      text.split('\n').flatMap((line, index) =>
        [...line.matchAll(COMMENT)].map((match) => ({
          file: shownPath(file),
          line: index + 1,
          reason: match[1] ?? '',
        })),
      ),
    );
}

/** How many tasks of a file have no marked line in or right above them. */
export function tasksWithoutMark(file: string, text: string): number {
  if (!/\.ya?ml$/.test(file)) return 0;
  const { document, places } = parseYamlSource(text, file);
  const marked = needsPerson(new Map([[file, text]])).map(({ line }) => line);
  const tasks = [...writtenMaps(document?.contents)].filter(({ kind }) => kind === 'task');
  return tasks.filter(({ map }) => {
    const [start = 0, end = 0] = map.range ?? [];
    const first = places.at(start).line;
    const last = places.at(Math.max(start, end - 1)).line;
    return !marked.some((line) => line >= first && line <= last);
  }).length;
}

const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;

/** What the command prints at its end. */
export function formatImported({ files, tasks, needed, notes, linted }: Imported, directory: string): string {
  const warnings = linted.findings.filter(({ level }) => level === 'warning').length;
  const lines = [
    ...needed.map(({ file, line, reason }) => `${file}:${line}: ${reason}`),
    ...notes,
    ...(needed.length + notes.length > 0 ? [''] : []),
    `${count(files.length, 'file')} in ${directory}: ${count(tasks, 'task')} translated, ${count(needed.length, 'line')} ${needed.length === 1 ? 'needs' : 'need'} you.`,
    ...(warnings > 0 ? [`hostwright lint ${directory} has ${count(warnings, 'warning')} about it.`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
