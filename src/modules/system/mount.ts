import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { plainPath } from '../../facts/host-path.ts';
import { mountPoint } from '../../facts/mount-point.ts';
import { pathState } from '../../facts/path-state.ts';
import { fileFields } from '../file-change.ts';
import { applyMount, optionsOf, planMount, undoMount } from '../mount-plan.ts';
import { flag, hostPath, text, withAliases } from '../params.ts';

const params = withAliases(
  z
    .strictObject({
      path: z
        .string()
        .regex(/^(\/.*|none|swap)$/, { error: 'must be an absolute path (or none, for swap)' })
        .describe('The mount point.'),
      state: z
        .enum(['mounted', 'present', 'unmounted', 'absent', 'absent_from_fstab', 'remounted', 'ephemeral'])
        .describe(
          'mounted: now and at every start; present: only in fstab; unmounted: not now, fstab stays; absent: neither, and the directory goes; absent_from_fstab; remounted: mounted anew; ephemeral: now, and not in fstab.',
        ),
      src: text.optional().describe('Device, UUID=…, LABEL=…, host:/share or directory that is mounted.'),
      fstype: text.optional().describe('Type of the file system: ext4, xfs, nfs, none with bind.'),
      opts: text.optional().describe('Options, separated by commas. Default: defaults.'),
      dump: text.default('0').describe('Fifth field of fstab.'),
      passno: text.default('0').describe('Sixth field of fstab: in which turn it is checked at the start.'),
      fstab: hostPath.default('/etc/fstab').describe('The file.'),
      boot: flag.default(true).describe('False: noauto is added, so that it is not mounted at the start.'),
      backup: flag.default(false).describe('Keep the old fstab in the backup area; its path is backup_file.'),
    })
    .superRefine((values, context) => {
      const needed = ['mounted', 'present', 'ephemeral'].includes(values.state);
      for (const name of ['src', 'fstype'] as const) {
        if (needed && values[name] === undefined) {
          context.addIssue({
            code: 'custom',
            path: [name],
            message: `is required with state: ${values.state}`,
          });
        }
      }
    }),
  { path: ['name'] },
);

export const mount = defineModule({
  name: 'mount',
  summary: 'Mount file systems, now and at every start.',
  params,
  examples: [
    {
      title: 'A disk, now and at every start',
      params: { path: '/srv/images', src: 'LABEL=images', fstype: 'xfs', opts: 'noatime', state: 'mounted' },
    },
    { title: 'No longer', params: { path: '/srv/images', state: 'absent' } },
  ],
  reads: (values) => ({
    at: mountPoint(plainPath(values.path)),
    fstab: pathState(values.fstab, { content: true, sha256: true }),
  }),
  check: (values, reads, view) => planMount(values, reads, view),
  apply: ({ data }, values) => applyMount(data, values),
  proof: ({ data }, values, now) => {
    if (values.state !== 'remounted')
      return planMount(values, now, { checkMode: false, pendingChanges: false });
    if (now.at.mounted) return null;
    return { differences: [{ label: `mount of ${values.path}`, before: null, after: {} }], data };
  },
  undo: ({ data }, values) => undoMount(data, values),
  noUndo: 'fstab is too large to be kept.',
  result: (values, { values: { fstab }, change, output }) => ({
    name: values.path,
    path: values.path,
    ...(values.src === undefined ? {} : { src: values.src }),
    ...(values.fstype === undefined ? {} : { fstype: values.fstype }),
    opts: optionsOf(values),
    dump: values.dump,
    passno: values.passno,
    fstab: values.fstab,
    boot: values.boot,
    ...keptAs(fileFields(fstab, change?.data.fstab?.files[0] ?? null, output).backup_file),
  }),
});

function keptAs(file: string | undefined) {
  return file === undefined ? {} : { backup_file: file };
}
