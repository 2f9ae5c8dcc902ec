import type { Layer } from '../core/scope.ts';

/** A group as sources define it: what is directly in it. */
export interface GroupData {
  readonly hosts: readonly string[];
  readonly children: readonly string[];
  readonly vars: Layer;
  /** `ansible_group_priority`: of groups equally deep, the one with the higher number wins. */
  readonly priority: number;
}

/** Variables of one group or host from files: those beside the inventory, and those beside the playbook, which win. */
export interface FileLayers {
  readonly inventory: readonly Layer[];
  readonly playbook: readonly Layer[];
}

/** What an Inventory is made from. */
export interface InventoryData {
  readonly sources: readonly string[];
  /** Each host with its own variables from the sources, in order. */
  readonly hosts: ReadonlyMap<string, Layer>;
  /** Always holds `all` and `ungrouped`. */
  readonly groups: ReadonlyMap<string, GroupData>;
  readonly groupFiles: ReadonlyMap<string, FileLayers>;
  readonly hostFiles: ReadonlyMap<string, FileLayers>;
}

export const noFiles: FileLayers = { inventory: [], playbook: [] };
