import { addressFunctions } from './addresses.ts';
import { dataFunctions } from './data.ts';
import { dateFunctions } from './dates.ts';
import type { FunctionTable } from './define.ts';
import { fileFunctions } from './files.ts';
import { listFunctions } from './lists.ts';
import { mapFunctions } from './maps.ts';
import { numberFunctions } from './numbers.ts';
import { textFunctions } from './text.ts';

/** Functions by what they are about, as the documentation shows them. */
export const functionGroups: Readonly<Record<string, FunctionTable>> = {
  Text: textFunctions,
  Lists: listFunctions,
  Maps: mapFunctions,
  'Numbers and comparisons': numberFunctions,
  'Data formats, digests, paths': dataFunctions,
  'Addresses and networks': addressFunctions,
  Dates: dateFunctions,
  'Files of this machine': fileFunctions,
};

/** Every function by its name. What takes its arguments unevaluated (`default`, `and`, …) is in special-forms.ts. */
export const functions: FunctionTable = Object.assign(Object.create(null), ...Object.values(functionGroups));
