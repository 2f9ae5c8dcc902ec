import type { Change, Difference } from '../core/change.ts';
import type { Script } from '../core/script.ts';
import type { UserAccount } from '../facts/user-account.ts';
import { sequence, sh, withInput } from '../shell/sh.ts';
import { type KeyWish, keyFileOf, makeKey, removeKey } from './user-key.ts';

/** What a task wants of a user, with Ansible's names. */
export interface UserWish extends KeyWish {
  readonly uid?: number | undefined;
  readonly group?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly append: boolean;
  readonly comment?: string | undefined;
  readonly home?: string | undefined;
  readonly move_home: boolean;
  readonly create_home: boolean;
  readonly shell?: string | undefined;
  readonly password?: string | undefined;
  readonly update_password: 'always' | 'on_create';
  readonly password_lock?: boolean | undefined;
  readonly expires?: number | undefined;
  readonly password_expire_min?: number | undefined;
  readonly password_expire_max?: number | undefined;
  readonly password_expire_warn?: number | undefined;
  readonly skeleton?: string | undefined;
  readonly umask?: string | undefined;
  readonly system: boolean;
  readonly non_unique: boolean;
  readonly remove: boolean;
  readonly force: boolean;
}

export interface UserData {
  readonly before: UserAccount | null;
  /** Words for useradd or usermod. */
  readonly options: readonly (string | number)[];
  readonly setsPassword: boolean;
  readonly lock?: 'lock' | 'unlock';
  readonly makesHome: boolean;
  /** Words for chage. */
  readonly ages: readonly (string | number)[];
  readonly makesKey: boolean;
}

/** Hashes are never shown: a difference says that there is one, not what it is. */
const HIDDEN = { before: '(a password)', after: '(another password)' };

export function planUser(wish: UserWish, now: UserAccount | null): Change<UserData> | null {
  const label = `user ${wish.name}`;
  if (wish.state === 'absent') {
    if (!now) return null;
    const data: UserData = {
      before: now,
      options: [],
      setsPassword: false,
      makesHome: false,
      ages: [],
      makesKey: false,
    };
    return { differences: [{ label, before: shown(now), after: null }], data };
  }
  return now ? planChange(wish, now, label) : planNew(wish, label);
}

function planNew(wish: UserWish, label: string): Change<UserData> {
  const { uid, group, groups, comment, home, shell } = wish;
  const after = Object.fromEntries(
    Object.entries({ uid, group, groups, comment, home, shell }).filter(([, value]) => value !== undefined),
  );
  const options = [
    ...wordsFor(wish, null),
    ...(wish.groups && wish.groups.length > 0 ? ['-G', wish.groups.join(',')] : []),
    ...(wish.system ? ['-r'] : []),
    ...(wish.create_home ? ['-m'] : ['-M']),
    ...(wish.create_home && wish.skeleton !== undefined ? ['-k', wish.skeleton] : []),
    ...(wish.umask === undefined ? [] : ['-K', `UMASK=${wish.umask}`]),
  ];
  const ages = agesOf(wish, null);
  return {
    differences: [
      { label, before: null, after },
      ...ages.map(({ differs }) => ({ ...differs, label: `${differs.label} of ${label}` })),
      ...(wish.generate_ssh_key ? [keyDifference(wish, label)] : []),
    ],
    data: {
      before: null,
      options,
      setsPassword: wish.password !== undefined,
      ...(wish.password_lock ? { lock: 'lock' } : {}),
      makesHome: false,
      ages: ages.flatMap(({ words }) => words),
      makesKey: wish.generate_ssh_key,
    },
  };
}

