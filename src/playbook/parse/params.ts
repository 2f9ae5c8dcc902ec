import { Computed } from '../../core/computed.ts';
import { positionOf, type SourcePosition } from '../../core/position.ts';
import { Template } from '../../core/template.ts';
import { isAction, type ModuleOrAction } from '../../modules/table.ts';
import { problemsBeforeRendering } from '../param-problems.ts';
import { noFreeForm, paramsNotMap } from '../problems.ts';
import { splitWords, textOrTemplate, unquoted } from './key-values.ts';
import type { Loading } from './loading.ts';
import { keepPositions, placeAll } from './positions.ts';
import { fieldsOf, parameterAliases, parameterNames } from './schema-shape.ts';
import { isMapping, type Mapping, type Place, placePosition } from './values.ts';

/** Options that Ansible picks out of the text of a command. */
const COMMAND_OPTIONS = new Set([
  'creates',
  'removes',
  'chdir',
  'executable',
  'stdin',
  'stdin_add_newline',
  'strip_empty_ends',
]);

/** What stands after a module's name, and below `args`. */
export interface WrittenParams {
  readonly value: unknown;
  readonly place: Place;
  readonly args: unknown;
  readonly argsPlace: Place | undefined;
}

/** The parameters as a map with positions; undefined where they are not of a form that gives one (reported). */
export function readParams(
  module: ModuleOrAction,
  written: WrittenParams,
  loading: Loading,
): Mapping | undefined {
  const own = paramsOf(module, written.value, written.place, loading);
  if (!own || written.args === undefined || written.args === null || written.args instanceof Template)
    return own;
  if (!isMapping(written.args)) {
    const place = written.argsPlace ?? written.place;
    loading.add(paramsNotMap(placePosition(place), module.name, written.args));
    return own;
  }
  return keepPositions({ ...written.args, ...own }, [written.args, own]);
}

/** Reports what can be told about the parameters before anything runs. */
export function checkParams(
  module: ModuleOrAction,
  params: Mapping,
  position: SourcePosition | undefined,
  loading: Loading,
  moreToCome: boolean,
): void {
  for (const error of problemsBeforeRendering(module, params, position, moreToCome)) loading.add(error);
  for (const name of isAction(module) ? (module.conditions ?? []) : []) {
    const value = params[name];
    const items = Array.isArray(value) ? value : [value];
    items.forEach((item, index) => {
      if (item instanceof Computed || (typeof item !== 'string' && !(item instanceof Template))) return;
      const at = Array.isArray(value) ? positionOf(value, index) : positionOf(params, name);
      loading.checkCondition({ expression: String(item), position: at });
    });
  }
}

function paramsOf(
  module: ModuleOrAction,
  value: unknown,
  place: Place,
  loading: Loading,
): Mapping | undefined {
  if (isMapping(value)) return value;
  if (value === null || value === undefined) return {};
  const position = placePosition(place);
  const isText = typeof value === 'string' || value instanceof Template;
  if (!isText && (typeof value === 'object' || module.freeForm === undefined)) {
    loading.add(paramsNotMap(position, module.name, value));
    return undefined;
  }
  const params = fromText(module, String(value), position);
  if (!params) loading.add(noFreeForm(position, module.name, String(value), parameterNames(module)[0]));
  return params;
}

/** `ls creates=/x` for commands, `src=a dest=b` for others; undefined where a word is neither. */
function fromText(
  module: ModuleOrAction,
  text: string,
  position: SourcePosition | undefined,
): Mapping | undefined {
  const words = splitWords(text);
  const known = new Set([...parameterNames(module), ...Object.values(parameterAliases(module)).flat()]);
  const { freeForm } = module;
  const isCommand = freeForm !== undefined && known.has('creates');
  const pairs: Record<string, unknown> = {};
  let rest = '';
  for (const word of words) {
    const [, key, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word.text) ?? [];
    const taken =
      key !== undefined &&
      (isCommand ? COMMAND_OPTIONS.has(key) && known.has(key) : freeForm === undefined || known.has(key));
    if (taken) pairs[key] = textOrTemplate(unquoted(value ?? ''), position);
    else rest += word.before + word.text;
  }
  if (rest.trim() === '') return placeAll(pairs, position);
  if (freeForm === undefined) return undefined;
  // Free text that merely holds a word with "=" is taken whole, except for commands, whose options are known by name.
  const free = isCommand ? rest.trim() : text.trim();
  return placeAll({ ...(isCommand ? pairs : {}), [freeForm]: textOrTemplate(free, position) }, position);
}

/** True where the name is one of the module's parameters. */
export function hasParameter(module: ModuleOrAction, name: string): boolean {
  return Object.hasOwn(fieldsOf(module.params) ?? {}, name);
}
