import { createHash } from 'node:crypto';
import { yamlLibrary } from '../libraries.ts';
import {
  any,
  bool,
  defineFunction,
  FunctionFailure,
  type FunctionTable,
  integer,
  optional,
  rest,
  text,
} from './define.ts';

const DIGESTS = ['sha256', 'sha512', 'sha384', 'sha1', 'md5'];

function digest(value: string, algorithm: string): string {
  if (!DIGESTS.includes(algorithm))
    throw new FunctionFailure(
      `${JSON.stringify(algorithm)} is not a known digest`,
      `Known are ${DIGESTS.join(', ')}.`,
    );
  return createHash(algorithm).update(value, 'utf8').digest('hex');
}

function json(value: unknown, indent?: number): string {
  const found = JSON.stringify(value, undefined, indent);
  if (found === undefined) throw new FunctionFailure('the value cannot be written as JSON');
  return found;
}

function yaml(value: unknown, options: { readonly indent?: number; readonly flow?: boolean }): string {
  const { stringify } = yamlLibrary();
  // Quoted like YAML 1.1, so that old readers on a host do not take yes, no and 0644 for something else.
  return stringify(value, {
    indent: Math.max(1, Math.min(options.indent ?? 2, 16)),
    lineWidth: 0,
    version: '1.1',
    aliasDuplicateObjects: false,
    collectionStyle: options.flow ? 'flow' : 'block',
  });
}

function base(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? '';
}

function directory(path: string): string {
  const trimmed = path.replace(/(?<=.)\/+$/, '');
  const at = trimmed.lastIndexOf('/');
  if (at < 0) return '.';
  return trimmed.slice(0, at).replace(/\/+$/, '') || '/';
}

export const dataFunctions: FunctionTable = {
  to_json: defineFunction({
    summary: 'The value as JSON on one line.',
    parameters: [any('value')],
    example: ['to_json (dict a=1)', '{"a":1}'],
    run: ([value]) => json(value),
  }),
  to_nice_json: defineFunction({
    summary: 'The value as JSON, indented (by 4).',
    parameters: [any('value'), optional(integer('indent'))],
    example: ['to_nice_json (dict a=1) 2', '{\n  "a": 1\n}'],
    run: ([value, indent]) => json(value, Math.max(0, Math.min(indent ?? 4, 16))),
  }),
  from_json: defineFunction({
    summary: 'The value that a JSON text stands for.',
    parameters: [text('text')],
    example: ['from_json "[1, 2]"', [1, 2]],
    run: ([value]) => {
      try {
        return JSON.parse(value) as unknown;
      } catch {
        throw new FunctionFailure('the text is not JSON');
      }
    },
  }),
  to_yaml: defineFunction({
    summary: 'The value as YAML, indented by indent= (2); flow=true writes it in brackets.',
    parameters: [any('value')],
    options: { indent: integer('indent'), flow: bool('flow') },
    example: ['to_yaml (dict a=(list 1 "yes"))', 'a:\n  - 1\n  - "yes"\n'],
    run: ([value], { indent, flow }) =>
      yaml(value, { ...(indent !== undefined && { indent }), ...(flow !== undefined && { flow }) }),
  }),
  from_yaml: defineFunction({
    summary:
      'The value that a YAML text (1.2) stands for. Its texts are data: {{ }} in them is never evaluated.',
    parameters: [text('text')],
    example: ['from_yaml "a: [1, 2]"', { a: [1, 2] }],
    run: ([value]) => {
      try {
        return yamlLibrary().parse(value, {
          schema: 'core',
          maxAliasCount: 50,
          logLevel: 'error',
          prettyErrors: false,
        }) as unknown;
      } catch (cause) {
        throw new FunctionFailure(
          `the text is not YAML (${cause instanceof Error ? cause.message : 'unknown reason'})`,
        );
      }
    },
  }),
  b64encode: defineFunction({
    summary: 'The text (as UTF-8) in Base64.',
    parameters: [text('text')],
    example: ['b64encode "abc"', 'YWJj'],
    run: ([value]) => Buffer.from(value, 'utf8').toString('base64'),
  }),
  b64decode: defineFunction({
    summary: 'The text (UTF-8) that Base64 stands for.',
    parameters: [text('text')],
    example: ['b64decode "YWJj"', 'abc'],
    run: ([value]) => {
      const compact = value.replace(/\s+/g, '');
      if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact)) throw new FunctionFailure('the text is not Base64');
      return Buffer.from(compact, 'base64').toString('utf8');
    },
  }),
  sha256: defineFunction({
    summary: 'The SHA-256 of the text, in hexadecimal.',
    parameters: [text('text')],
    example: ['slice (sha256 "abc") 0 8', 'ba7816bf'],
    run: ([value]) => digest(value, 'sha256'),
  }),
  hash: defineFunction({
    summary: `A digest of the text, in hexadecimal: ${DIGESTS.join(', ')} (default sha1, as in Ansible).`,
    parameters: [text('text'), optional(text('algorithm'))],
    example: ['hash "abc" "md5"', '900150983cd24fb0d6963f7d28e17f72'],
    run: ([value, algorithm = 'sha1']) => digest(value, algorithm),
  }),
  basename: defineFunction({
    summary: 'The last part of a path.',
    parameters: [text('path')],
    example: ['basename "/etc/hosts"', 'hosts'],
    run: ([path]) => base(path),
  }),
  dirname: defineFunction({
    summary: 'A path without its last part.',
    parameters: [text('path')],
    example: ['dirname "/etc/hosts"', '/etc'],
    run: ([path]) => directory(path),
  }),
  extension: defineFunction({
    summary: 'The ending of a path, with its point; an empty text where it has none.',
    parameters: [text('path')],
    example: ['extension "base.xml"', '.xml'],
    run: ([path]) => /(?<=[^/])\.[^./]*$/.exec(base(path))?.[0] ?? '',
  }),
  path_join: defineFunction({
    summary: 'Parts of a path with one slash between them; a part that begins with a slash begins anew.',
    parameters: [rest(text('parts'))],
    example: ['path_join "/etc" "ssh" "sshd_config"', '/etc/ssh/sshd_config'],
    inConditions: false,
    run: ([parts]) =>
      parts.reduce((path, part) => {
        if (part.startsWith('/') || path === '') return part;
        return path.endsWith('/') ? path + part : `${path}/${part}`;
      }, ''),
  }),
  env: defineFunction({
    summary:
      "A variable of the controller's environment, where Hostwright itself runs; an empty text where it is not set.",
    parameters: [text('name'), optional(text('default'))],
    example: ['env "HOSTWRIGHT_NO_SUCH_NAME" "none"', 'none'],
    run: ([name, otherwise = ''], _options, { environment }) => environment[name] ?? otherwise,
  }),
};
