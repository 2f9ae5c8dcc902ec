import { HostwrightError, HostwrightErrors } from '../../core/error.ts';
import type { SourcePosition } from '../../core/position.ts';
import type { ModuleTable } from '../../modules/table.ts';
import { registerCaller, textPosition, throwPosition } from '../../source/call-position.ts';
import { loadModule } from '../../source/load-module.ts';
import { shownPath } from '../../source/shown-path.ts';
import { loadText } from '../../source/yaml.ts';
import { takeOwnModules } from './module.ts';
import { isPlay } from './play.ts';
import { isPlaybook } from './playbook.ts';
import { noPlaybook, notLoaded } from './problems.ts';

/** A playbook in TypeScript (absolute path) as the document that a YAML file would be, with the modules that it defines. */
export async function loadTypescript(
  file: string,
): Promise<{ readonly document: unknown; readonly modules: ModuleTable }> {
  // Not needed for itself, but its error names a missing file as it does for YAML.
  await loadText(file);
  registerCaller(file);
  const shown = shownPath(file);
  // Our own functions as this program has them: a second copy would not know which function is being asked.
  const hostwright = await import('./public.ts');
  let exported: unknown;
  let modules: ModuleTable = {};
  try {
    ({ default: exported } = await loadModule(file, { hostwright }));
  } catch (thrown) {
    if (thrown instanceof HostwrightError || thrown instanceof HostwrightErrors) throw thrown;
    throw notLoaded(shown, placeOf(thrown, file), thrown);
  } finally {
    modules = takeOwnModules();
  }
  const document = documentOf(exported);
  if (document === undefined) throw noPlaybook(shown);
  return { document, modules };
}

function documentOf(exported: unknown): unknown {
  if (isPlaybook(exported)) return exported.document;
  const plays: readonly unknown[] = Array.isArray(exported) ? exported : [exported];
  return plays.length > 0 && plays.every(isPlay) ? plays.map((play) => play.document) : undefined;
}

/** The import that leads nowhere, the place that the parser puts at the end of its message, or where the file's own code failed. */
function placeOf(thrown: unknown, file: string): SourcePosition | undefined {
  const message = thrown instanceof Error ? thrown.message : '';
  const missing = /Cannot find (?:module|package) '([^']+)'/.exec(message)?.[1];
  const imported = missing === undefined ? undefined : textPosition(file, missing);
  return imported ?? syntaxPosition(message, file) ?? throwPosition(thrown);
}

function syntaxPosition(message: string, file: string): SourcePosition | undefined {
  const [, path = file, line, column] = /\s(\/[^\n]+):(\d+):(\d+)\s*$/.exec(message) ?? [];
  return line === undefined
    ? undefined
    : { file: shownPath(path), line: Number(line), column: Number(column) };
}
