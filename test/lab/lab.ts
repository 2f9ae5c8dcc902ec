import { type Host, type HostOptions, startHost } from './host.ts';
import { formatInventory, type InventoryOptions } from './inventory.ts';
import { type LabRun, openRun } from './lab-run.ts';
import type { Lan } from './lan.ts';

let current: LabRun | undefined;

function labRun(): LabRun {
  current ??= openRun();
  return current;
}

/**
 * Real hosts for a test. The first use opens a run; when the test file's process ends, in whatever way, everything
 * is taken down. docs/lab.md says more.
 */
export const lab = {
  /** Boots a host; ready (ssh answers, systemd says `running`) when the promise resolves. Several at once are fine. */
  host: (options: HostOptions = {}): Promise<Host> => startHost(labRun(), options),
  /** The office network. */
  get lan(): Lan {
    return labRun().lan;
  },
  /** A directory of this run for a test's own files; goes with the run. */
  get directory(): string {
    return labRun().directory;
  },
  /** The number that every bridge, card, namespace and process group of this run is named after. */
  get number(): number {
    return labRun().number;
  },
  inventory: (hosts: Host[], options?: InventoryOptions): string => formatInventory(hosts, options),
  /** Takes everything down now. */
  async down(): Promise<void> {
    const ending = current;
    current = undefined;
    await ending?.down();
  },
};

export { type Backend, backends } from './backends.ts';
export type { Guest, GuestOptions } from './guest.ts';
export type { Account, Host, HostOptions } from './host.ts';
