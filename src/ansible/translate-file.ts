import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { HostwrightErrors } from '../core/error.ts';
import type { Edit } from '../lint/finding.ts';
import { endOf, startOf } from '../lint/linted-file.ts';
import { rewriteScalar, valueScalars } from '../lint/scalars.ts';
import { keyText, pairOf, shapeOf, type WrittenMap, writtenMaps } from '../lint/task-maps.ts';
import { applyEdits } from '../lint/text-edits.ts';
import type { Names } from '../playbook/jinja/kinds.ts';
import { parseExpression } from '../playbook/jinja/parse.ts';
import { translateTemplate } from '../playbook/jinja/template.ts';
import { toCel, toCelValue } from '../playbook/jinja/to-cel.ts';
import { Refusal } from '../playbook/jinja/tree.ts';
import { INCLUDES, shortName } from '../playbook/parse/module-name.ts';
import { isVaultTag } from '../source/vault/values.ts';
import { parseYamlSource, type YamlSource } from '../source/yaml.ts';
import { inputsFrom } from './inputs.ts';
import { firstFoundEdits, loopEdits } from './loops.ts';
import { type Mark, markEdits } from './mark.ts';
import { plainScalarEdit } from './old-yaml.ts';
import { type FileContext, rename, type Work } from './work.ts';

/** A YAML file after translation. */
export interface TranslatedFile {
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly tasks: number;
  readonly source: YamlSource;
}

const CONDITIONS = new Set(['when', 'until', 'changed_when', 'failed_when', 'break_when', 'that']);

/** Translates a file of plays, tasks or variables. Throws HostwrightError(s) where it is no valid YAML. */
export function translateFile(text: string, shown: string, context: FileContext): TranslatedFile {
  const source = parseYamlSource(text, shown);
  const { document } = source;
  // Mistakes of meaning (a duplicate key) are for the loader of the result; without nodes there is nothing to translate.
  if (!document || document.errors.length > 0) throw new HostwrightErrors(source.errors);
  const edits: Edit[] = [];
  const marks: Mark[] = [];
  const work: Work = {
    source,
    context,
    edit: (edit) => {
      if (edit) edits.push(edit);
    },
    mark: (offset, reason) => void marks.push({ line: source.places.at(offset).line, reason }),
    done: new Set(),
    isVariables: shapeOf(document.contents as Node | null) === 'map',
  };
  const root = document.contents as Node | null;
  const maps = [...writtenMaps(root)];
  for (const map of maps) translateMap(map, work);
  for (const { node, path } of valueScalars(root))
    if (!work.done.has(node)) translateScalar(node, path, work);
  const result = applyEdits(source.text, [...edits, ...markEdits(source, marks)]);
  return { text: result, marks, tasks: maps.filter(({ kind }) => kind === 'task').length, source };
}

function translateMap({ kind, map }: WrittenMap, work: Work): void {
  for (const item of map.items) {
    const pair = item as Pair<Scalar, Node | null>;
    const key = keyText(pair as Pair);
    if (key === undefined) continue;
    if (CONDITIONS.has(key)) translateConditions(pair.value, work);
    else if (key.startsWith('with_')) loopEdits(pair, work);
    else if (key === 'vars_prompt' && kind === 'play') inputsFrom(pair, map, work);
    else if (kind === 'task' || key.includes('.')) translateCall(pair, key, map, work);
    else if (key === 'include' && kind === 'play') rename(pair, 'import_playbook', work);
  }
}

