import { z } from 'zod';
import type { Difference } from '../../core/change.ts';
import { defineModule } from '../../core/module.ts';
import type { HostRead } from '../../core/read.ts';
import { unexpectedOutput } from '../../facts/problems.ts';
import { parseRecords } from '../../facts/records.ts';
import { sequence, sh } from '../../shell/sh.ts';
import { splitWords } from '../command-words.ts';

interface KernelModule {
  readonly loaded: boolean;
  /** Files that load it at every start. */
  readonly files: readonly string[];
}

/** The kernel writes names with `_`, people with either. */
function kernelModule(name: string): HostRead<KernelModule> {
  const plain = name.replaceAll('-', '_');
  const pattern = `^[[:space:]]*${plain.replaceAll('_', '[_-]').replaceAll('.', '[.]')}([[:space:]]|$)`;
  return {
    kind: 'host',
    name: `kernel module ${name}`,
    subject: `kernel-module:${plain}`,
    script: sh`
      loaded=no
      if [ -d ${`/sys/module/${plain}`} ] || grep -qs ${`/${plain}[.]ko`} "/lib/modules/$(uname -r)/modules.builtin"; then loaded=yes; fi
      # /etc/modules-load.d/modules.conf is often a link to /etc/modules, which sed -i would put a file in place of.
      files=$(grep -lsE ${pattern} /etc/modules /etc/modules-load.d/*.conf | while read -r file; do readlink -f "$file"; done | sort -u)
      printf 'loaded=%s\0files=%s\0' "$loaded" "$files"`,
    parse: (output) => {
      const records = parseRecords(output.stdout);
      const loaded = records.text('loaded');
      if (loaded === undefined) throw unexpectedOutput(`the kernel module ${name}`, output);
      const files = (records.text('files') ?? '').split('\n').filter((line) => line !== '');
      return { loaded: loaded === 'yes', files };
    },
  };
}

export const modprobe = defineModule({
  name: 'modprobe',
  summary: 'Load and unload kernel modules, now and for every start.',
  params: z.strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, { error: 'must be the name of a kernel module' })
      .describe('The kernel module.'),
    state: z.enum(['present', 'absent']).default('present').describe('Whether it shall be loaded.'),
    params: z
      .string()
      .regex(/^[^\r\n]*$/, { error: 'must be one line' })
      .default('')
      .describe('Parameters for loading it; a module that is loaded keeps those it has.'),
    persistent: z
      .enum(['disabled', 'present', 'absent'])
      .default('disabled')
      .describe(
        'present: load it at every start (/etc/modules-load.d); absent: do not; disabled: leave that alone.',
      ),
  }),
  examples: [
    { title: 'Bridges that meet the firewall', params: { name: 'br_netfilter', persistent: 'present' } },
  ],
  reads: ({ name }) => ({ now: kernelModule(name) }),
  check: ({ name, state, persistent }, { now }) => {
    const differences: Difference[] = [];
    const wanted = state === 'present';
    const word = (loaded: boolean) => (loaded ? 'loaded' : 'not loaded');
    if (now.loaded !== wanted) {
      differences.push({ label: `kernel module ${name}`, before: word(now.loaded), after: word(wanted) });
    }
    const kept = now.files.length > 0;
    if (persistent !== 'disabled' && kept !== (persistent === 'present')) {
      differences.push({ label: `kernel module ${name} at start`, before: word(kept), after: word(!kept) });
    }
    return differences.length === 0 ? null : { differences, data: now };
  },
  apply: ({ data }, { name, state, params, persistent }) => {
    const steps = [];
    if (state === 'present' && !data.loaded) steps.push(sh`modprobe -- ${name} ${splitWords(params)}`);
    if (state === 'absent' && data.loaded) steps.push(sh`modprobe -r -- ${name}`);
    if (persistent === 'present' && data.files.length === 0) {
      steps.push(sh`(umask 022; mkdir -p /etc/modules-load.d && printf '%s\n' ${name} > ${fileOf(name)})`);
      if (params !== '') {
        steps.push(
          sh`(umask 022; printf 'options %s %s\n' ${name} ${params} > ${`/etc/modprobe.d/hostwright-${name}.conf`})`,
        );
      }
    }
    if (persistent === 'absent' && data.files.length > 0) steps.push(withoutLines(name, data.files));
    return sequence(steps);
  },
  undo: ({ data }, { name, state, persistent }) => {
    const steps = [];
    if (state === 'present' && !data.loaded) steps.push(sh`modprobe -r -- ${name}`);
    if (state === 'absent' && data.loaded) steps.push(sh`modprobe -- ${name}`);
    if (persistent === 'present' && data.files.length === 0) {
      steps.push(sh`rm -f ${fileOf(name)} ${`/etc/modprobe.d/hostwright-${name}.conf`}`);
    }
    if (persistent === 'absent' && data.files.length > 0) {
      steps.push(sh`sed -i ${`s/^#hostwright# \\(${pattern(name)}\\)/\\1/`} ${data.files}`);
    }
    return sequence(steps);
  },
});

function fileOf(name: string): string {
  return `/etc/modules-load.d/${name}.conf`;
}

function pattern(name: string): string {
  return name.replaceAll('.', '[.]').replace(/[-_]/g, '[_-]');
}

/** Commented out rather than deleted, so that undo can bring back what else stands on the line. */
function withoutLines(name: string, files: readonly string[]) {
  return sh`sed -i ${`s/^[[:space:]]*${pattern(name)}\\([[:space:]]\\|$\\)/#hostwright# &/`} ${files}`;
}
