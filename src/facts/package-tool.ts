import type { HostRead, ReadOutput } from '../core/read.ts';
import { sh } from '../shell/sh.ts';
import {
  type DebianPackages,
  type DebianQuery,
  debianPackagesScript,
  debianPackagesStand,
  parseDebianPackages,
} from './debian-packages.ts';
import { parseRpmPackages, type RpmPackages, type RpmQuery, rpmPackagesScript } from './rpm-packages.ts';

export type AnyPackages =
  | { readonly kind: 'apt'; readonly packages: DebianPackages }
  | { readonly kind: 'rpm'; readonly packages: RpmPackages };

/** The packages under whichever tool the host has. `use` asks for one. */
export function anyPackages(
  use: 'auto' | 'apt' | 'rpm',
  queries: { readonly apt: DebianQuery; readonly rpm: RpmQuery },
): HostRead<AnyPackages> {
  const apt = debianPackagesScript(queries.apt);
  const rpm = rpmPackagesScript(queries.rpm);
  const both = sh`
    if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
      ${apt}
    else
      ${rpm}
    fi`;
  return {
    kind: 'host',
    name: `packages ${queries.rpm.names.join(' ')}`.trimEnd(),
    clock: 'now=',
    script: use === 'apt' ? apt : use === 'rpm' ? rpm : both,
    stands: (value) => (value.kind === 'apt' ? debianPackagesStand(queries.apt, value.packages) : undefined),
    parse: parseAnyPackages,
  };
}

function parseAnyPackages(output: ReadOutput): AnyPackages {
  const isApt = new TextDecoder().decode(output.stdout.subarray(0, 9)) === 'tool=apt\n';
  return isApt
    ? { kind: 'apt', packages: parseDebianPackages(output) }
    : { kind: 'rpm', packages: parseRpmPackages(output) };
}
