import type { Change, Difference } from '../core/change.ts';
import type { TaskView } from '../core/module.ts';
import type { Script } from '../core/script.ts';
import { plainPath } from '../facts/host-path.ts';
import type { MountPoint } from '../facts/mount-point.ts';
import type { PathState } from '../facts/path-state.ts';
import { sh } from '../shell/sh.ts';
import { editableText, planEdit } from './edit-file.ts';
import { applyFileSet, type FileSet, undoFileSet } from './file-set.ts';
import { encodeText } from './file-text.ts';
import { editFstab, type FstabEntry, findEntry } from './fstab-edit.ts';
import { sequenceWithInputs } from './many-inputs.ts';
import { notMounted, otherMounted } from './system-problems.ts';

export interface MountParams {
  readonly path: string;
  readonly state:
    | 'mounted'
    | 'present'
    | 'unmounted'
    | 'absent'
    | 'absent_from_fstab'
    | 'remounted'
    | 'ephemeral';
  readonly src?: string | undefined;
  readonly fstype?: string | undefined;
  readonly opts?: string | undefined;
  readonly dump: string;
  readonly passno: string;
  readonly fstab: string;
  readonly boot: boolean;
  readonly backup: boolean;
}

export interface MountChange {
  readonly fstab: FileSet | null;
  readonly action: 'mount' | 'remount' | 'unmount' | 'none';
  readonly makes: boolean;
  readonly at: MountPoint;
  readonly removes: boolean;
}

/** What is to be done about fstab and about what is mounted now. */
export function planMount(
  values: MountParams,
  { at, fstab }: { readonly at: MountPoint; readonly fstab: PathState },
  view: TaskView,
): Change<MountChange> | null {
  const entry = wantedEntry(values);
  const path = plainPath(values.path);
  const differences: Difference[] = [];
  const warnings: string[] = [];
  const edit = {
    path: values.fstab,
    create: entry !== null && entry !== undefined,
    backup: values.backup,
    unsafe_writes: false,
  };
  const plan =
    entry === undefined || (entry === null && !fstab.exists)
      ? null
      : planEdit(
          edit,
          fstab,
          (text) => editFstab(text, encodeText(path), values.src, entry && encoded(entry)),
          view,
        );
  if (plan) {
    differences.push(...plan.differences);
    warnings.push(...(plan.warnings ?? []));
  }
  const old = fstab.exists ? findEntry(editableText(fstab) ?? '', encodeText(path), values.src) : undefined;
  const { action, makes } = wantedAction(values, at, plan !== null && old !== undefined);
  if (action !== 'none') {
    differences.push({
      label: `mount of ${path}`,
      before: at.mounted && { source: at.mounted.source, fstype: at.mounted.fstype },
      after:
        action === 'unmount'
          ? null
          : {
              source: values.src ?? at.mounted?.source,
              fstype: values.fstype ?? at.mounted?.fstype,
              ...(action === 'remount' ? { remounted: true } : {}),
            },
    });
  }
  const removes = values.state === 'absent' && plan !== null && at.exists && at.realPath !== '/';
  if (removes) differences.push({ label: path, before: { state: 'directory' }, after: null });
  if (differences.length === 0) return null;
  return { differences, warnings, data: { fstab: plan?.data ?? null, action, makes, at, removes } };
}

export function applyMount(data: MountChange, values: MountParams): Script {
  const path = plainPath(values.path);
  const steps: Script[] = [];
  if (data.action === 'unmount') steps.push(sh`umount -- ${path}`);
  if (data.fstab) steps.push(applyFileSet(data.fstab));
  if (data.makes) steps.push(sh`mkdir -p -- ${path}`);
  if (data.action === 'mount') steps.push(mountNow(values, path));
  if (data.action === 'remount') {
    steps.push(sh`mount -o ${remountOptions(values)} -- ${path} || { umount -- ${path} && { ${mountNow(values, path)}
      }; }`);
  }
  // A directory with something in it is left to its owner.
  if (data.removes) steps.push(sh`rmdir -- ${path}`);
  return sequenceWithInputs(steps);
}

