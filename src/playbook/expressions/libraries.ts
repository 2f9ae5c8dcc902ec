import { createRequire } from 'node:module';
import type { Program } from './template-tree.ts';

// Expressions are evaluated synchronously, and most commands evaluate none: so the libraries are loaded with `require` when the first
// expression needs them. Of Handlebars only the parser is loaded (half of the whole); its templates are never compiled to JavaScript.
const load = createRequire(import.meta.url);

interface HandlebarsParser {
  readonly parse: (source: string) => Program;
}

export function handlebarsParser(): HandlebarsParser {
  return load('handlebars/dist/cjs/handlebars/compiler/base.js') as HandlebarsParser;
}

export function celLibrary(): typeof import('@marcbachmann/cel-js') {
  return load('@marcbachmann/cel-js') as typeof import('@marcbachmann/cel-js');
}

export function addressLibrary(): typeof import('ipaddr.js') {
  return load('ipaddr.js') as typeof import('ipaddr.js');
}

export function yamlLibrary(): typeof import('yaml') {
  return load('yaml') as typeof import('yaml');
}
