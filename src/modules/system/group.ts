import { z } from 'zod';
import type { Difference } from '../../core/change.ts';
import { defineModule } from '../../core/module.ts';
import { groupEntry } from '../../facts/user-account.ts';
import { raw, sh } from '../../shell/sh.ts';
import { count, flag } from '../params.ts';
import { accountName } from '../system-params.ts';

export const group = defineModule({
  name: 'group',
  summary: 'Make, change and remove groups of the host.',
  params: z.strictObject({
    name: accountName.describe('The group.'),
    state: z.enum(['present', 'absent']).default('present').describe('Whether it shall be there.'),
    gid: count.optional().describe('Its number. Default: the next that is free.'),
    system: flag
      .default(false)
      .describe('Take the number from those of the system, where the group is made.'),
    non_unique: flag.default(false).describe('Allow a number that another group has.'),
  }),
  examples: [{ title: 'A group of the system', params: { name: 'backup-readers', system: true } }],
  reads: (params) => ({ now: groupEntry(params.name) }),
  check: ({ name, state, gid }, { now }) => {
    const label = `group ${name}`;
    if (state === 'absent') {
      return now && { differences: [{ label, before: { gid: now.gid }, after: null }], data: now };
    }
    if (now && (gid === undefined || gid === now.gid)) return null;
    const after = gid === undefined ? {} : { gid };
    const difference: Difference = { label, before: now && { gid: now.gid }, after };
    return { differences: [difference], data: now };
  },
  expected: (_change, { name, state, gid }, { now }) => ({
    // Which number a new group gets is seen when it is there.
    [`group:${name}`]:
      state === 'absent' ? null : { name, gid: gid ?? now?.gid ?? -1, members: now?.members ?? [] },
  }),
  apply: ({ data }, params) => {
    const { name, state, gid } = params;
    if (state === 'absent') {
      return sh`if command -v groupdel >/dev/null; then groupdel ${name}; else delgroup ${name}; fi`;
    }
    const number = gid === undefined ? [] : ['-g', gid];
    const shared = params.non_unique ? ['-o'] : [];
    if (data) return sh`groupmod ${number} ${shared} ${name}`;
    return sh`
      if command -v groupadd >/dev/null; then groupadd ${params.system ? ['-r'] : []} ${number} ${shared} ${name}
      else addgroup ${raw(params.system ? '-S' : '')} ${number} ${name}
      fi`;
  },
  undo: ({ data }, { name, state }) => {
    if (state === 'present' && data) return sh`groupmod -o -g ${data.gid} ${name}`;
    if (state === 'present')
      return sh`if command -v groupdel >/dev/null; then groupdel ${name}; else delgroup ${name}; fi`;
    if (!data) return null;
    const members = data.members.join(',');
    return sh`groupadd -o -g ${data.gid} ${name} && gpasswd -M ${members} ${name} >/dev/null`;
  },
  result: ({ name, state, gid, system }, { values: { now } }) => ({
    name,
    state,
    gid: gid ?? now?.gid,
    system,
  }),
});
