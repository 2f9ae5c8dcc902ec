import type { HostRead } from '../core/read.ts';
import { sh } from '../shell/sh.ts';

/**
 * The path below /proc/sys of a parameter. Whichever of `.` and `/` comes first separates, and the other is part of a name, as
 * sysctl(8) has it: `net.ipv4.conf.eth0/100.forwarding` and `net/ipv4/conf/eth0.100/forwarding` are the same.
 */
export function parameterPath(name: string): string {
  const slash = name.indexOf('/');
  const dot = name.indexOf('.');
  const dotted = dot >= 0 && (slash < 0 || dot < slash);
  return `/proc/sys/${dotted ? name.replace(/[./]/g, (mark) => (mark === '.' ? '/' : '.')) : name}`;
}

/** Its value now, blanks made single; null where the kernel has no such parameter. */
export function kernelParameter(name: string): HostRead<string | null> {
  const path = parameterPath(name);
  return {
    kind: 'host',
    name: `kernel parameter ${name}`,
    subject: `sysctl:${path}`,
    script: sh`if [ -e ${path} ]; then printf + && cat ${path}; fi`,
    parse: ({ stdout }) => {
      const text = new TextDecoder().decode(stdout);
      return text.startsWith('+') ? plainValue(text.slice(1)) : null;
    },
  };
}

/** Values of several numbers are separated by tabs or blanks, as one likes. */
export function plainValue(value: string): string {
  return value.trim().replace(/\s+/g, ' ');
}
