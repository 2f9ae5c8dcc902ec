import type { SourcePosition } from '../core/position.ts';
import type { Layer } from '../core/scope.ts';
import type { GroupData, InventoryData } from './data.ts';
import { expandRanges, readGroupName, readHostName } from './names.ts';
import * as problems from './problems.ts';

interface DraftGroup {
  readonly hosts: Set<string>;
  /** Child groups, each with the place where it was named. */
  readonly children: Map<string, SourcePosition | undefined>;
  vars: Layer;
  priority: number;
}

/** Hosts and groups while sources are read, one after the other; what comes later adds to what is there. */
export interface Draft {
  /** Adds hosts (a name, or a range of them) to a group; gives their names. */
  readonly addHosts: (
    pattern: string,
    group: string,
    vars: Layer,
    position?: SourcePosition,
  ) => readonly string[];
  /** Adds a host that is there already to a group. */
  readonly addMember: (group: string, host: string, position?: SourcePosition) => void;
  readonly setHostVariables: (host: string, vars: Layer) => void;
  readonly addGroup: (name: string, position?: SourcePosition) => void;
  readonly addChild: (group: string, child: string, position?: SourcePosition) => void;
  readonly setGroupVariables: (group: string, vars: Layer, position?: SourcePosition) => void;
  readonly hasGroup: (name: string) => boolean;
  readonly hasHost: (name: string) => boolean;
  readonly groupNames: () => readonly string[];
  /** Checks that no group contains itself. */
  readonly finish: () => Omit<InventoryData, 'sources' | 'groupFiles' | 'hostFiles'>;
}

export function createDraft(): Draft {
  const hosts = new Map<string, Layer>();
  const groups = new Map<string, DraftGroup>();

  const group = (name: string, position?: SourcePosition): DraftGroup => {
    const known = groups.get(name);
    if (known) return known;
    const made: DraftGroup = { hosts: new Set(), children: new Map(), vars: {}, priority: 1 };
    groups.set(readGroupName(name, position), made);
    return made;
  };

  const setHostVariables = (host: string, vars: Layer) => {
    hosts.set(host, { ...hosts.get(host), ...vars });
  };

  return {
    addHosts: (pattern, name, vars, position) => {
      const target = group(name, position);
      return expandRanges(pattern, position).map((text) => {
        const host = readHostName(text, position);
        setHostVariables(host.name, { ...(host.port !== undefined && { ansible_port: host.port }), ...vars });
        target.hosts.add(host.name);
        return host.name;
      });
    },
    addMember: (name, host, position) => void group(name, position).hosts.add(host),
    setHostVariables,
    addGroup: (name, position) => void group(name, position),
    addChild: (name, child, position) => {
      group(child, position);
      group(name, position).children.set(child, position);
    },
    setGroupVariables: (name, vars, position) => {
      const target = group(name, position);
      const { ansible_group_priority: priority, ...others } = vars;
      target.vars = { ...target.vars, ...others };
      if (priority !== undefined) target.priority = readPriority(name, priority, position);
    },
    hasGroup: (name) => groups.has(name),
    hasHost: (name) => hosts.has(name),
    groupNames: () => [...groups.keys()],
    finish: () => {
      for (const name of ['all', 'ungrouped']) group(name);
      rejectCycles(groups);
      const finished = new Map<string, GroupData>();
      for (const [name, one] of groups)
        finished.set(name, {
          hosts: [...one.hosts],
          children: [...one.children.keys()],
          vars: one.vars,
          priority: one.priority,
        });
      return { hosts, groups: finished };
    },
  };
}

function readPriority(group: string, value: unknown, position: SourcePosition | undefined): number {
  const priority = typeof value === 'string' && /^[-+]?\d+$/.test(value.trim()) ? Number(value) : value;
  if (typeof priority !== 'number' || !Number.isInteger(priority))
    throw problems.badPriority(position, group, typeof value === 'string' ? value : typeof value);
  return priority;
}

function rejectCycles(groups: ReadonlyMap<string, DraftGroup>): void {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[], position: SourcePosition | undefined) => {
    const start = path.indexOf(name);
    if (start >= 0) throw problems.groupCycle(position, [...path.slice(start), name]);
    if (done.has(name)) return;
    for (const [child, place] of groups.get(name)?.children ?? []) {
      // Everything is below `all`, so whoever names it as a child has made a circle.
      if (child === 'all') throw problems.groupCycle(place, ['all', name, 'all']);
      visit(child, [...path, name], place);
    }
    done.add(name);
  };
  for (const name of groups.keys()) visit(name, [], undefined);
}
