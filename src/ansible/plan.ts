import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { shortName } from '../playbook/parse/module-name.ts';
import { unreadable } from '../source/problems.ts';
import { loadText, parseYamlSource } from '../source/yaml.ts';

/** A file to be written: where it comes from, and where it goes below the new directory. */
export interface Planned {
  readonly from: string;
  readonly to: string;
  readonly as: 'yaml' | 'template' | 'hosts' | 'copy';
}

export interface Plan {
  readonly what: 'playbook' | 'role' | 'inventory';
  readonly files: readonly Planned[];
  /** What is left out, for people. */
  readonly notes: readonly string[];
}

const YAML_PARTS = new Set(['tasks', 'handlers', 'defaults', 'vars', 'meta', 'group_vars', 'host_vars']);
const PYTHON =
  /^(library|module_utils|action_plugins|callback_plugins|filter_plugins|lookup_plugins|test_plugins)$/;
const LEFT_OUT = new Set(['tests', 'molecule', 'node_modules', 'venv']);

/** Directories that a role has, and an inventory has not. */
const ROLE_PARTS = new Set(['tasks', 'handlers', 'defaults', 'vars', 'meta', 'templates', 'files']);

/** Finds every file that belongs to a playbook, a role or an inventory. Throws a HostwrightError where there is none. */
export async function planImport(source: string): Promise<Plan> {
  const found = path.resolve(source);
  const status = await stat(found).catch((cause: unknown) => {
    throw unreadable(source, cause);
  });
  const files = new Map<string, Planned>();
  const notes: string[] = [];
  const add = (planned: Planned) => void files.set(planned.from, planned);
  if (status.isDirectory()) {
    if (await isInventory(found)) {
      await planInventory(found, add);
      return { what: 'inventory', files: [...files.values()], notes };
    }
    await planRole(found, '', add, notes);
    return { what: 'role', files: [...files.values()], notes };
  }
  const home = path.dirname(found);
  const visited = new Set<string>();
  const roles = new Set<string>();

  const visit = async (file: string): Promise<void> => {
    if (visited.has(file) || !(await isFile(file))) return;
    visited.add(file);
    const to = path.relative(home, file);
    if (to.startsWith('..')) {
      notes.push(`${to} lies outside of the playbook's directory and is left where it is.`);
      return;
    }
    add({ from: file, to, as: 'yaml' });
    const { value } = parseYamlSource(await loadText(file), to);
    for (const { key, text } of namesIn(value)) {
      if (key === 'role') {
        if (!roles.has(text)) roles.add(text);
      } else await visit(path.resolve(path.dirname(file), text));
    }
  };
  await visit(found);
  for (const part of ['group_vars', 'host_vars'])
    for (const file of await filesBelow(path.join(home, part)))
      add({ from: file, to: path.relative(home, file), as: 'yaml' });
  for (const part of ['templates', 'files'])
    for (const file of await filesBelow(path.join(home, part))) add(plannedIn(file, home, part));
  for (const role of roles) {
    const places = [path.join(home, 'roles', role), path.join(path.dirname(home), 'roles', role)];
    const place = (await Promise.all(places.map(isDirectory))).indexOf(true);
    if (place < 0) notes.push(`The role ${role} is not here; import it by itself.`);
    else await planRole(places[place] ?? '', path.join('roles', role), add, notes, roles);
  }
  return { what: 'playbook', files: [...files.values()], notes };
}

/** A directory with group_vars, host_vars or a file of hosts, and nothing of a role. */
async function isInventory(directory: string): Promise<boolean> {
  const names = await readdir(directory);
  return (
    !names.some((name) => ROLE_PARTS.has(name)) &&
    names.some((name) => /^(group_vars|host_vars|hosts|inventory)$|\.(ini|ya?ml)$/.test(name))
  );
}

async function planInventory(directory: string, add: (planned: Planned) => void): Promise<void> {
  for (const file of await filesBelow(directory)) {
    const to = path.relative(directory, file);
    // Files of variables need no ending; what can be run is a program.
    const isVariables = /^(group_vars|host_vars)\//.test(to) && !/\.(?!ya?ml$|json$)\w+$/.test(to);
    const isProgram = ((await stat(file)).mode & 0o111) !== 0;
    const isYaml = isVariables || /\.ya?ml$/.test(to);
    add({ from: file, to, as: isProgram ? 'copy' : isYaml ? 'yaml' : 'hosts' });
  }
}

async function planRole(
  role: string,
  to: string,
  add: (planned: Planned) => void,
  notes: string[],
  roles?: Set<string>,
): Promise<void> {
  const entries = await readdir(role, { withFileTypes: true });
  for (const { name, ...entry } of entries.map((one) => ({
    name: one.name,
    isDirectory: one.isDirectory(),
  }))) {
    if (name.startsWith('.') || LEFT_OUT.has(name)) continue;
    const inner = path.join(role, name);
    if (PYTHON.test(name)) notes.push(`${path.join(to, name)}: plugins in Python are left out.`);
    else if (!entry.isDirectory) {
      if (/^(README|LICENSE|CHANGELOG)/i.test(name))
        add({ from: inner, to: path.join(to, name), as: 'copy' });
    } else
      for (const file of await filesBelow(inner)) {
        const planned = plannedIn(file, role, name);
        add({ ...planned, to: path.join(to, planned.to) });
      }
  }
  const meta = path.join(role, 'meta', 'main.yml');
  if (roles && (await isFile(meta))) {
    const { value } = parseYamlSource(await loadText(meta), meta);
    for (const { key, text } of namesIn({
      roles: (value as { dependencies?: unknown } | null)?.dependencies,
    }))
      if (key === 'role') roles.add(text);
  }
}

function plannedIn(file: string, home: string, part: string): Planned {
  const relative = path.relative(home, file);
  if (part === 'templates') return { from: file, to: relative.replace(/\.j2$/, '.hbs'), as: 'template' };
  const isYaml = YAML_PARTS.has(part) && /\.(ya?ml)$/.test(file);
  return { from: file, to: relative, as: isYaml ? 'yaml' : 'copy' };
}

const FILES = new Set([
  'import_playbook',
  'include',
  'import_tasks',
  'include_tasks',
  'vars_files',
  'include_vars',
]);

/** Files and roles that a document names. */
function* namesIn(value: unknown, key = ''): Generator<{ readonly key: string; readonly text: string }> {
  if (typeof value === 'string') {
    if (key === 'roles') yield { key: 'role', text: value };
    else if (FILES.has(key)) yield { key, text: value };
  } else if (Array.isArray(value)) for (const item of value) yield* namesIn(item, key);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) {
      const short = shortName(name);
      if (key === 'roles' && (name === 'role' || name === 'name')) yield* namesIn(inner, 'roles');
      else if (['import_role', 'include_role'].includes(short) && typeof inner === 'object')
        yield* namesIn((inner as { name?: unknown } | null)?.name, 'roles');
      else if (FILES.has(short) && typeof inner === 'object' && inner !== null && 'file' in inner)
        yield* namesIn(inner.file, short);
      else yield* namesIn(inner, short === 'roles' || FILES.has(short) ? short : '');
    }
}

async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted();
}

const isFile = (file: string) =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
const isDirectory = (file: string) =>
  stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
