import type { HostRead, ReadOutput } from '../core/read.ts';
import type { Script } from '../core/script.ts';
import { raw, sh } from '../shell/sh.ts';
import { packageToolAbsent, unexpectedOutput } from './problems.ts';

/** A package that dpkg has a record of. */
export interface DebianPackage {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
  /** dpkg's word: `installed`, `config-files`, `half-configured`, … */
  readonly status: string;
}

/** One step that apt would take. */
export interface AptStep {
  readonly name: string;
  /** Null: not installed now. */
  readonly before: string | null;
  /** Null: it would be removed. */
  readonly after: string | null;
}

export interface AptSimulation {
  readonly steps: readonly AptStep[];
  readonly errors: readonly string[];
  /** What apt does only when told so, which it does not say before it is asked in earnest. */
  readonly risks: readonly string[];
}

export interface DebianPackages {
  readonly records: readonly DebianPackage[];
  /** Names that an installed package provides. */
  readonly provided: ReadonlySet<string>;
  /** Packages of which only the configuration is left. */
  readonly residues: ReadonlySet<string>;
  /** What apt would do; undefined where nothing had to be asked. */
  readonly simulation: AptSimulation | undefined;
  /** Seconds since 1970 when the package lists were fetched; 0 where there are none. */
  readonly listsTime: number;
  /** The host's own clock, same unit. */
  readonly now: number;
  /** The package in the file of `deb`. */
  readonly file: { readonly name: string; readonly version: string } | undefined;
}

export interface DebianQuery {
  /** Without versions; `name:architecture` will do. */
  readonly names: readonly string[];
  /** When apt is asked what it would do. */
  readonly simulate: 'never' | 'always' | 'when-missing' | 'when-installed';
  /**
   * Words for apt-get: options, the operation, its packages; the same that will be run in earnest. With `when-installed` the names
   * that dpkg has a record of are added, since apt-get refuses to remove what it does not know.
   */
  readonly operation: readonly string[];
  /** A .deb file on the host. */
  readonly deb?: string | undefined;
}

export function debianPackages(query: DebianQuery): HostRead<DebianPackages> {
  return {
    kind: 'host',
    name: `packages ${query.names.join(' ')}`.trimEnd(),
    clock: 'now=',
    script: debianPackagesScript(query),
    stands: (packages) => debianPackagesStand(query, packages),
    parse: (output) => parseDebianPackages(output),
  };
}

/** Ends with 0 where the packages that were asked for are installed as they were, whatever the time and the lists say. */
export function debianPackagesStand(
  { names }: DebianQuery,
  { records, file }: DebianPackages,
): Script | undefined {
  const asked = names.length > 0 ? names : file ? [file.name] : [];
  if (asked.length === 0) return undefined;
  const installed = records
    .filter(({ status }) => status === 'installed')
    .map(({ status, name, architecture, version }) => [status, name, architecture, version].join('|'));
  return sh`[ "$(dpkg-query -W -f ${RECORD} -- ${asked} 2>/dev/null | grep '^installed|')" = ${installed.join('\n')} ]`;
}

/** apt-get asks nobody, waits for nobody's terminal, and says what can be parsed. */
export const aptEnvironment = sh`
  DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical APT_LISTCHANGES_FRONTEND=none LC_ALL=C
  export DEBIAN_FRONTEND DEBIAN_PRIORITY APT_LISTCHANGES_FRONTEND LC_ALL`;

/** For scripts that find out first which package tool there is. */
export function debianPackagesScript(query: DebianQuery): Script {
  const { names, simulate, operation, deb } = query;
  const bare = names.map((name) => name.replace(/:.*$/, ''));
  return sh`
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then echo tool=none; exit 0; fi
    ${aptEnvironment}
    echo tool=apt
    echo "now=$(date +%s)"
    for file in /var/lib/apt/lists/*_Packages* /var/lib/apt/lists/*_InRelease; do
      if [ -e "$file" ]; then
        for stamp in /var/lib/apt/lists /var/lib/apt/periodic/update-success-stamp; do
          if [ -e "$stamp" ]; then echo "lists=$(stat -c %Y "$stamp")"; fi
        done
        break
      fi
    done
    ${
      deb === undefined
        ? sh``
        : sh`
      dpkg-deb -f ${deb} Package Version | sed 's/^/file./'
      dpkg-query -W -f ${RECORD} -- "$(dpkg-deb -f ${deb} Package)" 2>/dev/null | sed 's/^/record=/'`
    }
    missing= known=
    ${names.length === 0 ? sh`` : namesScript(names, bare)}
    if ${simulation(simulate)}; then
      printf 'simulation=\n'
      apt-get -s -q ${operation} ${raw(simulate === 'when-installed' ? '$known' : '')} </dev/null 2>&1 | sed -n '
        s/^\(Inst\|Remv\|Purg\|E:\) /do=&/p
        s/^The following packages will be DOWNGRADED:/risk=downgrade/p
        s/^The following held packages will be changed:/risk=held/p
        s/^WARNING: The following essential packages will be removed.*/risk=essential/p'
    fi
    :
  `;
}