export function undoMount(data: MountChange, values: MountParams): Script | null {
  const path = plainPath(values.path);
  const steps: Script[] = [];
  if (data.action === 'mount') steps.push(sh`umount -- ${path}`);
  if (data.fstab) {
    const back = undoFileSet(data.fstab);
    if (!back) return null;
    steps.push(back);
  }
  if (data.makes) steps.push(sh`rmdir -- ${path}`);
  if (data.removes) steps.push(sh`mkdir -p -- ${path}`);
  if (data.action === 'unmount') steps.push(mountAgain(data, path));
  if (data.action === 'remount') steps.push(sh`mount -o remount -- ${path}`);
  return sequenceWithInputs(steps);
}

/** The line that fstab shall have; null: none; undefined: fstab is none of this task's business. */
function wantedEntry(values: MountParams): FstabEntry | null | undefined {
  if (values.state === 'absent' || values.state === 'absent_from_fstab') return null;
  if (values.state !== 'mounted' && values.state !== 'present') return undefined;
  const { src = '', fstype = '', dump, passno } = values;
  return { src, path: plainPath(values.path), fstype, opts: optionsOf(values), dump, passno };
}

function encoded(entry: FstabEntry): FstabEntry {
  return { ...entry, src: encodeText(entry.src), path: encodeText(entry.path), opts: encodeText(entry.opts) };
}

export function optionsOf({ opts = 'defaults', boot }: MountParams): string {
  return boot || opts.split(',').includes('noauto') ? opts : `${opts},noauto`;
}

function wantedAction(
  values: MountParams,
  at: MountPoint,
  entryChanges: boolean,
): { action: MountChange['action']; makes: boolean } {
  const { state, path, src = '' } = values;
  const makes = !at.exists;
  if (state === 'mounted') {
    if (!at.mounted) return { action: 'mount', makes };
    return { action: entryChanges ? 'remount' : 'none', makes: false };
  }
  if (state === 'ephemeral') {
    if (!at.mounted) return { action: 'mount', makes };
    // Device links and network names have several spellings; only what looks alike can be told to differ.
    if (src.startsWith('/dev/') === at.mounted.source.startsWith('/dev/') && !isSource(src, at.mounted))
      throw otherMounted(path, at.mounted.source, src);
    return { action: 'none', makes: false };
  }
  if (state === 'remounted') {
    if (!at.mounted) throw notMounted(path);
    return { action: 'remount', makes: false };
  }
  if ((state === 'unmounted' || state === 'absent') && at.mounted) return { action: 'unmount', makes: false };
  return { action: 'none', makes: false };
}

function isSource(src: string, mounted: NonNullable<MountPoint['mounted']>): boolean {
  return (
    src === mounted.source ||
    src === mounted.root ||
    mounted.source.startsWith('/dev/mapper') ||
    src.includes('/by-')
  );
}

/** What fstab says, or where that is another file or none, what the task says. */
function mountNow(values: MountParams, path: string): Script {
  const { state, fstab, src = '', fstype = '', opts = 'defaults' } = values;
  if (state === 'ephemeral') return sh`mount -t ${fstype} -o ${opts} -- ${src} ${path}`;
  return fstab === '/etc/fstab' ? sh`mount -- ${path}` : sh`mount -T ${fstab} -- ${path}`;
}

function remountOptions({ state, opts }: MountParams): string {
  return state === 'remounted' && opts !== undefined ? `remount,${opts}` : 'remount';
}

/** By fstab where it knows the place, else as it was. */
function mountAgain({ at }: MountChange, path: string): Script {
  const { source, fstype, root } = at.mounted ?? { source: '', fstype: '', root: '/' };
  if (root !== '/') return sh`mount -- ${path} 2>/dev/null || mount --bind -- ${root} ${path}`;
  return sh`mount -- ${path} 2>/dev/null || mount -t ${fstype} -- ${source} ${path}`;
}
