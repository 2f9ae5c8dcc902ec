import { collectErrors } from '../core/error.ts';
import type { SourcePosition } from '../core/position.ts';
import type { Layer } from '../core/scope.ts';
import { looksLikeTemplate, Template } from '../core/template.ts';
import type { Draft } from './draft.ts';
import * as problems from './problems.ts';
import { readPythonLiteral } from './python-literal.ts';

type Section = { readonly group: string; readonly kind: 'hosts' | 'vars' | 'children' };

/** Reads an inventory in Ansible's INI form. Throws all mistakes at once, with their places. */
export function readIniInventory(text: string, source: string, draft: Draft): void {
  const errors = collectErrors();
  const used = new Map<string, SourcePosition>();
  const declared = new Set<string>(['all', 'ungrouped']);
  let section: Section = { group: 'ungrouped', kind: 'hosts' };

  const read = (line: string, position: SourcePosition) => {
    switch (section.kind) {
      case 'hosts': {
        const [name = '', ...words] = splitWords(line, position);
        draft.addHosts(name, section.group, layerOf(words, position), position);
        return;
      }
      case 'vars': {
        const [, key, value] = /^([^=\s]+)\s*=\s*(.*)$/s.exec(line) ?? [];
        if (key === undefined)
          throw problems.iniLine(position, line, 'In a section of variables each line is name=value.');
        draft.setGroupVariables(section.group, { [key]: typedValue(value ?? '', position) }, position);
        return;
      }
      case 'children': {
        const [name = '', ...others] = splitWords(line, position);
        if (others.length > 0)
          throw problems.iniLine(
            position,
            line,
            'In a section of children each line is the name of one group.',
          );
        draft.addChild(section.group, name, position);
        used.set(name, position);
      }
    }
  };

  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.trim();
    const position = { file: source, line: index + 1, column: line.length - line.trimStart().length + 1 };
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue;
    errors.attempt(() => {
      const next = sectionOf(content, position);
      if (!next) return read(content, position);
      section = next;
      if (next.kind === 'vars') used.set(next.group, position);
      else declared.add(next.group);
      draft.addGroup(next.group, position);
    });
  }
  for (const [name, position] of used)
    if (!declared.has(name)) errors.add(problems.undeclaredGroup(position, name, declared));
  errors.throwIfAny();
}

/** `[group]`, `[group:vars]`, `[group:children]`. An address in brackets (`[::1]:22`) is a host. */
function sectionOf(line: string, position: SourcePosition): Section | undefined {
  if (!line.startsWith('[') || /^\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\](?::\d+)?(?:\s|$)/.test(line))
    return undefined;
  const [, group, kind = 'hosts'] = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:[#;].*)?$/.exec(line) ?? [];
  if (group === undefined || !(kind === 'hosts' || kind === 'vars' || kind === 'children'))
    throw problems.iniSection(position, line);
  return { group, kind };
}

function layerOf(words: readonly string[], position: SourcePosition): Layer {
  return Object.fromEntries(
    words.map((word): [string, unknown] => {
      const at = word.indexOf('=');
      if (at <= 0)
        throw problems.iniLine(
          position,
          word,
          'After the host name come variables, each name=value without blanks around "=".',
        );
      return [word.slice(0, at), typedValue(word.slice(at + 1), position)];
    }),
  );
}

/** Typed as Ansible does it: what is a literal in Python is that value, anything else is text. */
function typedValue(text: string, position: SourcePosition): unknown {
  const literal = readPythonLiteral(text);
  return withTemplates(literal ? literal.value : text, position);
}

function withTemplates(value: unknown, position: SourcePosition): unknown {
  if (typeof value === 'string') return looksLikeTemplate(value) ? new Template(value, position) : value;
  if (Array.isArray(value)) return value.map((item) => withTemplates(item, position));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withTemplates(item, position)]));
}

/** Words as a shell would split them: quotes hold blanks together and vanish; ` #` begins a comment. */
function splitWords(line: string, position: SourcePosition): readonly string[] {
  const words: string[] = [];
  const pattern = /\s+|#.*$|((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+)/suy;
  while (pattern.lastIndex < line.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(line);
    if (!match)
      throw problems.iniLine(
        { ...position, column: position.column + start },
        line.slice(start),
        'Close the quote.',
      );
    if (match[1] !== undefined) words.push(unquote(match[1]));
  }
  return words;
}

function unquote(word: string): string {
  return word.replace(
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gsu,
    (_, double?: string, single?: string, escaped?: string) =>
      double !== undefined ? double.replace(/\\(["\\$`])/g, '$1') : (single ?? escaped ?? ''),
  );
}
