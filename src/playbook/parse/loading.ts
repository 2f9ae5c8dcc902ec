import { access, stat } from 'node:fs/promises';
import { HostwrightError, HostwrightErrors } from '../../core/error.ts';
import type { SourcePosition } from '../../core/position.ts';
import type { Template } from '../../core/template.ts';
import type { ModuleOrAction, ModuleTable } from '../../modules/table.ts';
import { shownPath } from '../../source/shown-path.ts';
import { loadYamlFile } from '../../source/yaml.ts';
import type { Expressions } from '../expressions.ts';
import { moduleNameTaken, morePlaybookProblems } from '../problems.ts';
import type { Condition } from '../tree.ts';
import { inReadingOrder } from './reading-order.ts';
import { templatesIn } from './templates-in.ts';

/** More at once than a person reads. */
const MAX_SHOWN = 50;

export interface LoadOptions {
  readonly modules: ModuleTable;
  /** Checks the syntax of every template and condition. */
  readonly expressions: Pick<Expressions, 'checkSyntax'>;
  /** Reads YAML files (absolute paths); throws their errors. Default: from the disk. */
  readonly readYaml?: (path: string) => Promise<unknown>;
  /** How many errors are thrown at most. Default: as many as a person reads at once. */
  readonly maxErrors?: number;
}

/** What all files of one load share: the modules, the files read so far, and the errors found so far. */
export interface Loading {
  readonly modules: ModuleTable;
  /** Reports what is wrong with the syntax of a condition. */
  readonly checkCondition: (condition: Condition) => void;
  /** Reports what is wrong with the syntax of the templates in a document. */
  readonly checkTemplates: (document: unknown) => void;
  /** Modules that a playbook defines itself; reports a name that is taken. */
  readonly addModules: (modules: ModuleTable, position: SourcePosition) => void;
  /** Those that playbooks have defined. */
  readonly ownModules: ModuleTable;
  readonly add: (error: HostwrightError) => void;
  /** The module's definition, loaded once; undefined where there is no such module. */
  readonly definition: (name: string) => Promise<ModuleOrAction | undefined>;
  /** Runs `step`; keeps what it throws of ours, and gives undefined then. */
  readonly attempt: <T>(step: () => T | Promise<T>) => Promise<T | undefined>;
  /** A YAML file, read and checked once. Throws its errors; a second reader of a bad file gets undefined. */
  readonly read: (path: string) => Promise<unknown>;
  readonly exists: (path: string) => Promise<boolean>;
  readonly isDirectory: (path: string) => Promise<boolean>;
  /** Throws everything collected, in the order of files and lines. */
  readonly finish: () => void;
}

export function createLoading(options: LoadOptions): Loading {
  const errors: HostwrightError[] = [];
  const definitions = new Map<string, Promise<ModuleOrAction>>();
  const files = new Map<string, Promise<unknown>>();
  let firstFile: string | undefined;

  const readYaml = options.readYaml ?? ((path: string) => loadYamlFile(path, shownPath(path)));
  const maxErrors = options.maxErrors ?? MAX_SHOWN;

  const keep = (thrown: unknown) => {
    if (thrown instanceof HostwrightErrors) errors.push(...thrown.errors);
    else if (thrown instanceof HostwrightError) errors.push(thrown);
    else throw thrown;
  };

  const check = (step: () => void) => {
    try {
      step();
    } catch (thrown) {
      keep(thrown);
    }
  };

  const checkTemplate = (template: Template) => check(() => options.expressions.checkSyntax(template));
  const modules: Record<string, ModuleTable[string]> = { ...options.modules };
  const ownModules: Record<string, ModuleTable[string]> = {};

  return {
    modules,
    ownModules,
    checkTemplates: (document) => templatesIn(document).forEach(checkTemplate),
    addModules: (added, position) => {
      for (const [name, load] of Object.entries(added)) {
        if (Object.hasOwn(options.modules, name)) errors.push(moduleNameTaken(position, name));
        else {
          modules[name] = load;
          ownModules[name] = load;
        }
      }
    },
    checkCondition: (condition) => check(() => options.expressions.checkSyntax(undefined, [condition])),
    add: (error) => void errors.push(error),
    definition: async (name) => {
      if (!Object.hasOwn(modules, name)) return undefined;
      const known = definitions.get(name) ?? modules[name]?.();
      if (known !== undefined) definitions.set(name, known);
      return known;
    },
    attempt: async (step) => {
      try {
        return await step();
      } catch (thrown) {
        keep(thrown);
        return undefined;
      }
    },
    read: (path) => {
      const known = files.get(path);
      if (known !== undefined) return known.catch(() => undefined);
      firstFile ??= shownPath(path);
      const reading = readYaml(path).then((document) => {
        for (const template of templatesIn(document)) checkTemplate(template);
        return document;
      });
      files.set(path, reading);
      return reading;
    },
    exists: (path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    isDirectory: (path) =>
      stat(path).then(
        (found) => found.isDirectory(),
        () => false,
      ),
    finish: () => {
      const found = inReadingOrder(errors, firstFile);
      if (found.length === 0) return;
      if (found.length === 1) throw found[0];
      const more = found.length - maxErrors;
      throw new HostwrightErrors(
        more > 0 ? [...found.slice(0, maxErrors), morePlaybookProblems(more)] : found,
      );
    },
  };
}
