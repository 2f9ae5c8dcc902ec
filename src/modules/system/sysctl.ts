import { z } from 'zod';
import type { Difference } from '../../core/change.ts';
import { defineModule } from '../../core/module.ts';
import { kernelParameter, parameterPath, plainValue } from '../../facts/kernel-parameter.ts';
import { sh } from '../../shell/sh.ts';
import { editedState, planEdit } from '../edit-file.ts';
import { applyFileSet, type FileSet, undoFileSet } from '../file-set.ts';
import { sequenceWithInputs } from '../many-inputs.ts';
import { flag, hostPath, text, withAliases } from '../params.ts';
import { unknownParameter } from '../system-problems.ts';

const object = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_./@:-]*$/, { error: 'must be the name of a kernel parameter' })
      .refine((name) => !name.split(/[./]/).includes(''), { error: 'must be the name of a kernel parameter' })
      .describe('The parameter, with dots or slashes: net.ipv4.ip_forward.'),
    value: text
      .refine((value) => !/[\r\n\0]/.test(value), { error: 'must be one line' })
      .optional()
      .describe('Its value.'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent takes it out of the file; the running kernel keeps it.'),
    sysctl_file: hostPath.default('/etc/sysctl.conf').describe('The file that keeps it over a restart.'),
    sysctl_set: flag.default(false).describe('Set it in the running kernel, also where reload is false.'),
    reload: flag.default(true).describe('Set it in the running kernel too.'),
    ignoreerrors: flag.default(false).describe('Say nothing where the kernel has no such parameter.'),
  })
  .refine((params) => params.state === 'absent' || params.value !== undefined, {
    error: 'is required with state: present',
    path: ['value'],
  });

type Params = z.output<typeof object>;

interface SysctlData {
  readonly file: FileSet | null;
  /** What the running kernel had; null where it is left as it is. */
  readonly running: string | null;
}

export const sysctl = defineModule({
  name: 'sysctl',
  summary: 'Set kernel parameters, now and for every start.',
  params: withAliases(object, { name: ['key'], value: ['val'] }),
  examples: [
    {
      title: 'Forward packets',
      params: { name: 'net.ipv4.ip_forward', value: 1, sysctl_file: '/etc/sysctl.d/90-kvm.conf' },
    },
  ],
  reads: (params) => ({ running: kernelParameter(params.name), file: editedState(editParams(params)) }),
  check: (params, { running, file }, view) => {
    const edit = planEdit(editParams(params), file, (before) => edited(before, params), view);
    const value = plainValue(params.value ?? '');
    const sets = params.state === 'present' && (params.reload || params.sysctl_set) && running !== value;
    if (sets && running === null && !params.ignoreerrors && !view.pendingChanges) {
      throw unknownParameter(params.name, parameterPath(params.name));
    }
    const differences: Difference[] = [...(edit?.differences ?? [])];
    if (sets && running !== null)
      differences.push({ label: `running ${params.name}`, before: running, after: value });
    if (differences.length === 0) return null;
    const data: SysctlData = { file: edit?.data ?? null, running: sets ? running : null };
    return { differences, data, ...(edit?.warnings?.length ? { warnings: edit.warnings } : {}) };
  },
  apply: ({ data }, params) =>
    sequenceWithInputs([
      ...(data.file ? [applyFileSet(data.file)] : []),
      ...(data.running === null ? [] : [setting(params.name, plainValue(params.value ?? ''))]),
    ]),
  undo: ({ data }, params) => {
    const file = data.file ? undoFileSet(data.file) : undefined;
    if (file === null) return null;
    return sequenceWithInputs([
      ...(file ? [file] : []),
      ...(data.running === null ? [] : [setting(params.name, data.running)]),
    ]);
  },
  noUndo: 'the file that was changed is too large to be kept',
});

function editParams({ sysctl_file, state }: Params) {
  return { path: sysctl_file, create: state === 'present', backup: false, unsafe_writes: false };
}

/** The last line that sets it is replaced, all others that do are removed; one that sets it so already stays as it is. */
function edited(before: string, { name, value, state }: Params): string {
  const lines = before === '' ? [] : before.replace(/\n$/, '').split('\n');
  const sets = (line: string) => {
    const match = /^\s*-?\s*([^#;=\s][^=\s]*)\s*=(.*)$/.exec(line);
    return match && parameterPath(match[1] ?? '') === parameterPath(name) ? match : null;
  };
  const last = lines.findLastIndex((line) => sets(line));
  const wanted = plainValue(value ?? '');
  const kept = lines.flatMap((line, index) => {
    const match = sets(line);
    if (!match) return [line];
    if (state === 'absent' || index !== last) return [];
    return [plainValue(match[2] ?? '') === wanted ? line : `${name}=${wanted}`];
  });
  if (state === 'present' && last < 0) kept.push(`${name}=${wanted}`);
  const text = kept.length === 0 ? '' : `${kept.join('\n')}\n`;
  return text.trimEnd() === before.trimEnd() ? before : text;
}

/** Written as the kernel takes it: no sysctl is needed on the host. */
function setting(name: string, value: string) {
  return sh`printf '%s\n' ${value} > ${parameterPath(name)}`;
}