const RECORD = sh`'\${db:Status-Status}|\${Package}|\${Architecture}|\${Version}\n'`;
const PROVIDES = sh`'\${db:Status-Status}|\${Package}|\${Provides}\n'`;

function namesScript(names: readonly string[], bare: readonly string[]): Script {
  return sh`
    records=$(dpkg-query -W -f ${RECORD} -- ${names} 2>/dev/null)
    for name in ${bare}; do
      case "
    $records" in
        *"
    installed|$name|"*) known="$known $name";;
        *"
    config-files|$name|"*) known="$known $name" missing=1;;
        *) missing=1;;
      esac
    done
    printf '%s\n' "$records" | sed -n 's/^.*|.*|/record=&/p'
    if [ -n "$missing" ]; then
      dpkg-query -W -f ${PROVIDES} | sed -n 's/^config-files|\([^|]*\)|.*/residue=\1/p; s/^installed|[^|]*|\(..*\)/provides=\1/p'
    fi`;
}

function simulation(when: DebianQuery['simulate']) {
  if (when === 'never') return raw('false');
  if (when === 'always') return raw('true');
  return raw(when === 'when-missing' ? '[ -n "$missing" ]' : '[ -n "$known" ]');
}

export function parseDebianPackages(output: ReadOutput): DebianPackages {
  const lines = new TextDecoder().decode(output.stdout).split('\n');
  const valuesOf = (key: string) =>
    lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));
  const tool = valuesOf('tool')[0];
  if (tool === 'none') throw packageToolAbsent('apt-get');
  const now = Number(valuesOf('now')[0]);
  if (tool !== 'apt' || !(now > 0) || output.rc !== 0) throw unexpectedOutput('packages', output);
  const file = Object.fromEntries(
    lines.filter((line) => line.startsWith('file.')).map((line) => line.slice(5).split(': ')),
  );
  return {
    now,
    records: valuesOf('record').map(parseRecord),
    provided: new Set(valuesOf('provides').flatMap(parseProvides)),
    residues: new Set(valuesOf('residue')),
    simulation: lines.includes('simulation=') ? parseSimulation(valuesOf('do'), valuesOf('risk')) : undefined,
    listsTime: Math.max(0, ...valuesOf('lists').map(Number)),
    file: file.Package && file.Version ? { name: file.Package, version: file.Version } : undefined,
  };
}

function parseRecord(line: string): DebianPackage {
  const [status = '', name = '', architecture = '', version = ''] = line.split('|');
  return { name, architecture, version, status };
}

/** `mail-reader, imap-client (= 2)`: names alone. */
function parseProvides(line: string): readonly string[] {
  return line.split(',').map((part) => part.trim().replace(/[ :(].*$/, ''));
}

/** `Inst NAME [OLD] (NEW archive [arch])`, `Remv NAME [OLD]`, `Purg NAME [OLD]`, `E: message`. */
function parseSimulation(lines: readonly string[], risks: readonly string[]): AptSimulation {
  const steps = lines.flatMap((line): AptStep[] => {
    const [, verb, name, before, after] =
      /^(Inst|Remv|Purg) (\S+)(?: \[([^\]]*)\])?(?: \((\S+))?/.exec(line) ?? [];
    if (!verb || !name) return [];
    return [{ name, before: before ?? null, after: verb === 'Inst' ? (after ?? '') : null }];
  });
  const errors = lines.filter((line) => line.startsWith('E: ')).map((line) => line.slice(3));
  return { steps, errors, risks };
}
