import { z } from 'zod';
import type { Change } from '../../core/change.ts';
import { defineModule, type Reads } from '../../core/module.ts';
import type { Script } from '../../core/script.ts';
import { type Crontab, crontab } from '../../facts/crontab.ts';
import { type PathState, pathState } from '../../facts/path-state.ts';
import { parseRecords } from '../../facts/records.ts';
import { sequence, sh, withInput } from '../../shell/sh.ts';
import { keepText } from '../backup-area.ts';
import { editCrontab, jobNames, variableNames, withoutHeader } from '../crontab-edit.ts';
import { editableText, planEdit } from '../edit-file.ts';
import { fileFields } from '../file-change.ts';
import { applyFileSet, type FileSet, undoFileSet } from '../file-set.ts';
import { bytesOf, encodeText } from '../file-text.ts';
import { flag, text, withAliases } from '../params.ts';
import { accountName } from '../system-params.ts';

const oneLine = text.refine((value) => !/[\r\n]/.test(value), { error: 'must be one line' });
const field = text.refine((value) => /^[^\s]+$/.test(value), {
  error: 'must be a field of a crontab: numbers, names, * , - / without blanks',
});

const params = withAliases(
  z
    .strictObject({
      name: oneLine
        .optional()
        .describe('What the job is known by: a comment above it. With env, the name of the variable.'),
      job: oneLine.optional().describe('The command; with env, the value of the variable.'),
      state: z.enum(['present', 'absent']).default('present').describe('Whether it shall be there.'),
      user: accountName
        .optional()
        .describe('Whose crontab, or in a cron_file who runs the job (default root).'),
      cron_file: z
        .string()
        .regex(/^(\/.+|[A-Za-z0-9_-]+)$/, {
          error:
            'must be a name without dots (in /etc/cron.d, where cron ignores others) or an absolute path',
        })
        .optional()
        .describe('A file of /etc/cron.d, or an absolute path, instead of the crontab of a user.'),
      minute: field.default('*').describe('Minute: 0 to 59, *, */5.'),
      hour: field.default('*').describe('Hour: 0 to 23.'),
      day: field.default('*').describe('Day of the month: 1 to 31.'),
      month: field.default('*').describe('Month: 1 to 12, or jan to dec.'),
      weekday: field.default('*').describe('Day of the week: 0 to 6, Sunday is 0, or sun to sat.'),
      special_time: z
        .enum(['reboot', 'yearly', 'annually', 'monthly', 'weekly', 'daily', 'hourly'])
        .optional()
        .describe('A name for the time, instead of its fields.'),
      disabled: flag.default(false).describe('Leave the job in as a comment.'),
      env: flag.default(false).describe('A variable of the crontab rather than a job.'),
      insertafter: text.optional().describe('With env: put a new one after this variable.'),
      insertbefore: text.optional().describe('With env: put a new one before this variable.'),
      backup: flag.default(false).describe('Keep the old version; its path is backup_file.'),
    })
    .superRefine((params, context) => {
      const issue = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [path], message });
      const removesFile = params.state === 'absent' && params.cron_file !== undefined;
      if (params.name === undefined && !removesFile) issue('name', 'is required');
      if (params.state === 'present' && params.job === undefined)
        issue('job', 'is required with state: present');
      const timed = [params.minute, params.hour, params.day, params.month, params.weekday].some(
        (part) => part !== '*',
      );
      if (params.special_time !== undefined && timed)
        issue('special_time', 'cannot be given together with minute, hour, day, month or weekday');
      if (params.env && params.name !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(params.name)) {
        issue('name', 'must be the name of a variable where env is true');
      }
      if (!params.env && (params.insertafter !== undefined || params.insertbefore !== undefined)) {
        issue(params.insertafter === undefined ? 'insertbefore' : 'insertafter', 'goes with env: true');
      }
    }),
  { job: ['value'], day: ['dom'], weekday: ['dow'] },
);

type Params = z.output<typeof params>;

/** A file as any other, or what `crontab` shall be given. */
type Plan =
  | { readonly file: FileSet }
  | { readonly removes: PathState & { exists: true } }
  | { readonly text: string; readonly before: Crontab };

