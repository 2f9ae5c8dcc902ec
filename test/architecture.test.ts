import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { modules } from '../src/modules/index.ts';

/** Arrows point down: a layer imports only layers of a lower number (and itself). */
const LAYERS: Readonly<Record<string, number>> = {
  core: 0,
  source: 1,
  xml: 1,
  shell: 2,
  transports: 3,
  journal: 2,
  facts: 4,
  modules: 5,
  playbook: 6,
  inventory: 6,
  engine: 7,
  lint: 7,
  ansible: 8,
  practice: 8,
  reporters: 8,
  cli: 9,
};
const MODULE_FOLDERS = ['builtin', 'system', 'network', 'libvirt'];
const MAX_LINES = 300;

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly layer: string | undefined;
  /** Every imported file of ours; `lazy` for import(). */
  readonly imports: readonly { readonly path: string; readonly lazy: boolean }[];
  /** Packages and Node built-ins. */
  readonly packages: readonly string[];
}

const files = readSources();

describe('layers', () => {
  it('are all known', () => {
    const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).filter((name) => !Object.hasOwn(LAYERS, name))).toEqual([]);
  });

  it('import only what is below them', () => {
    const breaches = files.flatMap((file) =>
      file.imports
        .filter(({ path }) => !mayImport(file.layer, layerOf(path), path))
        .map(({ path }) => `${file.path} -> ${path}`),
    );
    expect(breaches).toEqual([]);
  });

  it('have no cycles', () => {
    expect(findCycles()).toEqual([]);
  });

  it('keep modules and facts free of Node and of SSH: they are data and pure functions', () => {
    const breaches = files
      .filter(({ layer }) => layer === 'modules' || layer === 'facts')
      .flatMap((file) =>
        file.packages
          .filter((name) => name.startsWith('node:') || name === 'ssh2')
          .map((name) => `${file.path} -> ${name}`),
      );
    expect(breaches).toEqual([]);
  });

  it('open SSH connections in one place', () => {
    const places = files.filter(({ text }) => /\bnew (ssh2\.)?Client\(/.test(text));
    expect(places.map(({ path }) => path)).toEqual(['src/transports/ssh.ts']);
  });

  it('print only where printing is their work', () => {
    const allowed = new Set(['cli', 'reporters', 'practice']);
    const breaches = files.filter(
      ({ layer, text }) => !allowed.has(layer ?? '') && /\bconsole\.\w+\(/.test(text),
    );
    expect(breaches.map(({ path }) => path)).toEqual([]);
  });
});

