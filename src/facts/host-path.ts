import { quote, type RawShell, raw } from '../shell/sh.ts';

/** A path as a word for the shell; a leading `~` or `~user` stays outside the quotes, so that the host expands it. */
export function pathWord(path: string): RawShell {
  const home = /^~[A-Za-z0-9_.-]*(?=\/|$)/.exec(path)?.[0];
  if (home === undefined) return raw(quote(path));
  const rest = path.slice(home.length);
  return raw(rest === '' ? home : `${home}/${quote(rest.slice(1))}`);
}

/** The path without slashes at its end and doubled slashes; `/` stays. */
export function plainPath(path: string): string {
  const plain = path.replace(/\/{2,}/g, '/');
  return plain.length > 1 ? plain.replace(/\/$/, '') : plain;
}

/** The last component: `passwd` of `/etc/passwd`. */
export function baseName(path: string): string {
  return plainPath(path).split('/').at(-1) ?? '';
}

/** The directory that holds it: `/etc` of `/etc/passwd`, `/` of `/etc`. */
export function directoryName(path: string): string {
  const plain = plainPath(path);
  return plain.slice(0, Math.max(plain.lastIndexOf('/'), 1));
}

/** A path below a directory. */
export function joinPath(directory: string, name: string): string {
  return plainPath(`${directory}/${name}`);
}