function planChange(wish: UserWish, now: UserAccount, label: string): Change<UserData> | null {
  const differences: Difference[] = [];
  const differ = (what: string, before: unknown, after: unknown) =>
    differences.push({ label: `${what} of ${label}`, before: String(before), after: String(after) });
  if (wish.uid !== undefined && wish.uid !== now.uid) differ('uid', now.uid, wish.uid);
  if (wish.group !== undefined && !isGroup(wish.group, now)) differ('group', now.group, wish.group);
  if (wish.comment !== undefined && wish.comment !== now.comment)
    differ('comment', now.comment, wish.comment);
  if (wish.home !== undefined && wish.home !== now.home) differ('home', now.home, wish.home);
  if (wish.shell !== undefined && wish.shell !== now.shell) differ('shell', now.shell, wish.shell);
  if (wish.expires !== undefined && expiryDay(wish.expires) !== now.expires) {
    differ('expiry', now.expires ?? 'never', expiryDay(wish.expires) ?? 'never');
  }
  const groups = wantedGroups(wish, now);
  if (groups) differ('groups', now.groups.join(','), groups.join(','));
  const stored = now.hash?.replace(/^!+(?=.)/, '') ?? null;
  const setsPassword =
    wish.password !== undefined &&
    wish.update_password === 'always' &&
    now.hash !== null &&
    stored !== wish.password;
  if (setsPassword) differences.push({ label: `password of ${label}`, ...HIDDEN });
  const locked = now.hash?.startsWith('!') ?? false;
  const lock = wish.password_lock !== undefined && now.hash !== null && wish.password_lock !== locked;
  if (lock)
    differ('password', locked ? 'locked' : 'not locked', wish.password_lock ? 'locked' : 'not locked');
  const makesHome = wish.create_home && !now.homeExists && (wish.home ?? now.home) === now.home;
  if (makesHome) differ('home directory', 'absent', now.home);
  const ages = agesOf(wish, now);
  for (const { differs } of ages) differ(differs.label, differs.before, differs.after);
  const makesKey = wish.generate_ssh_key && now.publicKey === null;
  if (makesKey) differences.push(keyDifference(wish, label));
  if (differences.length === 0) return null;
  return {
    differences,
    data: {
      before: now,
      options: [...wordsFor(wish, now), ...(groups ? ['-G', groups.join(',')] : [])],
      setsPassword,
      ...(lock ? { lock: wish.password_lock ? 'lock' : 'unlock' } : {}),
      makesHome,
      ages: ages.flatMap(({ words }) => words),
      makesKey,
    },
  };
}

function keyDifference(wish: UserWish, label: string): Difference {
  return { label: `key of ${label}`, before: null, after: keyFileOf(wish) ?? '' };
}

const AGES = [
  ['min', 'password_expire_min', '-m'],
  ['max', 'password_expire_max', '-M'],
  ['warn', 'password_expire_warn', '-W'],
] as const;

/** Ages of the password that are to be others, with their words for chage. */
function agesOf(wish: UserWish, now: UserAccount | null) {
  return AGES.flatMap(([age, name, option]) => {
    const wanted = wish[name];
    const found = now?.ages[age] ?? null;
    // -1 takes the setting away.
    if (wanted === undefined || wanted === found || (wanted < 0 && (found === null || found < 0))) return [];
    const differs = {
      label: name,
      before: found === null ? 'not set' : String(found),
      after: String(wanted),
    };
    return [{ differs, words: [option, wanted] as const }];
  });
}

/** Options that useradd and usermod share, of what differs. */
function wordsFor(wish: UserWish, now: UserAccount | null): readonly (string | number)[] {
  const words: (string | number)[] = [];
  if (wish.uid !== undefined && wish.uid !== now?.uid)
    words.push(...(wish.non_unique ? ['-o'] : []), '-u', wish.uid);
  if (wish.group !== undefined && !(now && isGroup(wish.group, now))) words.push('-g', wish.group);
  if (wish.comment !== undefined && wish.comment !== now?.comment) words.push('-c', wish.comment);
  if (wish.home !== undefined && wish.home !== now?.home) {
    words.push('-d', wish.home, ...(now && wish.move_home ? ['-m'] : []));
  }
  if (wish.shell !== undefined && wish.shell !== now?.shell) words.push('-s', wish.shell);
  if (wish.expires !== undefined && expiryDay(wish.expires) !== (now?.expires ?? null)) {
    words.push('-e', expiryDay(wish.expires) ?? '');
  }
  return words;
}

