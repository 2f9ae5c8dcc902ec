import type { SourcePosition } from '../../core/position.ts';
import { Template } from '../../core/template.ts';
import type { Reference } from '../expressions.ts';
import type { Surroundings } from './functions/define.ts';
import type { Resolver } from './resolver.ts';
import { rootFrame } from './template-names.ts';
import { renderProgram, renderTemplate } from './template-render.ts';
import { locator, type ParsedTemplate, parseTemplate } from './template-syntax.ts';

/** Handlebars templates, parsed once for each text. */
export interface Templates {
  readonly evaluate: (template: Template, resolver: Resolver) => unknown;
  readonly renderText: (text: string, file: string, resolver: Resolver, escaping: 'none' | 'xml') => string;
  readonly check: (template: Template) => void;
  readonly references: (template: Template) => readonly Reference[];
  /** A dotted name (`result.items[0].name`) as a template that is this one expression. */
  readonly path: (path: string, position: SourcePosition | undefined) => Template;
}

/** More texts than any playbook has; only a program that makes up templates comes near. */
const MAX_CACHED = 10_000;

export function createTemplates(around: Surroundings): Templates {
  const parsed = new Map<string, ParsedTemplate>();

  const parse = (source: string, position: SourcePosition | undefined, whole = false): ParsedTemplate => {
    const known = parsed.get(source);
    if (known) return known;
    const result = parseTemplate(source, locator(position, source, whole));
    if (parsed.size >= MAX_CACHED) parsed.clear();
    parsed.set(source, result);
    return result;
  };

  return {
    evaluate: ({ source, position }, resolver) => {
      const locate = locator(position, source);
      return renderTemplate(parse(source, position), { resolver, locate, escape: asItIs, around });
    },
    renderText: (text, file, resolver, escaping) => {
      const start = { file, line: 1, column: 1 };
      const { program } = parse(text, start, true);
      const escaped = escaping === 'xml' ? escapeXml : asItIs;
      return renderProgram(program, rootFrame, {
        resolver,
        locate: locator(start, text, true),
        escape: escaped,
        around,
      });
    },
    check: ({ source, position }) => void parse(source, position),
    references: ({ source, position }) => {
      const locate = locator(position, source);
      return parse(source, position).references.map(({ name, optional, at }) => ({
        name,
        optional,
        position: locate(at),
      }));
    },
    path: (path, position) => {
      const written = path
        .trim()
        .replace(
          /\[(\d+)\]|\[(['"])([^'"\]]*)\2\]/g,
          (_, index: string, _quote, key: string) => `.[${index ?? key}]`,
        );
      return new Template(`{{ ${written} }}`, position);
    },
  };
}

const asItIs = (text: string) => text;

const XML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => XML[character] ?? character);
}
