import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { collectErrors } from '../core/error.ts';
import { recordPositions, type SourcePosition } from '../core/position.ts';
import { looksLikeTemplate, Template } from '../core/template.ts';
import type { Places } from './places.ts';
import * as problems from './problems.ts';
import { unquotedTemplateAt } from './unquoted-template.ts';
import { isVaultTag, vaultValue } from './vault/values.ts';

/** Deeper nesting is a mistake or an attack; real playbooks stay below 20. */
const MAX_DEPTH = 60;
/** How many values aliases and merges may add, so that few lines cannot become millions of values. */
const MAX_ALIASED = 50_000;

const CORE_TAGS = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);
/** Statements of Jinja: kept as Templates, so that whoever checks templates can say what to write instead. */
const JINJA_STATEMENT =
  /\{%-?\s*(?:if|elif|else|endif|for|endfor|set|block|macro|raw|include|import|filter)\b/;

interface Anchored {
  readonly value: unknown;
  readonly size: number;
}

/** Turns the library's nodes into plain data with positions. Throws all errors of the document together. */
export function convertYaml(root: ParsedNode, places: Places): unknown {
  const errors = collectErrors();
  const anchors = new Map<string, Anchored | 'open'>();
  let size = 0;
  let aliased = 0;

  const place = (node: { range?: readonly [number, number, number] | null } | null): SourcePosition =>
    places.at(node?.range?.[0] ?? 0);

  const addAliased = (count: number, position: SourcePosition) => {
    aliased += count;
    // Thrown, not collected: going on is what the limit is there to prevent.
    if (aliased > MAX_ALIASED) throw problems.tooManyAliases(position, MAX_ALIASED);
  };

  const scalar = (node: Scalar.Parsed, unsafe: boolean): unknown => {
    const value: unknown = node.value;
    if (
      typeof value === 'number' &&
      Number.isInteger(value) &&
      !Number.isSafeInteger(value) &&
      /^[-+]?\d+$/.test(node.source)
    ) {
      errors.add(problems.inexactNumber(place(node), node.source));
      return value;
    }
    if (typeof value !== 'string') return value;
    if (unsafe || !(looksLikeTemplate(value) || JINJA_STATEMENT.test(value))) return value;
    return new Template(value, templatePosition(node, places));
  };

  const alias = (node: ParsedNode & { source: string }): unknown => {
    const found = anchors.get(node.source);
    if (found === undefined || found === 'open') {
      errors.add(
        found
          ? problems.plainMistake('aliasInItself', place(node))
          : problems.unknownAlias(place(node), node.source),
      );
      return null;
    }
    addAliased(found.size, place(node));
    return found.value;
  };

  const convert = (node: ParsedNode | null, depth: number, unsafe: boolean): unknown => {
    size++;
    if (node === null) return null;
    if (depth > MAX_DEPTH) throw problems.tooDeep(place(node), MAX_DEPTH);
    if (isAlias(node)) return alias(node);
    const marked = unsafe || node.tag === '!unsafe';
    if (isVaultTag(node.tag)) {
      const found =
        isScalar(node) && typeof node.value === 'string' ? vaultValue(node.value, place(node)) : undefined;
      if (found === undefined) errors.add(problems.plainMistake('vaultValue', place(node)));
      return found ?? null;
    }
    if (node.tag && !CORE_TAGS.has(node.tag) && node.tag !== '!unsafe') {
      errors.add(problems.unknownTag(place(node), node.tag));
      return null;
    }
    const anchor = node.anchor;
    if (anchor) anchors.set(anchor, 'open');
    const before = size + aliased;
    let value: unknown;
    if (isMap(node)) value = map(node, depth, marked);
    else if (isSeq(node)) value = list(node, depth, marked);
    else value = scalar(node as Scalar.Parsed, marked);
    if (anchor) anchors.set(anchor, { value, size: size + aliased - before + 1 });
    return value;
  };

  const list = (node: YAMLSeq.Parsed, depth: number, unsafe: boolean): unknown[] => {
    const where = new Map<number, SourcePosition>();
    const items = node.items.map((item, index) => {
      where.set(index, place(item));
      return convert(item, depth + 1, unsafe);
    });
    recordPositions(items, { self: place(node), keys: where, values: where });
    return items;
  };

  const map = (node: YAMLMap.Parsed, depth: number, unsafe: boolean): unknown => {
    const fix = unquotedTemplateAt(node.range[0], places);
    if (fix) {
      errors.add(problems.unquotedTemplate(place(node), fix));
      return null;
    }
    const result: Record<string, unknown> = {};
    const keys = new Map<string, SourcePosition>();
    const values = new Map<string, SourcePosition>();
    const merged: Record<string, unknown>[] = [];
    for (const pair of node.items) {
      const key = keyOf(pair, node);
      if (key === undefined) continue;
      if (key === '<<' && (pair.key as Scalar.Parsed).type === 'PLAIN') {
        merged.push(...sourcesOfMerge(pair, convert(pair.value, depth + 1, unsafe)));
        continue;
      }
      const first = keys.get(key);
      if (first) {
        errors.add(problems.duplicateKey(place(pair.key), key, first));
        continue;
      }
      keys.set(key, place(pair.key));
      values.set(key, place(pair.value ?? pair.key));
      setOwn(result, key, convert(pair.value, depth + 1, unsafe));
    }
    for (const source of merged) {
      addAliased(Object.keys(source).length, place(node));
      for (const [key, value] of Object.entries(source))
        if (!Object.hasOwn(result, key)) setOwn(result, key, value);
    }
    recordPositions(result, { self: place(node), keys, values });
    return result;
  };

  const keyOf = (pair: Pair<ParsedNode, ParsedNode | null>, owner: YAMLMap.Parsed): string | undefined => {
    const key = pair.key as ParsedNode | null;
    if (key === null) errors.add(problems.plainMistake('emptyKey', place(owner)));
    else if (isAlias(key)) {
      const value = alias(key);
      if (typeof value === 'string' || typeof value === 'number') return String(value);
      if (value !== null) errors.add(problems.plainMistake('keyIsCollection', place(key)));
    } else if (isScalar(key)) {
      if (typeof key.value === 'string') return key.value;
      if (key.source !== '') return key.source;
      errors.add(problems.plainMistake('emptyKey', place(key)));
    } else {
      const fix = unquotedTemplateAt(key.range[0], places);
      errors.add(
        fix
          ? problems.unquotedTemplate(place(key), fix)
          : problems.plainMistake('keyIsCollection', place(key)),
      );
    }
    return undefined;
  };

  const sourcesOfMerge = (
    pair: Pair<ParsedNode, ParsedNode | null>,
    value: unknown,
  ): Record<string, unknown>[] => {
    const sources = Array.isArray(value) ? value : [value];
    if (sources.every(isRecord)) return sources;
    errors.add(problems.plainMistake('badMerge', place(pair.value ?? pair.key)));
    return [];
  };

  const value = errors.attempt(() => convert(root, 0, false));
  errors.throwIfAny();
  return value;
}

/** Where the text itself begins: for a block scalar its first line, so that lines counted in it are lines of the file. */
export function templatePosition(node: Scalar.Parsed, places: Places): SourcePosition {
  const position = places.at(node.range[0]);
  if (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') return position;
  const line = position.line + 1;
  const indent = /^ */.exec(places.line(line))?.[0].length ?? 0;
  return { file: position.file, line, column: indent + 1 };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Template);
}

/** Assigning to `__proto__` would change the prototype; defining it makes it a key like any other. */
function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}