function isGroup(wanted: string, now: UserAccount): boolean {
  return wanted === now.group || wanted === String(now.gid);
}

/** Undefined where they are right. */
function wantedGroups(wish: UserWish, now: UserAccount): readonly string[] | undefined {
  if (!wish.groups) return undefined;
  const wanted = wish.groups.filter((name) => name !== '' && name !== now.group);
  const all = wish.append ? [...new Set([...now.groups, ...wanted])] : wanted;
  const sorted = all.toSorted();
  return sorted.join(',') === now.groups.join(',') ? undefined : sorted;
}

/** Ansible takes seconds since 1970, shadow(5) days; negative means never. */
function expiryDay(seconds: number): number | null {
  return seconds < 0 ? null : Math.floor(seconds / 86_400);
}

function shown(account: UserAccount): Readonly<Record<string, unknown>> {
  const { uid, group, comment, home, shell, groups } = account;
  return { uid, group, comment, home, shell, groups };
}

export function applyUser({ data }: Change<UserData>, wish: UserWish): Script {
  const { name } = wish;
  if (wish.state === 'absent') {
    return sh`userdel ${wish.remove ? ['-r'] : []} ${wish.force ? ['-f'] : []} ${name}`;
  }
  const scripts: Script[] = [];
  if (!data.before) scripts.push(newUser(wish, data));
  else if (data.options.length > 0) scripts.push(sh`usermod ${data.options} ${name}`);
  if (data.makesHome && data.before) scripts.push(homeDirectory(data.before));
  // By standard input: what stands in an argument list is seen by every user of the host.
  if (data.setsPassword) scripts.push(withInput(sh`chpasswd -e`, `${name}:${wish.password}\n`));
  if (data.lock) scripts.push(sh`usermod ${data.lock === 'lock' ? '-L' : '-U'} ${name}`);
  if (data.ages.length > 0) scripts.push(sh`chage ${data.ages} ${name}`);
  if (data.makesKey) scripts.push(makeKey(wish));
  return sequence(scripts);
}

/** useradd refuses to make the user's own group where there is one of that name already; then that one is meant. */
function newUser(wish: UserWish, data: UserData): Script {
  if (wish.group !== undefined) return sh`useradd ${data.options} ${wish.name}`;
  return sh`
    set --
    if grep -q ${`^${wish.name}:`} /etc/group; then set -- -g ${wish.name}; fi
    useradd "$@" ${data.options} ${wish.name}`;
}

function homeDirectory({ home, uid, gid }: UserAccount): Script {
  return sh`
    umask 077
    mkdir -p -- ${home} &&
    if [ -d /etc/skel ]; then cp -R /etc/skel/. ${home}; fi &&
    chown -R ${`${uid}:${gid}`} ${home}`;
}

/** Removes a user that was made, or sets back what was changed; a removed one cannot be brought back with its files. */
export function undoUser({ data }: Change<UserData>, wish: UserWish): Script | null {
  const { before } = data;
  if (wish.state === 'absent') return null;
  if (!before) return sh`userdel ${wish.create_home ? ['-r'] : []} ${wish.name} 2>&1`;
  const home = wish.home !== undefined && wish.home !== before.home && wish.move_home ? ['-m'] : [];
  const scripts = [
    sh`usermod -o -u ${before.uid} -g ${before.gid} -c ${before.comment} -d ${before.home} ${home} -s ${before.shell} -e ${before.expires ?? ''} -G ${before.groups.join(',')} ${wish.name}`,
  ];
  if (data.ages.length > 0) {
    const { min, max, warn } = before.ages;
    scripts.push(sh`chage -m ${min ?? -1} -M ${max ?? -1} -W ${warn ?? -1} ${wish.name}`);
  }
  // Before the user has another home again.
  if (data.makesKey) scripts.unshift(removeKey(wish));
  if ((data.setsPassword || data.lock) && before.hash !== null) {
    scripts.push(withInput(sh`chpasswd -e`, `${wish.name}:${before.hash}\n`));
  }
  return sequence(scripts);
}