function translateCall(pair: Pair<Scalar, Node | null>, key: string, task: YAMLMap, work: Work): void {
  const name = shortName(key);
  const isKnown = work.context.isModule(name) || INCLUDES.has(name) || name === 'import_playbook';
  if (name === 'include') {
    const isDynamic =
      task.items.some((other) => /^(loop|with_)/.test(keyText(other as Pair) ?? '')) ||
      (isScalar(pair.value) && /\{\{/.test(String(pair.value.value)));
    rename(pair, isDynamic ? 'include_tasks' : 'import_tasks', work);
  } else if (isKnown && name !== key) rename(pair, name, work);
  if (name === 'include_vars' || name === 'include_tasks') firstFoundEdits(pair, task, work);
  if (name === 'template' && isScalar(pair.value)) translateTemplateText(pair.value as Scalar, work);
  // Parameters of assert, and whatever else has conditions inside.
  for (const params of [pair.value, pairOf(task, 'args')?.value])
    if (isMap(params) && name === 'assert') translateConditions(pairOf(params, 'that')?.value, work);
  if (name === 'debug' && isMap(pair.value)) translateExpression(pairOf(pair.value, 'var')?.value, work);
  if (key === 'loop_control' && isMap(pair.value))
    translateConditions(pairOf(pair.value, 'break_when')?.value, work);
}

function translateConditions(value: Node | null | undefined, work: Work): void {
  for (const node of isSeq(value) ? value.items : [value]) {
    if (!isScalar(node)) continue;
    if (typeof node.value !== 'string' || plainScalarEdit(node as Scalar, [], work.source.text)) continue;
    work.done.add(node);
    const bare = node.value
      .trim()
      .replace(/^\{\{([\s\S]*)\}\}$/, '$1')
      .replaceAll(/(['"]?)\{\{\s*([\w.]+)\s*\}\}\1/g, '$2');
    try {
      const written = toCel(parseExpression(bare), work.context.names);
      if (written === node.value) continue;
      const edit = rewriteScalar(node as Scalar, written, work.source.text);
      if (edit) work.edit(edit);
      else if (node.type === 'BLOCK_FOLDED')
        work.edit({
          start: startOf(node as Node),
          end: endOf(node as Node),
          text: `${JSON.stringify(written)}\n`,
        });
      else throw new Refusal('this condition is written in a way that cannot be kept');
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      work.mark(startOf(node as Node), thrown.reason);
    }
  }
}

/** A value: templates, words and numbers of YAML 1.1, and names of template files. */
function translateScalar(node: Scalar, path: readonly string[], work: Work): void {
  const { source, context } = work;
  const { value } = node;
  // What is encrypted is read as it is.
  if (isVaultTag(node.tag)) return;
  const isVariable = work.isVariables || path.includes('vars');
  const plain = plainScalarEdit(node, path, source.text, isVariable);
  if (plain) {
    work.edit(plain);
    return;
  }
  if (typeof value !== 'string') return;
  const renamed = value.replace(/^(\S*)\.j2$/, (whole, name: string) =>
    path.includes('template') || context.isTemplate(whole) ? `${name}.hbs` : whole,
  );
  if (!/\{[{%#]/.test(renamed)) {
    if (renamed !== value) work.edit(rewriteScalar(node, renamed, source.text));
    return;
  }
  const { text, untranslated } = translateTemplate(renamed, context.names, { trimBlocks: true });
  const [first] = untranslated;
  if (first) {
    work.mark(startOf(node), first.reason);
    return;
  }
  if (text === value) return;
  const edit = rewriteScalar(node, text, source.text) ?? inRaw(node, context.names, source.text);
  if (edit) work.edit(edit);
  else work.mark(startOf(node), 'this text is folded in a way that cannot be kept');
}

/** In a folded block every expression by itself, where it stands. */
function inRaw(node: Scalar, names: Names, text: string): Edit | undefined {
  const [start, end] = [startOf(node), endOf(node)];
  const raw = text.slice(start, end);
  const body = raw.indexOf('\n') + 1;
  const { text: translated, untranslated } = translateTemplate(raw.slice(body), names, {});
  return untranslated.length > 0 || raw.includes('{%')
    ? undefined
    : { start: start + body, end, text: translated };
}

/** `template: src=ntp.conf.j2 dest=…`: the file has another name now. */
function translateTemplateText(node: Scalar, work: Work): void {
  const { value } = node;
  if (typeof value !== 'string') return;
  const renamed = value.replace(/(\bsrc=\S*?)\.j2(?=["']?(\s|$))/, '$1.hbs');
  const { text, untranslated } = translateTemplate(renamed, work.context.names, { trimBlocks: true });
  work.done.add(node);
  const [first] = untranslated;
  if (first) work.mark(startOf(node), first.reason);
  else if (text !== value) work.edit(rewriteScalar(node, text, work.source.text));
}

/** `debug: var:`, which is an expression without braces. */
function translateExpression(node: Node | null | undefined, work: Work): void {
  if (!isScalar(node) || typeof node.value !== 'string' || node.value.includes('{{')) return;
  work.done.add(node);
  try {
    const written = toCelValue(parseExpression(node.value), work.context.names);
    if (written !== node.value) work.edit(rewriteScalar(node as Scalar, written, work.source.text));
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    work.mark(startOf(node), thrown.reason);
  }
}