describe('files', () => {
  it(`have at most ${MAX_LINES} lines`, () => {
    const long = files.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
    expect(long.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
  });

  it('are named in kebab-case, module files in snake_case', () => {
    const wrong = files.filter(({ path }) => {
      const name = basename(path).replace(/(\.d)?\.ts$/, '');
      return isModuleFile(path)
        ? !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)
        : !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name);
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('have names that say something', () => {
    // Facts about a service of a host may say so; what calls itself a service says nothing.
    const words = /(^|-)(utils?|helpers?|managers?|common|misc)($|-)|(^|-)services?$/;
    const wrong = files.filter(({ path }) => !isModuleFile(path) && words.test(basename(path, '.ts')));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('export names, no defaults', () => {
    expect(files.filter(({ text }) => /^export default /m.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('import with .ts endings and the node: prefix', () => {
    const wrong = files.flatMap((file) => [
      ...file.imports
        .filter(({ path }) => !/\.(ts|json)$/.test(path))
        .map(({ path }) => `${file.path} -> ${path}`),
      ...file.packages.filter((name) => NODE_MODULES.has(name)).map((name) => `${file.path} -> ${name}`),
    ]);
    expect(wrong).toEqual([]);
  });
});

describe('modules', async () => {
  const definitions = files
    .filter(({ path }) => isModuleFile(path))
    .map((file) => ({
      file: basename(file.path, '.ts'),
      path: file.path,
      defines: /\bdefine(Module|Action)\(/.test(file.text),
    }));
  const loaded = await Promise.all(
    Object.entries(modules).map(async ([key, load]) => ({ key, module: await load() })),
  );

  it('are files that define one, and nothing else', () => {
    expect(definitions.filter(({ defines }) => !defines).map(({ path }) => path)).toEqual([]);
  });

  it('are all in the index, in alphabetical order, and the index holds nothing else', () => {
    expect(Object.keys(modules)).toEqual(Object.keys(modules).toSorted());
    // An alias (systemd_service) is another key of the same module.
    const names = new Set(loaded.map(({ module }) => module.name));
    expect([...names].toSorted()).toEqual(definitions.map(({ file }) => file).toSorted());
    expect(loaded.filter(({ module }) => !Object.hasOwn(modules, module.name))).toEqual([]);
  });

  const unique = [...new Map(loaded.map(({ module }) => [module.name, module])).values()];

  it.each(unique)('$name: every parameter is described', (module) => {
    const schema = z.toJSONSchema(module.params as z.ZodType, { io: 'input', unrepresentable: 'any' });
    expect(undescribed(schema, '')).toEqual([]);
  });

  it.each(unique)('$name: has examples that are right', (module) => {
    expect(module.examples.length).toBeGreaterThan(0);
    for (const { title, params } of module.examples) {
      const parsed = (module.params as z.ZodType).safeParse(params);
      expect({ title, error: parsed.error?.message }).toEqual({ title, error: undefined });
    }
  });

  it.each(unique)('$name: has cases', (module) => {
    const cases = readdirSync('test/cases/modules').map((name) => name.replace(/\..*$/, ''));
    expect(cases).toContain(module.name);
  });

  it.each(unique)('$name: says in one sentence what it does', (module) => {
    expect(module.summary).toMatch(/^[A-Z].*\.$/s);
  });
});

const NODE_MODULES = new Set([
  'fs',
  'path',
  'os',
  'net',
  'util',
  'url',
  'crypto',
  'stream',
  'child_process',
  'events',
  'tty',
]);

function readSources(): SourceFile[] {
  const paths = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `src/${path}`);
  return paths.toSorted().map((path) => {
    const text = readFileSync(path, 'utf8');
    const names = (pattern: RegExp, lazy: boolean) =>
      [...text.matchAll(pattern)].map((match) => ({ name: match[1] ?? '', lazy }));
    const found = [
      ...names(/^(?:import|export)\b[^;'"(]*?\bfrom\s*['"]([^'"]+)['"]/gm, false),
      ...names(/^import\s*['"]([^'"]+)['"]/gm, false),
      ...names(/\bimport\(\s*['"]([^'"]+)['"]/g, true),
    ];
    return {
      path,
      text,
      layer: layerOf(path),
      imports: found
        .filter(({ name }) => name.startsWith('.'))
        .map(({ name, lazy }) => ({ path: normalize(join(dirname(path), name)), lazy })),
      packages: found.map(({ name }) => name).filter((name) => !name.startsWith('.')),
    };
  });
}

/** The folder below src/; undefined for the package's own entry and for files outside. */
function layerOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

function mayImport(from: string | undefined, to: string | undefined, path: string): boolean {
  // The package's own entry exports from everywhere, and nobody imports it; the version stands in package.json.
  if (from === undefined) return true;
  if (to === undefined) return from === 'cli' && path === 'package.json';
  if (from === to) return true;
  if (from === 'reporters') return to === 'core';
  return (LAYERS[from] ?? 0) > (LAYERS[to] ?? 0);
}

function isModuleFile(path: string): boolean {
  return MODULE_FOLDERS.some((folder) => path.startsWith(`src/modules/${folder}/`));
}

// A lazy import is no cycle: both files are complete when it happens.
function findCycles(): string[] {
  const next = new Map(
    files.map((file) => [file.path, file.imports.filter(({ lazy }) => !lazy).map(({ path }) => path)]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const at = trail.indexOf(path);
    if (at >= 0) cycles.push([...trail.slice(at), path].join(' -> '));
    if (at >= 0 || done.has(path)) return;
    for (const imported of next.get(path) ?? []) visit(imported, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return cycles;
}

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** Paths of the parameters that have no description, nested ones included. */
function undescribed(value: unknown, path: string): string[] {
  const schema = value as Schema;
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    ...(property.description ? [] : [path + name]),
    ...undescribed(property, `${path}${name}.`),
  ]);
  const parts = [schema.items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [...own, ...parts.filter((part) => part !== undefined).flatMap((part) => undescribed(part, path))];
}
