import path from 'node:path';

/** A path as messages show it: relative to where the user is, when that is shorter. */
export function shownPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.length < file.length && !relative.startsWith(`..${path.sep}..${path.sep}..`)
    ? relative || '.'
    : file;
}
