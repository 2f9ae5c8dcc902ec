import type { HostRead } from '../../core/read.ts';
import { raw, sh } from '../../shell/sh.ts';
import { unexpectedOutput } from '../problems.ts';
import { parseRecords } from '../records.ts';

export interface VirtInstallState {
  /** Whether there is a domain of that name. */
  readonly exists: boolean;
  /** Whether the host has virt-install (and so virsh). */
  readonly installed: boolean;
}

/** What to know before a virtual machine is made. */
export function virtInstallState(name: string): HostRead<VirtInstallState> {
  return {
    kind: 'host',
    name: `virtual machine ${name}`,
    script: sh`
      LC_ALL=C; export LC_ALL
      if ! command -v virsh >/dev/null; then printf 'done=1\0'; exit 0; fi
      all=$(virsh -q -c qemu:///system list --all --name </dev/null) || exit 1
      if printf '%s\n' "$all" | grep -qxF -e ${name}; then printf 'exists=1\0'; fi
      if command -v virt-install >/dev/null; then printf 'installed=1\0'; fi
      printf 'done=1\0'`,
    parse: (output) => {
      const records = parseRecords(output.stdout);
      if (records.text('done') !== '1') throw unexpectedOutput('the virtual machines', output);
      return { exists: records.text('exists') === '1', installed: records.text('installed') === '1' };
    },
  };
}

/**
 * Those of the paths that exist. It only tells what is made, and decides nothing: a machine that was taken back is as it was although its
 * disk is kept, so that it never stands in the way.
 */
export function disksThere(paths: readonly string[]): HostRead<readonly string[]> {
  return {
    kind: 'host',
    name: 'disks of the virtual machine',
    script: sh`
      at=0
      for path in ${paths.length === 0 ? raw('') : paths}; do
        if [ -e "$path" ]; then printf 'at%s=1\0' $at; fi
        at=$((at + 1))
      done`,
    foresight: { foresee: (before) => before, certain: (value) => value, holds: () => sh`:` },
    parse: (output) => {
      const records = parseRecords(output.stdout);
      return paths.filter((_, index) => records.text(`at${index}`) === '1');
    },
  };
}
