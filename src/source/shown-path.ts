import path from 'node:path';

/** A path as messages show it: relative to where the user is for what lies below, and whole for the rest. */
export function shownPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.split(path.sep)[0] === '..' || path.isAbsolute(relative) ? file : relative || '.';
}
