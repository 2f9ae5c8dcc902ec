import type { HostRead, ReadOutput } from '../core/read.ts';
import type { Script } from '../core/script.ts';
import { raw, sh } from '../shell/sh.ts';
import { packageToolAbsent, unexpectedOutput } from './problems.ts';

/** What rpm has installed for one name that was asked for: a package, a capability, a file. */
export interface RpmAnswer {
  readonly asked: string;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
}

export interface RpmPackages {
  /** The tool that installs: `dnf` where it is there, else `yum` or `zypper`. */
  readonly tool: string;
  readonly answers: readonly RpmAnswer[];
  /** New versions by package name; undefined where they were not asked for. */
  readonly updates: ReadonlyMap<string, string> | undefined;
}

export interface RpmQuery {
  readonly names: readonly string[];
  /** Ask the repositories for newer versions, with these options for the tool. */
  readonly updates: boolean;
  readonly options: readonly string[];
}

export function rpmPackages(query: RpmQuery): HostRead<RpmPackages> {
  return {
    kind: 'host',
    name: `packages ${query.names.join(' ')}`.trimEnd(),
    script: rpmPackagesScript(query),
    parse: parseRpmPackages,
  };
}

const FORMAT = raw("'record=%{NAME}|%{EPOCHNUM}|%{VERSION}-%{RELEASE}.%{ARCH}\\n'");

/** For scripts that find out first which package tool there is. A file is asked for by the package in it. */
export function rpmPackagesScript({ names, updates, options }: RpmQuery): Script {
  const wanted = names.filter((name) => name !== '*');
  return sh`
    LC_ALL=C; export LC_ALL
    tool=none
    if command -v rpm >/dev/null; then
      for candidate in dnf yum zypper; do
        if command -v "$candidate" >/dev/null; then tool=$candidate; break; fi
      done
    fi
    echo "tool=$tool"
    if [ "$tool" = none ]; then exit 0; fi
    for name in ${wanted.length > 0 ? wanted : raw('')}; do
      printf 'asked=%s\n' "$name"
      asked=$name
      case $name in
        *.rpm) asked=$(rpm -qp --qf '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}' "$name" 2>/dev/null);;
      esac
      answer=$(rpm -q --qf ${FORMAT} "$asked" 2>/dev/null) ||
        answer=$(rpm -q --whatprovides --qf ${FORMAT} "$asked" 2>/dev/null)
      printf '%s\n' "$answer" | sed -n '/^record=/p'
    done
    ${updates ? updatesScript(wanted, options) : raw(':')}
  `;
}

/** dnf and yum end with 100 where there are updates, 0 where there are none. */
function updatesScript(names: readonly string[], options: readonly string[]): Script {
  return sh`
    echo updates=
    if [ "$tool" = zypper ]; then zypper -n -q list-updates | sed -n 's/^v *|[^|]*| *\([^ |]*\) *|[^|]*| *\([^ |]*\) .*/\1.any \2 zypper/p'
    else
      "$tool" -q ${options} check-update ${names}
      rc=$?
      [ "$rc" -eq 100 ] || exit "$rc"
    fi`;
}

export function parseRpmPackages(output: ReadOutput): RpmPackages {
  const text = new TextDecoder().decode(output.stdout);
  const [head = '', tail] = text.split(/^updates=\n/m);
  const lines = head.split('\n');
  const tool = lines.find((line) => line.startsWith('tool='))?.slice(5);
  if (tool === 'none') throw packageToolAbsent('dnf or yum');
  if (tool === undefined || output.rc !== 0) throw unexpectedOutput('packages', output);
  const answers: { asked: string; packages: { name: string; version: string }[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('asked=')) answers.push({ asked: line.slice(6), packages: [] });
    if (line.startsWith('record=')) {
      const [name = '', epoch, version] = line.slice(7).split('|');
      answers
        .at(-1)
        ?.packages.push({ name, version: epoch === '0' ? (version ?? '') : `${epoch}:${version}` });
    }
  }
  return { tool, answers, updates: tail === undefined ? undefined : parseUpdates(tail) };
}

/** `name.arch  version  repository`; yum breaks long lines, and packages that replace others stand below a heading. */
function parseUpdates(text: string): ReadonlyMap<string, string> {
  const [listed = ''] = text.split(/^Obsoleting Packages/m);
  const updates = new Map<string, string>();
  for (const line of listed.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const [, name, version] = /^(\S+)\.[A-Za-z0-9_]+\s+(\S+)\s+\S+\s*$/.exec(line) ?? [];
    if (name && version) updates.set(name, version);
  }
  return updates;
}
