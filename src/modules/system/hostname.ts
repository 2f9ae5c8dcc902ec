import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import type { HostRead } from '../../core/read.ts';
import { unexpectedOutput } from '../../facts/problems.ts';
import { parseRecords } from '../../facts/records.ts';
import { sh } from '../../shell/sh.ts';

interface HostNames {
  /** Of the running kernel. */
  readonly running: string;
  /** What /etc/hostname gives it at the next start; '' where there is none. */
  readonly kept: string;
}

const hostNames: HostRead<HostNames> = {
  kind: 'host',
  name: 'host name',
  subject: 'hostname',
  script: sh`
    running= kept=
    read -r running < /proc/sys/kernel/hostname
    if [ -e /etc/hostname ]; then
      while read -r line; do case $line in ''|'#'*) ;; *) kept=$line;; esac; done < /etc/hostname
    fi
    printf 'running=%s\0kept=%s\0' "$running" "$kept"`,
  parse: (output) => {
    const records = parseRecords(output.stdout);
    const running = records.text('running');
    if (running === undefined) throw unexpectedOutput('the host name', output);
    return { running, kept: records.text('kept') ?? '' };
  },
};

export const hostname = defineModule({
  name: 'hostname',
  summary: 'Set the name of the host, now and for every start.',
  params: z.strictObject({
    name: z
      .string()
      .regex(
        /^(?=.{1,64}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
        {
          error: 'must be a host name: letters, digits and dashes, parts separated by dots, at most 64',
        },
      )
      .describe('The name. /etc/hosts is left as it is.'),
  }),
  examples: [{ title: 'A name', params: { name: 'kvm1.example.net' } }],
  reads: () => ({ now: hostNames }),
  check: ({ name }, { now }) => {
    if (now.running === name && now.kept === name) return null;
    return {
      differences: [{ label: 'host name', before: { ...now }, after: { running: name, kept: name } }],
      data: now,
    };
  },
  expected: (_change, { name }) => ({ hostname: { running: name, kept: name } }),
  apply: (_change, { name }) => setName(name, name),
  undo: ({ data }) => setName(data.running, data.kept),
  result: ({ name }) => ({ name, ansible_facts: { hostname: name.split('.')[0], nodename: name } }),
});

/** hostnamectl tells who must know (NetworkManager, the journal); without a running systemd the kernel and the file are all there is. */
function setName(running: string, kept: string) {
  return sh`
    name=${running}
    if [ -d /run/systemd/system ] && [ "$name" = ${kept} ] && hostnamectl --no-ask-password set-hostname "$name" 2>/dev/null; then
      exit 0
    fi
    printf '%s\n' "$name" > /proc/sys/kernel/hostname || exit 1
    if [ -z ${kept} ]; then rm -f /etc/hostname
    else
      (umask 022; printf '%s\n' ${kept} > /etc/hostname) || exit 1
      if [ -e /etc/sysconfig/network ]; then sed -i ${`s/^HOSTNAME=.*/HOSTNAME=${kept}/`} /etc/sysconfig/network; fi
    fi`;
}
