import type { HostRead, ReadOutput } from '../../core/read.ts';
import { sh } from '../../shell/sh.ts';
import { find, textOf, type XmlElement } from '../../xml/element.ts';
import { pathWord } from '../host-path.ts';
import { unexpectedOutput } from '../problems.ts';
import { parseRecordGroups } from '../records.ts';
import { parseDescription } from './virsh.ts';

/** One description that was kept. */
export interface KeptDescription {
  readonly kind: 'domain' | 'network';
  readonly name: string;
  /** The file, absolute. */
  readonly path: string;
  readonly xml: XmlElement;
}

/** The newest backup below a directory, or the one that a path names: a directory of one backup, or a single file. */
export interface BackupSet {
  /** Null where there is none. */
  readonly directory: string | null;
  readonly descriptions: readonly KeptDescription[];
}

/** Backups are directories named after their time, so that the last by name is the newest. */
export function newestBackup(path: string): HostRead<BackupSet> {
  return {
    kind: 'host',
    name: `backups of libvirt in ${path}`,
    subject: `libvirt-backup:${path}`,
    script: sh`
      LC_ALL=C; export LC_ALL
      from=${pathWord(path)}
      show() {
        if [ -f "$2" ]; then printf 'kind=%s\0path=%s\0xml=' "$1" "$2"; cat "$2"; printf '\0end=\0'; fi
      }
      set=$from
      if [ -f "$from" ]; then
        show '' "$from"
      else
        if [ ! -d "$from/domains" ] && [ ! -d "$from/networks" ]; then
          set=
          for one in "$from"/[0-9][0-9][0-9][0-9]-*Z*; do if [ -d "$one" ]; then set=$one; fi; done
        fi
        for kind in domain network; do
          for file in "$set/$kind"s/*.xml; do if [ -n "$set" ]; then show "$kind" "$file"; fi; done
        done
      fi
      printf 'set=%s\0end=\0' "$set"`,
    parse: (output) => parseSet(path, output),
  };
}

function parseSet(path: string, output: ReadOutput): BackupSet {
  const groups = parseRecordGroups(output.stdout);
  const directory = groups.at(-1)?.text('set');
  if (directory === undefined) throw unexpectedOutput(`the backups of libvirt in ${path}`, output);
  const descriptions = groups.slice(0, -1).flatMap((group): KeptDescription[] => {
    const [file = '', text] = [group.text('path'), group.text('xml')];
    const root = /<(domain|network)\b/.exec(text ?? '')?.[1] ?? 'domain';
    const kind = (group.text('kind') || root) as KeptDescription['kind'];
    const xml = parseDescription(text, `the file ${file}`, kind);
    const name = textOf(find(xml ?? undefined, 'name'));
    return xml && name !== undefined ? [{ kind, name, path: file, xml }] : [];
  });
  return { directory: directory === '' ? null : directory, descriptions };
}
