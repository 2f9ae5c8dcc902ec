import type { Script } from '../core/script.ts';
import { raw, sh } from '../shell/sh.ts';
import type { Records } from './records.ts';

/** Numbers of the accounts that a task names; null: the host does not know the name; undefined: not asked for. */
export interface WantedAccounts {
  readonly uid: number | null | undefined;
  readonly gid: number | null | undefined;
}

/**
 * Prints `wanted-uid` and `wanted-gid`. The files are read by the shell itself, so that a name costs no process; only names that are
 * not in them (LDAP and the like) are asked of the system.
 */
export function accountLookup(owner: string | undefined, group: string | undefined): Script {
  const lookups = [
    lookup('wanted-uid', '/etc/passwd', 'passwd', owner),
    lookup('wanted-gid', '/etc/group', 'group', group),
  ];
  return { text: lookups.map((script) => script.text).join('\n') };
}

export function parseAccounts(
  records: Records,
  owner: string | undefined,
  group: string | undefined,
): WantedAccounts {
  return {
    uid: numberOf(owner, records.text('wanted-uid')),
    gid: numberOf(group, records.text('wanted-gid')),
  };
}

function lookup(record: string, file: string, database: string, name: string | undefined): Script {
  if (name === undefined || isNumber(name)) return { text: ':' };
  return sh`
    id=
    while IFS=: read -r n _ i _; do
      if [ "$n" = ${name} ]; then id=$i; break; fi
    done < ${file}
    if [ -z "$id" ] && l=$(getent ${database} ${name} 2>/dev/null); then
      l=\${l#*:}; l=\${l#*:}; id=\${l%%:*}
    fi
    ${raw(`printf '${record}=%s\\0' "$id"`)}
  `;
}

function numberOf(name: string | undefined, printed: string | undefined): number | null | undefined {
  if (name === undefined) return undefined;
  if (isNumber(name)) return Number(name);
  return printed !== undefined && isNumber(printed) ? Number(printed) : null;
}

function isNumber(name: string): boolean {
  return /^\d+$/.test(name);
}
