import { HostwrightErrors } from '../core/error.ts';
import { shownPath } from '../source/shown-path.ts';
import { loadText, parseYamlSource, type YamlSource } from '../source/yaml.ts';

/** The YAML files of one round of linting, each read and parsed once however many playbooks use it. */
export interface Sources {
  /** For the loader: plain data; throws the errors of the file. */
  readonly read: (path: string) => Promise<unknown>;
  readonly source: (path: string) => Promise<YamlSource>;
  /** Names of variables beside playbooks, by the playbooks' directory; kept here so that they are read once. */
  readonly beside: Map<string, Promise<ReadonlySet<string>>>;
  /** Every file that was asked for and could be read, by absolute path. */
  readonly opened: () => Promise<ReadonlyMap<string, YamlSource>>;
}

/** `texts` stand for files whose mended text is not on the disk yet. */
export function createSources(texts: ReadonlyMap<string, string> = new Map()): Sources {
  const files = new Map<string, Promise<YamlSource>>();
  const source = (path: string) => {
    const known = files.get(path);
    if (known !== undefined) return known;
    const text = texts.get(path);
    const reading = (text === undefined ? loadText(path) : Promise.resolve(text)).then((found) =>
      parseYamlSource(found, shownPath(path)),
    );
    files.set(path, reading);
    return reading;
  };
  return {
    beside: new Map(),
    source,
    read: async (path) => {
      const { value, errors } = await source(path);
      if (errors.length === 1) throw errors[0];
      if (errors.length > 1) throw new HostwrightErrors(errors);
      return value;
    },
    opened: async () => {
      const found = new Map<string, YamlSource>();
      const settled = await Promise.allSettled(files.values());
      [...files.keys()].forEach((path, index) => {
        const result = settled[index];
        if (result?.status === 'fulfilled') found.set(path, result.value);
      });
      return found;
    },
  };
}
