import { mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Imports a TypeScript or JavaScript file of a user (absolute path) without a build step, anew each time, with all that it imports.
 * `own` are modules of this very program by the name they are imported under: a second copy of them would know nothing of the first.
 * Gives the module's namespace; throws whatever the file throws.
 */
export async function loadModule(
  file: string,
  own: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(pathToFileURL(file).href, {
    virtualModules: { ...own },
    moduleCache: false,
    interopDefault: false,
    fsCache: cacheDirectory() ?? false,
  });
  return jiti.import(file);
}

/**
 * Where compiled files are kept between runs: what lies there is run as it is, so that the directory must be ours alone (jiti's own choice
 * is below /tmp, where others could have made it before us). Undefined where there is no such place.
 */
function cacheDirectory(): string | undefined {
  try {
    const base = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
    const directory = path.join(base, 'hostwright', 'typescript');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(directory);
    return uid === process.getuid?.() && (mode & 0o022) === 0 ? directory : undefined;
  } catch {
    return undefined;
  }
}
