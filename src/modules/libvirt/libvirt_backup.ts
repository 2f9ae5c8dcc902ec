import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import type { Script } from '../../core/script.ts';
import { pathWord } from '../../facts/host-path.ts';
import { type BackupSet, newestBackup } from '../../facts/libvirt/backup-sets.ts';
import { DOMAINS, type DomainState, libvirtDomains } from '../../facts/libvirt/domains.ts';
import { libvirtNetworks, NETWORKS, type NetworkState } from '../../facts/libvirt/networks.ts';
import { parseRecords } from '../../facts/records.ts';
import { raw, sh } from '../../shell/sh.ts';
import type { XmlElement } from '../../xml/element.ts';
import { equalXml } from '../../xml/overlay.ts';
import { hostPath } from '../params.ts';
import { type ChosenObject, chosenObjects } from '../virtual/chosen-objects.ts';
import { LIBVIRT } from '../virtual/host-scripts.ts';
import { namesOrAll } from '../virtual/params.ts';

export const DEFAULT_BACKUPS = '/var/lib/hostwright/libvirt/backups';

/** An object with its definition of now. */
interface Kept extends ChosenObject {
  readonly uuid: string;
  readonly xml: XmlElement;
  /** False for what has no definition: what runs is kept then. */
  readonly isDefined: boolean;
}

const params = z.strictObject({
  domains: namesOrAll
    .optional()
    .describe('Domains by name, or all. Default: all, where networks is not given either.'),
  networks: namesOrAll
    .optional()
    .describe('Networks by name, or all. Default: all, where domains is not given either.'),
  dest: hostPath
    .default(DEFAULT_BACKUPS)
    .describe('Directory on the host; each backup is a directory in it, named after the time (UTC).'),
});

export const libvirtBackup = defineModule({
  name: 'libvirt_backup',
  summary:
    'Keep the XML of domains and networks on the host, under the time of now, where it differs from the last backup.',
  params,
  examples: [
    { title: 'Everything', params: {} },
    { title: 'Two guests', params: { domains: ['web1', 'web2'], dest: '/root/libvirt' } },
  ],
  reads: ({ dest }) => ({ domains: libvirtDomains(), networks: libvirtNetworks(), last: newestBackup(dest) }),
  check: (wish, { domains, networks, last }) => {
    const objects = keptObjects(wish, domains, networks);
    const changed = objects.filter((one) => !isKept(one, last));
    if (changed.length === 0) return null;
    return {
      differences: changed.map(({ kind, name }) => ({
        label: `backup of ${kind}/${name}`,
        before: pathIn(last, kind, name) ?? null,
        after: `${wish.dest}/(time)/${kind}s/${name}.xml`,
      })),
      data: objects,
    };
  },
  apply: ({ data }, { dest }) => sh`
    ${LIBVIRT}
    dest=${pathWord(dest)}
    mkdir -p "$dest" || exit 1
    part=$(mktemp -d "$dest/.backup.XXXXXXXXXX") || exit 1
    trap 'rm -rf "$part"' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    mkdir "$part/domains" "$part/networks" || exit 1
    ${lines(data.map(keep))}
    stamp=$(date -u +%Y-%m-%dT%H%M%SZ)
    n=
    # A directory that is there is never used again: mkdir is what fails, not what finds it out.
    until mkdir "$dest/$stamp$n" 2>/dev/null; do n=.$((\${n#.} + 1)); [ "\${n#.}" -lt 1000 ] || exit 1; done
    mv "$part/domains" "$part/networks" "$dest/$stamp$n/" || exit 1
    printf 'directory=%s\0' "$dest/$stamp$n"`,
  expected: (_change, _wish, { domains, networks }) => ({ [DOMAINS]: domains, [NETWORKS]: networks }),
  // It is put aside, not removed: so a run that began with a backup can be taken back, and what was kept is kept all the same.
  undo: (_change, { dest }) => sh`
    dest=${pathWord(dest)} newest=
    for one in "$dest"/[0-9][0-9][0-9][0-9]-*Z*; do if [ -d "$one" ]; then newest=$one; fi; done
    if [ -z "$newest" ]; then exit 0; fi
    mkdir -p "$dest.undone" && mv "$newest" "$dest.undone/"`,
  result: (wish, { values: { domains, networks, last }, change, output }) => {
    const made = output && parseRecords(output.stdout.bytes).text('directory');
    const objects = change ? change.data : keptObjects(wish, domains, networks);
    const files = objects.map(({ kind, name }) => ({
      kind,
      name,
      path: made ? `${made}/${kind}s/${name}.xml` : change ? null : (pathIn(last, kind, name) ?? null),
    }));
    return {
      directory: made ?? (change ? null : last.directory),
      files,
      paths: files.map(({ path }) => path).filter((path) => path !== null),
    };
  },
});

function keptObjects(
  wish: z.output<typeof params>,
  domains: readonly DomainState[],
  networks: readonly NetworkState[],
): readonly Kept[] {
  const kept = (kind: ChosenObject['kind']) => (one: DomainState | NetworkState) => ({
    kind,
    name: one.name,
    uuid: one.uuid,
    xml: (one.config ?? one.live) as XmlElement,
    isDefined: one.config !== null,
  });
  const there = [...domains.map(kept('domain')), ...networks.map(kept('network'))];
  return chosenObjects(wish, there).map(
    ({ kind, name }) => there.find((one) => one.kind === kind && one.name === name) as Kept,
  );
}

function isKept({ kind, name, xml }: Kept, last: BackupSet): boolean {
  const found = last.descriptions.find((one) => one.kind === kind && one.name === name);
  return found !== undefined && equalXml(found.xml, xml);
}

function pathIn(last: BackupSet, kind: string, name: string): string | undefined {
  return last.descriptions.find((one) => one.kind === kind && one.name === name)?.path;
}

function keep({ kind, name, uuid, isDefined }: Kept): Script {
  const options = kind === 'domain' ? ['--inactive', '--security-info'] : ['--inactive'];
  const dump = sh`v ${kind === 'domain' ? 'dumpxml' : 'net-dumpxml'} ${isDefined ? options : []} ${uuid}`;
  return sh`
    file="$part"/${`${kind}s/${name}.xml`}
    ${dump} > "$file" && [ -s "$file" ] || fail ${`The XML of the ${kind} ${name} could not be kept.`}`;
}

function lines(scripts: readonly Script[]): Script {
  return scripts.reduce(
    (all, one) => sh`${all}
${one}`,
    sh`${raw(':')}`,
  );
}
