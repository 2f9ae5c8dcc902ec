import type { Change, Difference } from '../core/change.ts';
import type { AptStep, DebianPackages, DebianQuery } from '../facts/debian-packages.ts';
import { aptNeedsConsent, aptRefused } from './system-problems.ts';

/** What a task wants of apt, with Ansible's names. */
export interface AptWish {
  readonly name?: readonly string[] | undefined;
  readonly state: 'present' | 'latest' | 'absent' | 'fixed';
  readonly deb?: string | undefined;
  readonly upgrade: 'no' | 'yes' | 'safe' | 'full' | 'dist';
  readonly update_cache?: boolean | undefined;
  readonly cache_valid_time?: number | undefined;
  readonly purge: boolean;
  readonly autoremove: boolean;
  readonly autoclean: boolean;
  readonly clean: boolean;
  readonly only_upgrade: boolean;
  readonly fail_on_autoremove: boolean;
  readonly allow_unauthenticated: boolean;
  readonly allow_downgrade: boolean;
  readonly allow_change_held_packages: boolean;
  readonly force: boolean;
  readonly install_recommends?: boolean | undefined;
  readonly default_release?: string | undefined;
}

export interface AptData {
  /** Fetch the package lists first. */
  readonly update: boolean;
  /** Words for apt-get; empty where only the lists or the caches are dealt with. */
  readonly operation: readonly string[];
  readonly steps: readonly AptStep[];
  /** Of the packages that would be new, those of which the configuration was there already: undo must leave it. */
  readonly residues: readonly string[];
  readonly listsTime: number;
}

/** `name[:arch][=version]`. */
function parseSpec(spec: string): { readonly name: string; readonly version: string | undefined } {
  const [name = '', version] = spec.split('=');
  return { name, version };
}

/** Options and operation, the same for asking what would be done and for doing it. */
export function aptOperation(wish: AptWish): readonly string[] {
  const options = [
    ['--no-install-recommends', wish.install_recommends === false],
    ['--install-recommends', wish.install_recommends === true],
    ['--allow-unauthenticated', wish.allow_unauthenticated || wish.force],
    ['--allow-downgrades', wish.allow_downgrade || wish.force],
    ['--allow-change-held-packages', wish.allow_change_held_packages || wish.force],
    ['--allow-remove-essential', wish.force],
    ['--only-upgrade', wish.only_upgrade],
    ['--no-remove', wish.fail_on_autoremove],
    ['--purge', wish.purge],
    ['--auto-remove', wish.autoremove],
  ] as const;
  const words = options.filter(([, wanted]) => wanted).map(([word]) => word as string);
  if (wish.default_release !== undefined) words.push('-t', wish.default_release);
  const names = wish.name ?? [];
  if (wish.deb !== undefined) return [...words, 'install', wish.deb];
  if (wish.upgrade !== 'no') {
    const verb = wish.upgrade === 'full' || wish.upgrade === 'dist' ? 'dist-upgrade' : 'upgrade';
    return [...words, verb, ...(verb === 'upgrade' ? ['--with-new-pkgs'] : [])];
  }
  if (wish.state === 'fixed') return [...words, '-f', 'install', ...names];
  if (wish.state === 'absent' && names.length > 0) return [...words, 'remove'];
  if (names.length > 0) return [...words, 'install', ...names];
  return wish.autoremove ? [...words, 'autoremove'] : [];
}

/** What must be read to plan this. */
export function aptQuery(wish: AptWish): DebianQuery {
  const specs = (wish.name ?? []).map(parseSpec);
  const operation = aptOperation(wish);
  const pinned = specs.some(({ version }) => version !== undefined);
  return {
    names: specs.map(({ name }) => name),
    deb: wish.deb,
    operation,
    simulate: operation.length === 0 ? 'never' : whenToAsk(wish, pinned),
  };
}

function whenToAsk(wish: AptWish, pinned: boolean): DebianQuery['simulate'] {
  if (wish.state === 'absent' && wish.name?.length) return 'when-installed';
  const always = wish.state === 'latest' || wish.state === 'fixed' || pinned || wish.autoremove;
  return always || !wish.name?.length ? 'always' : 'when-missing';
}

/** True where the lists are asked for and older than they may be. */
function listsAreStale(wish: AptWish, state: DebianPackages): boolean {
  const wanted = wish.update_cache ?? (wish.cache_valid_time !== undefined && wish.cache_valid_time > 0);
  return wanted && state.now - state.listsTime >= (wish.cache_valid_time ?? 0);
}

