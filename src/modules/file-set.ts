import type { Script } from '../core/script.ts';
import type { AttributeSettings } from './attributes.ts';
import { makeDirectories, removeDirectories } from './directories.ts';
import { type Foreseen, foreseenDirectory, foreseenEntry, underAllNames } from './expected-paths.ts';
import { applyFile, type FileChange, undoFile } from './file-change.ts';
import { sequenceWithInputs } from './many-inputs.ts';
import { groupNewFiles, writeNewFiles } from './new-files.ts';

/** Directories to be made, from the top down, and then files to be written: the change of every module that writes files. */
export interface FileSet {
  readonly directories: readonly string[];
  readonly directorySettings: AttributeSettings;
  readonly files: readonly FileChange[];
}

export function applyFileSet(set: FileSet): Script {
  const [only] = set.files;
  if (only && set.files.length === 1 && set.directories.length === 0) return applyFile(only, true);
  const { groups, others } = groupNewFiles(set.directories, set.files);
  const files = [...groups.map(writeNewFiles), ...others.map((file) => applyFile(file))];
  return sequenceWithInputs(
    set.directories.length > 0 ? [makeDirectories(set.directories, set.directorySettings), ...files] : files,
  );
}

/** Null where a file that was replaced was too large to be kept. */
export function undoFileSet(set: FileSet): Script | null {
  const files: Script[] = [];
  for (const file of [...set.files].reverse()) {
    const script = undoFile(file);
    if (!script) return null;
    files.push(script);
  }
  return sequenceWithInputs(
    set.directories.length > 0 ? [...files, removeDirectories(set.directories)] : files,
  );
}

/** What the reads of a file give after its change. */
export function foreseenFile(change: FileChange): Foreseen {
  const { state, write, mode, owners } = change;
  const content = write ? { size: write.size, sha256: write.sha256, content: write.content, blocks: 0 } : {};
  const link = change.link === null ? {} : { target: null };
  return underAllNames(foreseenEntry(state, 'file', { ...content, mode, ...owners, ...link }));
}

/** What the reads of all files and directories of a set give after it. */
export function foreseenSet(set: FileSet, umask: number): Foreseen {
  const mode = set.directorySettings.mode ?? 0o777 & ~umask;
  const directories = set.directories.map((path) => foreseenDirectory(path, mode, umask));
  return Object.assign({}, ...directories, ...set.files.map(foreseenFile));
}
