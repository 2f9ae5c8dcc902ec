import type { LocalSource } from '../core/read.ts';
import type { Fragment } from '../facts/fragments.ts';
import { type ByteText, bytesOf, byteText, encodeText } from './file-text.ts';
import { compilePattern } from './pattern.ts';
import { tooLargeAmongOthers } from './problems.ts';

export interface AssembleOptions {
  readonly regexp?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly ignore_hidden: boolean;
}

/** Parts in the order of their names, each ended by a newline where another follows, with the delimiter between them. */
export function assembleFragments(options: AssembleOptions, fragments: readonly Fragment[]): Uint8Array {
  const pattern = options.regexp === undefined ? undefined : compilePattern(options.regexp);
  const parts = fragments
    .filter(
      ({ name }) => (!pattern || pattern.test(name)) && !(options.ignore_hidden && name.startsWith('.')),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ content }) => byteText(content));
  const delimiter = options.delimiter === undefined ? '' : ended(encodeText(unescaped(options.delimiter)));
  return bytesOf(
    parts.map((part, index) => (index < parts.length - 1 ? ended(part) + delimiter : part)).join(''),
  );
}

export function localFragments(path: string, source: LocalSource): readonly Fragment[] {
  const entries = source.tree ?? [{ relativePath: path, file: source.file }];
  return entries.flatMap(({ relativePath, file }) => {
    if (!file || relativePath.includes('/')) return [];
    if (!file.content) throw tooLargeAmongOthers(file.path, file.size);
    return [{ name: relativePath, content: file.content }];
  });
}

function ended(text: ByteText): ByteText {
  return text.endsWith('\n') ? text : `${text}\n`;
}

function unescaped(text: string): string {
  return text.replaceAll('\\n', '\n').replaceAll('\\t', '\t');
}
