import type { Change, Difference } from '../core/change.ts';
import type { Script } from '../core/script.ts';
import type { RpmPackages, RpmQuery } from '../facts/rpm-packages.ts';
import { sequence, sh } from '../shell/sh.ts';

/** What a task wants of dnf or yum, with Ansible's names. */
export interface RpmWish {
  readonly name: readonly string[];
  readonly state: 'present' | 'latest' | 'absent';
  readonly update_cache: boolean;
  readonly autoremove: boolean;
  readonly update_only: boolean;
  /** More words for the tool, before the operation. */
  readonly options: readonly string[];
}

export interface RpmData {
  readonly tool: string;
  readonly install: readonly string[];
  readonly upgrade: readonly string[];
  readonly remove: readonly string[];
  /** What was installed of that which is removed or upgraded, as `name-version`, for undo. */
  readonly before: readonly string[];
}

export function rpmQuery(wish: RpmWish): RpmQuery {
  return { names: wish.name, updates: wish.state === 'latest', options: wish.options };
}

/** Unknown names are found by the tool itself when it installs; it names them. */
export function planRpm(wish: RpmWish, { tool, answers, updates }: RpmPackages): Change<RpmData> | null {
  const missing = answers.filter(({ packages }) => packages.length === 0).map(({ asked }) => asked);
  const present = answers.filter(({ packages }) => packages.length > 0);
  const differences: Difference[] = [];
  const data: { -readonly [Key in keyof RpmData]: RpmData[Key] } = {
    tool,
    install: [],
    upgrade: [],
    remove: [],
    before: [],
  };
  const version = (packages: readonly { readonly version: string }[]) =>
    packages.map((installed) => installed.version).join(', ');
  if (wish.state === 'absent') {
    data.remove = present.map(({ asked }) => asked);
    data.before = present.flatMap(({ packages }) =>
      packages.map((found) => `${found.name}-${found.version}`),
    );
    for (const { asked, packages } of present) {
      differences.push({ label: `package ${asked}`, before: version(packages), after: null });
    }
  } else if (!wish.update_only) {
    data.install = missing;
    for (const asked of missing) {
      differences.push({ label: `package ${asked}`, before: null, after: wish.state });
    }
  }
  if (wish.state === 'latest' && updates) {
    const all = wish.name.includes('*');
    const outdated = all
      ? [...updates].map(([name]) => ({ name, version: 'installed' }))
      : present.flatMap(({ packages }) => packages.filter(({ name }) => updates.has(name)));
    data.upgrade = all && outdated.length > 0 ? ['*'] : outdated.map(({ name }) => name);
    data.before = all ? [] : outdated.map((found) => `${found.name}-${found.version}`);
    for (const found of outdated) {
      differences.push({
        label: `package ${found.name}`,
        before: found.version,
        after: updates.get(found.name) ?? null,
      });
    }
  }
  return differences.length === 0 ? null : { differences, data };
}

export function applyRpm(data: RpmData, wish: RpmWish): Script {
  const scripts: Script[] = [sh`LC_ALL=C; export LC_ALL`];
  if (wish.update_cache) {
    scripts.push(
      data.tool === 'zypper' ? sh`zypper -n refresh` : sh`${data.tool} -q ${wish.options} clean expire-cache`,
    );
  }
  const run = (verb: string, names: readonly string[]) => {
    if (names.length > 0) scripts.push(operation(data.tool, wish.options, verb, names));
  };
  run('install', data.install);
  run('upgrade', data.upgrade);
  run('remove', data.remove);
  if (wish.autoremove && data.tool !== 'zypper')
    scripts.push(operation(data.tool, wish.options, 'autoremove', []));
  return sequence(scripts);
}

function operation(tool: string, options: readonly string[], verb: string, names: readonly string[]): Script {
  if (tool === 'zypper') {
    const zypper = verb === 'upgrade' ? 'update' : verb;
    return sh`zypper -n --no-color ${zypper} ${names.filter((name) => name !== '*')} </dev/null`;
  }
  // yum of EL7 ends with 0 although it has not found some of the names, unless told.
  const strict = tool === 'yum' ? ['--setopt=skip_missing_names_on_install=False'] : [];
  return sh`${tool} -y ${strict} ${options} ${verb} ${names.filter((name) => name !== '*')} </dev/null`;
}

/** Removes what was new and asks for the versions that were there, as far as the repositories still have them. */
export function undoRpm(data: RpmData, wish: RpmWish): Script | null {
  const scripts: Script[] = [];
  if (data.install.length > 0) scripts.push(operation(data.tool, [], 'remove', data.install));
  if (data.remove.length > 0) scripts.push(operation(data.tool, wish.options, 'install', data.before));
  if (data.upgrade.length > 0 && data.before.length > 0) {
    const verb = data.tool === 'zypper' ? 'install' : 'downgrade';
    scripts.push(operation(data.tool, wish.options, verb, data.before));
  }
  return scripts.length === 0 ? null : sequence(scripts);
}