export const cron = defineModule({
  name: 'cron',
  summary: 'Manage jobs and variables of crontabs.',
  params,
  examples: [
    {
      title: 'Every night',
      params: { name: 'back up', minute: '30', hour: '2', job: '/usr/local/sbin/back-up' },
    },
    {
      title: 'In a file of its own',
      params: {
        name: 'sweep',
        special_time: 'daily',
        user: 'www-data',
        job: 'sweep /srv',
        cron_file: 'sweep',
      },
    },
    { title: 'No longer', params: { name: 'back up', state: 'absent' } },
  ],
  reads: (values): Reads => {
    const path = filePath(values);
    return path === undefined
      ? { table: crontab(values.user) }
      : { file: pathState(path, { content: true, sha256: true }) };
  },
  check: (values, reads, view): Change<Plan> | null => {
    const file = reads.file as PathState | undefined;
    if (!file) return planTable(values, reads.table as Crontab);
    if (values.name === undefined) {
      if (!file.exists) return null;
      const before = editableText(file);
      return { differences: [{ label: file.realPath, before, after: null }], data: { removes: file } };
    }
    if (!file.exists && values.state === 'absent') return null;
    const edit = { path: file.path, create: true, backup: values.backup, unsafe_writes: false };
    const change = planEdit(edit, file, (before) => editCrontab(before, wishOf(values)), view);
    return change && { ...change, data: { file: change.data } };
  },
  apply: ({ data }, values) => {
    if ('file' in data) return applyFileSet(data.file);
    if ('removes' in data) return sh`rm -f -- ${data.removes.realPath}`;
    const kept = values.backup && data.before !== null;
    const installed = install(values, data.text);
    return kept
      ? sequence([
          keepText(`crontab.${values.user ?? 'user'}`, sh`crontab ${userWords(values)} -l`),
          installed,
        ])
      : installed;
  },
  undo: ({ data }, values) => {
    if ('file' in data) return undoFileSet(data.file);
    if ('removes' in data) {
      const { realPath, content, mode } = data.removes;
      const back = sh`(umask 077; cat > ${realPath} && chmod -- ${mode.toString(8)} ${realPath})`;
      return content === null ? null : withInput(back, content);
    }
    return data.before === null ? sh`crontab ${userWords(values)} -r` : install(values, data.before);
  },
  noUndo: 'The file that was changed is too large to be kept.',
  result: (values, { values: reads, change, output }) => {
    const file = (reads as { file?: PathState }).file;
    const before = file
      ? file.exists
        ? (editableText(file) ?? '')
        : ''
      : ((reads as { table?: Crontab }).table ?? '');
    const after = values.name === undefined ? '' : editCrontab(withoutHeader(before), wishOf(values));
    const said = output ? parseRecords(output.stdout.bytes).text('backup_file') : undefined;
    const set = change && 'file' in change.data ? change.data.file : undefined;
    return {
      jobs: jobNames(after),
      envs: variableNames(after),
      ...(file && set ? { cron_file: file.path, ...fileFields(file, set.files[0] ?? null, output) } : {}),
      ...(said === undefined ? {} : { backup_file: said }),
    };
  },
});

function filePath({ cron_file: file }: Params): string | undefined {
  if (file === undefined || file.startsWith('/')) return file;
  return `/etc/cron.d/${file}`;
}

function planTable(values: Params, before: Crontab): Change<Plan> | null {
  const now = withoutHeader(before ?? '');
  const text = editCrontab(now, wishOf(values));
  if (text === now) return null;
  const label = `crontab of ${values.user ?? 'the user'}`;
  return { differences: [{ label, before, after: text }], data: { text, before } };
}

function wishOf(values: Params) {
  const { name = '', insertafter: insertAfter, insertbefore: insertBefore } = values;
  const line =
    values.state === 'absent' ? null : encodeText(values.env ? `${name}="${values.job}"` : jobLine(values));
  return { name: encodeText(name), line, variable: values.env, insertAfter, insertBefore };
}

function jobLine(values: Params): string {
  const { minute, hour, day, month, weekday, special_time: special } = values;
  const time = special === undefined ? [minute, hour, day, month, weekday].join(' ') : `@${special}`;
  const who = values.cron_file === undefined ? [] : [values.user ?? 'root'];
  return `${values.disabled ? '#' : ''}${[time, ...who, values.job].join(' ')}`;
}

function userWords({ user }: Params): readonly string[] {
  return user === undefined ? [] : ['-u', user];
}

function install(values: Params, text: string): Script {
  return withInput(sh`crontab ${userWords(values)} -`, bytesOf(text));
}
