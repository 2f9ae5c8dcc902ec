import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import type { HostRead } from '../../core/read.ts';
import { unexpectedOutput } from '../../facts/problems.ts';
import { parseRecords } from '../../facts/records.ts';
import { sh } from '../../shell/sh.ts';
import { unknownZone } from '../system-problems.ts';

interface ZoneState {
  /** What /etc/localtime leads to, below the zone files; '' where it is no link to one. */
  readonly zone: string;
  /** What /etc/timezone says; null where the host has no such file. */
  readonly named: string | null;
  readonly known: boolean;
}

function zoneState(name: string): HostRead<ZoneState> {
  return {
    kind: 'host',
    name: `time zone (${name})`,
    script: sh`
      target=$(readlink /etc/localtime)
      case $target in */zoneinfo/*) printf 'zone=%s\0' "\${target#*/zoneinfo/}";; *) printf 'zone=\0';; esac
      if [ -e /etc/timezone ]; then read -r named < /etc/timezone; printf 'named=%s\0' "$named"; fi
      if [ -f ${`/usr/share/zoneinfo/${name}`} ]; then printf 'known=1\0'; fi
      :`,
    parse: (output) => {
      const records = parseRecords(output.stdout);
      const zone = records.text('zone');
      if (zone === undefined) throw unexpectedOutput('the time zone', output);
      return { zone, named: records.text('named') ?? null, known: records.text('known') === '1' };
    },
  };
}

export const timezone = defineModule({
  name: 'timezone',
  summary: 'Set the time zone of the host.',
  params: z.strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/, { error: 'must be a time zone such as Europe/Berlin' })
      .describe('The zone: UTC, Europe/Berlin, Asia/Shanghai, …'),
  }),
  examples: [{ title: 'A zone', params: { name: 'Asia/Shanghai' } }],
  reads: ({ name }) => ({ now: zoneState(name) }),
  check: ({ name }, { now }, { pendingChanges }) => {
    if (now.zone === name && (now.named === null || now.named === name)) return null;
    if (!now.known && !pendingChanges) throw unknownZone(name);
    return { differences: [{ label: 'time zone', before: now.zone || null, after: name }], data: now };
  },
  apply: ({ data }, { name }) => setZone(name, data.named === null ? null : name),
  undo: ({ data }) => (data.zone === '' ? null : setZone(data.zone, data.named)),
  noUndo: '/etc/localtime was no link to a zone',
});

/** The link is replaced in one step, so that no program ever finds none. */
function setZone(zone: string, named: string | null) {
  return sh`
    ln -sfn ${`/usr/share/zoneinfo/${zone}`} /etc/.localtime.hostwright && mv -fT /etc/.localtime.hostwright /etc/localtime || exit 1
    ${named === null ? sh`:` : sh`printf '%s\n' ${named} > /etc/timezone`}`;
}
