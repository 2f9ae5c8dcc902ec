import { readFile } from 'node:fs/promises';
import { type Document, type ParsedNode, parseDocument } from 'yaml';
import { errorsIn, type HostwrightError, HostwrightErrors } from '../core/error.ts';
import { convertYaml } from './convert-yaml.ts';
import { explainSyntaxError } from './explain-yaml.ts';
import { createPlaces, type Places } from './places.ts';
import * as problems from './problems.ts';
import { isSealed, openSealed } from './vault/open.ts';
import { markSecrets, openValues } from './vault/values.ts';

/** A file that a person wrote is smaller; and parsing takes time and memory in proportion. */
const MAX_BYTES = 4 * 1024 * 1024;

/** A YAML text with its nodes, for what needs to know how things were written and not only what they mean. */
export interface YamlSource {
  /** The text without a byte order mark: offsets of the nodes count in it. */
  readonly text: string;
  readonly places: Places;
  /** Undefined where the text is too long or holds characters that YAML forbids. Of a text with errors it holds what could be read. */
  readonly document: Document.Parsed<ParsedNode, true> | undefined;
  /** Plain data; undefined where there are errors, null for an empty text. */
  readonly value: unknown;
  readonly errors: readonly HostwrightError[];
}

/** Parses once and gives the nodes as well as the plain data. Errors of the text are in the result. */
export function parseYamlSource(text: string, file: string): YamlSource {
  const clean = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const places = createPlaces(clean, file);
  const source = { text: clean, places, document: undefined, value: undefined };
  if (clean.length > MAX_BYTES)
    return { ...source, errors: [problems.tooLarge(file, clean.length, MAX_BYTES)] };
  const control = controlCharacterIn(clean);
  if (control >= 0)
    return {
      ...source,
      errors: [problems.controlCharacter(places.at(control), clean.charCodeAt(control))],
    };

  const document = parseDocument<ParsedNode>(clean, {
    version: '1.2',
    schema: 'core',
    merge: false,
    // Own check: the library compares every key with every other, and knows no place to point at.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
    stringKeys: false,
  });
  const [first] = document.errors;
  if (first) return { ...source, document, errors: [explainSyntaxError(first, document.contents, places)] };
  try {
    const value = document.contents === null ? null : convertYaml(document.contents, places);
    return { ...source, document, value, errors: [] };
  } catch (thrown) {
    return { ...source, document, errors: errorsIn(thrown) };
  }
}

/**
 * Plain maps, lists, strings, numbers, booleans and nulls from YAML 1.2 (core schema), with the position of every key and value
 * recorded (`positionOf`). Text with `{{` becomes a `Template`. An empty text gives null.
 *
 * Throws HostwrightError(s) in words for people; of syntax errors only the first, because the others mostly follow from it.
 */
export function parseYaml(text: string, file: string): unknown {
  const { value, errors } = parseYamlSource(text, file);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new HostwrightErrors(errors);
  return value;
}

/**
 * Reads and parses a YAML file; what is encrypted in it, or the whole of it, is decrypted, and shown nowhere. `shown` names the file in
 * messages. Throws HostwrightError(s), also where the file cannot be read, is not UTF-8, or is encrypted as a whole and no key fits.
 */
export async function loadYamlFile(path: string, shown = path): Promise<unknown> {
  const { text, sealed } = await loadClearText(path, shown);
  const value = parseYaml(text, shown);
  if (sealed) markSecrets(value);
  return value;
}

/** The text of a file that a person wrote, decrypted where it is encrypted. Throws a HostwrightError as `loadYamlFile` does. */
export async function loadClearText(
  path: string,
  shown = path,
): Promise<{ readonly text: string; readonly sealed: boolean }> {
  const bytes = await readBytes(path);
  const sealed = isSealed(bytes);
  const text = textOf(sealed ? await openSealed(bytes, `The file ${shown}`) : bytes, path);
  await openValues(text);
  return { text, sealed };
}

/** The text of a file that a person wrote. Throws a HostwrightError where it is missing, unreadable, or not UTF-8. */
export async function loadText(path: string): Promise<string> {
  return textOf(await readBytes(path), path);
}

async function readBytes(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw problems.unreadable(path, cause);
  }
  if (bytes.length > MAX_BYTES) throw problems.tooLarge(path, bytes.length, MAX_BYTES);
  return bytes;
}

function textOf(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw problems.notUtf8(path);
  }
}

/** Offset of the first character that YAML does not allow (a lone carriage return counts), or -1. */
function controlCharacterIn(text: string): number {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 32 && code !== 127) continue;
    if (code === 9 || code === 10) continue;
    if (code === 13 && text.charCodeAt(index + 1) === 10) continue;
    return index;
  }
  return -1;
}
