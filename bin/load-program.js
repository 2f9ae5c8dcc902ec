const {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { enableCompileCache } = require('node:module');
const { basename, dirname, join } = require('node:path');

/**
 * Loads the built program. What V8 compiled of it is kept between runs, which halves the start: by Node itself from 22.1 on, before that as
 * Node allows it for scripts. The files of the program are CommonJS, and have their content in their names.
 */
exports.loadProgram = (entry) => {
  const directory = placeOfCompiledCode();
  if (directory === undefined) return require(entry);
  if (enableCompileCache) {
    enableCompileCache(directory);
    return require(entry);
  }
  return loadKept(entry, directory);
};

// What lies there is run as it is, so that the directory must be ours alone; Node's own choice is below /tmp, where others could have made it
// before us. Without a home that can be written to it starts slower, no more.
function placeOfCompiledCode() {
  try {
    const { HOME, XDG_CACHE_HOME } = process.env;
    const cache = XDG_CACHE_HOME || join(HOME || require('node:os').homedir(), '.cache');
    const directory = join(cache, 'hostwright', 'compiled');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(directory);
    return uid === process.getuid?.() && (mode & 0o022) === 0 ? directory : undefined;
  } catch {
    return undefined;
  }
}

function loadKept(entry, directory) {
  const { Script } = require('node:vm');
  const modules = new Map();
  const added = [];
  const load = (file) => {
    const known = modules.get(file);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(file, module);
    // The files are plain ASCII, which is read fastest this way; and kept in half the memory, where no other letter is in them.
    const text = readFileSync(file, 'latin1');
    const source = `(function (exports, require, module, __filename, __dirname) {${text}\n})`;
    // V8 looks at the length of a text only: so no code is kept of the entry, whose name does not tell one version from another.
    const kept =
      file === entry ? undefined : join(directory, `${basename(file)}-${process.version}-${process.arch}`);
    const script = new Script(source, { filename: file, cachedData: kept && read(kept) });
    if (kept && script.cachedDataRejected !== false) added.push([kept, script]);
    const beside = dirname(file);
    // What is not ours lies beside this file as well: one place to look from is enough for all.
    const requireHere = (id) => (id.startsWith('.') ? load(join(beside, id)) : require(id));
    requireHere.resolve = require.resolve;
    script.runInThisContext()(module.exports, requireHere, module, file, beside);
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
    if (added.length > 0) forgetOld(directory);
  });
  return load(entry);
}

const KEPT_DAYS = 30;

// Looked at only when a new version has come. What is still in use is compiled again once, no more.
function forgetOld(directory) {
  const oldest = Date.now() - KEPT_DAYS * 24 * 3600 * 1000;
  try {
    for (const name of readdirSync(directory)) {
      const file = join(directory, name);
      const { mtimeMs } = statSync(file);
      if (mtimeMs < oldest) rmSync(file, { recursive: true, force: true });
    }
  } catch {
    // Somebody else is at it.
  }
}

function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
