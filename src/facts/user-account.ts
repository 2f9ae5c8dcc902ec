import type { HostRead, ReadOutput } from '../core/read.ts';
import type { Script } from '../core/script.ts';
import { raw, sh } from '../shell/sh.ts';
import { unexpectedOutput } from './problems.ts';
import { parseRecords } from './records.ts';

/** A user as passwd(5), group(5) and shadow(5) have it. */
export interface UserAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Name of the primary group; its number where it has none. */
  readonly group: string;
  readonly comment: string;
  readonly home: string;
  readonly homeExists: boolean;
  readonly shell: string;
  /** Supplementary groups, sorted. */
  readonly groups: readonly string[];
  /** The password as stored, hashed; null where it cannot be read (not root). */
  readonly hash: string | null;
  /** Days since 1970 when the account expires; null: never, or not readable. */
  readonly expires: number | null;
  /** Days between two changes of the password, at least and at most, and of warning before; null: not set, or not readable. */
  readonly ages: Readonly<Record<PasswordAge, number | null>>;
  /** The public key beside the key file that was asked for; null where that file is missing. */
  readonly publicKey: string | null;
}

export type PasswordAge = 'min' | 'max' | 'warn';

export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** Prints an entry of a database: of whatever the system asks, or of the file where there is no getent. */
const ENTRY = sh`
  entry() {
    if command -v getent >/dev/null; then getent "$1" "$2"
    else
      while IFS= read -r line; do
        case $line in "$2:"*) printf '%s\n' "$line";; esac
      done < "/etc/$1"
    fi 2>/dev/null
  }`;

/** Null where there is no such user. `keyFile`: a private key, below the home directory where it does not begin with a slash. */
export function userAccount(name: string, keyFile?: string): HostRead<UserAccount | null> {
  return {
    kind: 'host',
    name: `account of ${name}`,
    subject: `user:${name}`,
    script: sh`
      ${ENTRY}
      account=$(entry passwd ${name})
      printf 'passwd=%s\0' "$account"
      if [ -n "$account" ]; then
        rest=\${account#*:*:*:}; gid=\${rest%%:*}
        rest=\${rest#*:*:}; home=\${rest%%:*}
        printf 'primary=%s\0' "$(entry group "$gid")"
        printf 'groups=%s\0' "$(id -Gn ${name})"
        printf 'shadow=%s\0' "$(entry shadow ${name})"
        if [ -d "$home" ]; then printf 'home=1\0'; fi
        ${keyFile === undefined ? NOTHING : readKey(keyFile)}
      fi
      :`,
    parse: (output) => parseUser(name, output),
  };
}

const NOTHING = raw(':');

function readKey(file: string): Script {
  return sh`
    key=${file}
    case $key in /*) ;; *) key=$home/$key;; esac
    if [ -e "$key" ]; then printf 'key=%s\0' "$(cat "$key.pub" 2>/dev/null)"; fi`;
}

const days = (field: string | undefined) => (field ? Number(field) : null);

function parseUser(name: string, output: ReadOutput): UserAccount | null {
  const records = parseRecords(output.stdout);
  const line = records.text('passwd');
  if (line === undefined) throw unexpectedOutput(`the account of ${name}`, output);
  if (line === '') return null;
  const [known = '', , uid, gid, comment = '', home = '', shell = ''] = line.split(':');
  const [hash, , min, max, warn, , expires] = (records.text('shadow') ?? '').split(':').slice(1);
  const group = records.text('primary')?.split(':')[0] || String(gid);
  const groups = (records.text('groups') ?? '').split(' ').filter((one) => one !== '' && one !== group);
  return {
    name: known,
    uid: Number(uid),
    gid: Number(gid),
    group,
    comment,
    home,
    homeExists: records.text('home') === '1',
    shell,
    groups: groups.toSorted(),
    hash: hash ?? null,
    expires: days(expires),
    ages: { min: days(min), max: days(max), warn: days(warn) },
    publicKey: records.text('key') ?? null,
  };
}

/** Null where there is no such group. */
export function groupEntry(name: string): HostRead<GroupEntry | null> {
  return {
    kind: 'host',
    name: `group ${name}`,
    subject: `group:${name}`,
    script: sh`
      ${ENTRY}
      printf 'group=%s\0' "$(entry group ${name})"`,
    parse: (output) => {
      const line = parseRecords(output.stdout).text('group');
      if (line === undefined) throw unexpectedOutput(`the group ${name}`, output);
      const [known = '', , gid, members = ''] = line.split(':');
      return line === ''
        ? null
        : { name: known, gid: Number(gid), members: members.split(',').filter((one) => one !== '') };
    },
  };
}
