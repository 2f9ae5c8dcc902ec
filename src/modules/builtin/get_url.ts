import { z } from 'zod';
import type { Change } from '../../core/change.ts';
import { defineModule, type Reads } from '../../core/module.ts';
import { joinPath } from '../../facts/host-path.ts';
import { pathState } from '../../facts/path-state.ts';
import { parseRecords } from '../../facts/records.ts';
import { checksumParam } from '../checksum-param.ts';
import { applyFile, type FileChange, fileFields, undoFile } from '../file-change.ts';
import { applyDownload, planDownload, sourceReads, targetOf, type UrlValues } from '../get-url-plan.ts';
import { httpParams, nameInUrl } from '../http-params.ts';
import { count, flag, hostPath, ownership, withAliases } from '../params.ts';

const object = z.strictObject({
  ...httpParams,
  timeout: count.default(10).describe('Seconds for the connection, and for any silence after it.'),
  dest: hostPath.describe('The file, or the directory that it goes into under the last name of the address.'),
  checksum: checksumParam
    .optional()
    .describe(
      'What the file must have: sha256:DIGEST, or sha256:ADDRESS of a list. A file that has it is not fetched again.',
    ),
  force: flag.default(false).describe('Fetch the file each time, whether it is newer or not.'),
  backup: flag.default(false).describe('Keep the old version in the backup area; its path is backup_file.'),
  tmp_dest: hostPath.optional().describe('Accepted; the new file is always made beside the old one.'),
  ...ownership,
  unsafe_writes: flag.default(false).describe('Write into the file where replacing it is refused.'),
});

const params = withAliases(object, { url_username: ['username'], url_password: ['password'] });

export const getUrl = defineModule({
  name: 'get_url',
  summary: 'Fetch a file from the web to the host.',
  params,
  examples: [
    {
      title: 'A file that is what it should be',
      params: {
        url: 'https://files.example.net/tool-1.2.tar.gz',
        dest: '/usr/local/src/',
        checksum: 'sha256:https://files.example.net/SHA256SUMS',
      },
    },
    {
      title: 'A key, fetched again when it is newer',
      params: { url: 'https://files.example.net/key.asc', dest: '/etc/apt/keyrings/files.asc', mode: '0644' },
    },
  ],
  reads: ({ dest, url, owner, group }): Reads => {
    const look = (path: string) => pathState(path, { sha256: true, owner, group });
    if (dest.endsWith('/')) return { at: look(joinPath(dest, nameInUrl(url))) };
    return { at: look(dest), inside: look(joinPath(dest, nameInUrl(url))) };
  },
  moreReads: (values, reads): Reads => sourceReads(values, targetOf(reads as unknown as UrlValues)),
  check: (values, reads, view): Change<FileChange> | null =>
    planDownload(values, reads as unknown as UrlValues, view),
  apply: ({ data }, values) => (data.write ? applyDownload(data, values) : applyFile(data)),
  proof: ({ data }, values, now) => {
    // An address may give something else each time; what arrived was checked when it was written.
    if (data.write && targetOf(now as unknown as UrlValues).exists) return null;
    return planDownload(values, now as unknown as UrlValues, { checkMode: false, pendingChanges: false });
  },
  undo: ({ data }) => undoFile(data),
  noUndo: 'The file that was replaced is larger than 256 MiB and was not kept.',
  result: (values, { values: reads, change, output }) => {
    const state = targetOf(reads as unknown as UrlValues);
    const records = output ? parseRecords(output.stdout.bytes) : undefined;
    const sum = records?.text('sha256');
    return {
      url: values.url,
      dest: state.path,
      ...fileFields(state, change?.data ?? null, output),
      ...(sum === undefined
        ? {}
        : { checksum_src: sum, checksum_dest: sum, status_code: Number(records?.text('code')) }),
      ...(sum === undefined && state.exists ? { checksum_dest: state.sha256 ?? undefined } : {}),
      ...(output ? { elapsed: Math.round(output.durationMs / 1000) } : {}),
      msg: change?.data.write
        ? output
          ? `OK (${records?.text('size')} bytes)`
          : 'would be fetched'
        : 'file already exists',
    };
  },
});
