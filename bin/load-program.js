import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import nodeModule, { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import vm from 'node:vm';

/**
 * Loads the built program. What V8 compiled of it is kept between runs, which halves the start: by Node itself from 22.1 on, before that as
 * Node allows it for scripts. The files of the program are CommonJS, and have their content in their names.
 */
export function loadProgram(entry) {
  const directory = placeOfCompiledCode();
  if (directory === undefined) return createRequire(entry)(entry);
  if (nodeModule.enableCompileCache) {
    nodeModule.enableCompileCache(directory);
    return createRequire(entry)(entry);
  }
  return loadKept(entry, directory);
}

// What lies there is run as it is, so that the directory must be ours alone; Node's own choice is below /tmp, where others could have made it
// before us. Without a home that can be written to it starts slower, no more.
function placeOfCompiledCode() {
  try {
    const directory = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hostwright', 'compiled');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(directory);
    return uid === process.getuid?.() && (mode & 0o022) === 0 ? directory : undefined;
  } catch {
    return undefined;
  }
}

function loadKept(entry, directory) {
  const modules = new Map();
  const added = [];
  const load = (file) => {
    const known = modules.get(file);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(file, module);
    const own = createRequire(file);
    const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
    // V8 looks at the length of a text only: so no code is kept of the entry, whose name does not tell one version from another.
    const kept =
      file === entry ? undefined : join(directory, `${basename(file)}-${process.version}-${process.arch}`);
    const script = new vm.Script(source, { filename: file, cachedData: kept && read(kept) });
    if (kept && script.cachedDataRejected !== false) added.push([kept, script]);
    const require = (id) => (id.startsWith('.') ? load(join(dirname(file), id)) : own(id));
    require.resolve = own.resolve;
    script.runInThisContext()(module.exports, require, module, file, dirname(file));
    return module.exports;
  };
  // At the end, when all that was used is compiled.
  process.once('exit', () => {
    for (const [kept, script] of added) {
      try {
        writeFileSync(`${kept}.${process.pid}`, script.createCachedData(), { mode: 0o600 });
        renameSync(`${kept}.${process.pid}`, kept);
      } catch {
        return;
      }
    }
  });
  return load(entry);
}

function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