/**
 * What is to be done. Packages that are as they should be need no fresh lists, so that a second run does nothing at all; `latest` and
 * `upgrade` do, and what comes of it is known only afterwards.
 */
export function planApt(wish: AptWish, state: DebianPackages): Change<AptData> | null {
  const operation = withKnownNames(wish, state);
  const stale = listsAreStale(wish, state);
  const data = { operation, steps: [], residues: [], listsTime: state.listsTime };
  const cleans = wish.clean || wish.autoclean;
  if (operation.length === 0) {
    if (!stale) return cleans ? { differences: [], data: { ...data, update: false } } : null;
    const difference = { label: 'package lists', before: age(state), after: 'fetched now' };
    return { differences: [difference], data: { ...data, update: true } };
  }
  if (isSatisfied(wish, state))
    return cleans ? { differences: [], data: { ...data, operation: [], update: false } } : null;
  const { steps, errors, risks } = state.simulation ?? { steps: [], errors: [], risks: [] };
  if (errors.length > 0 && !stale) throw aptRefused(operation, errors);
  const untold = risks.find((risk) => !PERMISSIONS[risk]?.some((parameter) => wish[parameter]));
  if (untold !== undefined) throw aptNeedsConsent(operation, untold, PERMISSIONS[untold]?.[0] ?? 'force');
  const open = stale && (wish.state === 'latest' || wish.upgrade !== 'no' || steps.length === 0);
  if (steps.length === 0 && !open && !cleans) return null;
  const known = steps.length > 0 || wish.state === 'latest' || wish.upgrade !== 'no';
  const differences = known ? steps.map(differenceOf) : namedDifferences(wish);
  const residues = steps.map(({ name }) => name).filter((name) => state.residues.has(name));
  return { differences, data: { ...data, steps, residues, update: stale } };
}

/** apt-get refuses to remove what it has never heard of. */
function withKnownNames(wish: AptWish, state: DebianPackages): readonly string[] {
  const operation = aptOperation(wish);
  if (wish.state !== 'absent') return operation;
  const known = (wish.name ?? [])
    .map((spec) => parseSpec(spec).name)
    .filter((name) => state.records.some((record) => record.name === name.replace(/:.*$/, '')));
  return [...operation, ...known];
}

/** What apt does only with a word of consent, and the parameters that give it. */
const PERMISSIONS: Readonly<Record<string, readonly (keyof AptWish)[]>> = {
  downgrade: ['allow_downgrade', 'force'],
  held: ['allow_change_held_packages', 'force'],
  essential: ['force'],
};

/** Whether the packages are as the task says, whatever apt might say to it. */
function isSatisfied(wish: AptWish, state: DebianPackages): boolean {
  if (wish.deb !== undefined) {
    return state.records.some(
      ({ name, version }) => name === state.file?.name && version === state.file.version,
    );
  }
  const specs = (wish.name ?? []).map(parseSpec);
  if (specs.length === 0 || wish.state === 'latest' || wish.state === 'fixed') return false;
  if (wish.autoremove && (state.simulation?.steps.length ?? 0) > 0) return false;
  return specs.every(({ name, version }) => {
    const [bare, architecture] = name.split(':');
    const records = state.records.filter(
      (record) =>
        record.name === bare && (architecture === undefined || record.architecture === architecture),
    );
    const installed = records.find(({ status }) => status === 'installed');
    if (wish.state === 'absent') {
      return !installed && !(wish.purge && records.some(({ status }) => status === 'config-files'));
    }
    if (!installed) return wish.only_upgrade || (version === undefined && state.provided.has(name));
    return version === undefined || patternOf(version).test(installed.version);
  });
}

/** A version with `*` and `?` in it, as apt-get takes them. */
function patternOf(version: string): RegExp {
  const source = version
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}

function differenceOf({ name, before, after }: AptStep): Difference {
  return { label: `package ${name}`, before, after };
}

/** Before the lists are fetched, nothing is known of the packages but their names. */
function namedDifferences(wish: AptWish): readonly Difference[] {
  return (wish.name ?? []).map((spec) => ({ label: `package ${spec}`, before: null, after: wish.state }));
}

function age(state: DebianPackages): string | null {
  return state.listsTime === 0 ? null : `${Math.max(0, state.now - state.listsTime)} seconds old`;
}
