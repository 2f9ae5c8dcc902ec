import path from 'node:path';
import type { Layer, Scope } from '../core/scope.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Expressions } from '../playbook/expressions.ts';
import { isLateLoop, type LateLoop, oldLoop } from '../playbook/old-loops.ts';
import { searchPaths } from '../playbook/search-paths.ts';
import type { LoopControl, LoopKeywords, Node } from '../playbook/tree.ts';
import { filesMatching, firstFound } from './loop-files.ts';
import { chosenItem, hostsMatching, linesOfCommands } from './loop-late.ts';
import { problems } from './problems.ts';

/** One round of a loop. */
export interface LoopItem {
  readonly value: unknown;
  /** What people see instead of the value (loop_control.label). */
  readonly label: unknown;
  /** loop_var, index_var and ansible_loop. */
  readonly names: Layer;
}

type LoopingNode = LoopKeywords &
  Pick<Node, 'origin' | 'position'> & { readonly module?: string; readonly what?: string };

/** The part of a run that its loops ask. */
interface Around {
  readonly expressions: Expressions;
  readonly inventory: Pick<Inventory, 'select'>;
}

/** The rounds of a task's or include's loop; throws where it is not a list. */
export function expandLoop(
  { expressions, inventory }: Around,
  node: LoopingNode,
  scope: Scope,
): readonly LoopItem[] {
  const value = expressions.resolve(node.loop, scope);
  const list =
    node.loopForm === undefined ? value : oldItems(node.loopForm, value, { node, scope, inventory });
  if (!Array.isArray(list)) throw problems.notList('loop', list, node.position);
  const items = node.flattenLoop ? list.flat() : list;
  return items.map((value, index) => {
    const names = itemNames(node.loopControl, items, index);
    return { value, names, label: labelOf(expressions, node.loopControl, names, scope) };
  });
}

interface Asked {
  readonly node: LoopingNode;
  readonly scope: Scope;
  readonly inventory: Pick<Inventory, 'select'>;
}

/** The items of one of Ansible's older loops. */
function oldItems(form: string, value: unknown, asked: Asked): readonly unknown[] {
  if (isLateLoop(form)) return lateItems(form, value, asked);
  const known = oldLoop(form);
  const items = known?.translate(value);
  if (!items)
    throw problems.oldLoop(form, value, known?.instead ?? 'Write loop: with a list.', asked.node.position);
  return items;
}

function lateItems(form: LateLoop, value: unknown, { node, scope, inventory }: Asked): readonly unknown[] {
  const { position } = node;
  const directories = () => searchPaths(node.origin, kindOfFiles(node));
  switch (form) {
    case 'with_fileglob':
      return filesMatching(value, directories());
    case 'with_first_found':
      return firstFound(value, directories(), position);
    case 'with_lines':
      return linesOfCommands(value, path.dirname(node.origin.file), position);
    case 'with_random_choice': {
      const { playbookDirectory, file } = node.origin;
      const place = path.relative(playbookDirectory, file);
      return chosenItem(value, `${scope.get('inventory_hostname')} ${place} ${position?.line}`);
    }
    case 'with_inventory_hostnames':
      return hostsMatching(value, inventory);
  }
}

/** Where Ansible looks for what a task names: an include's tasks, a template's templates. */
function kindOfFiles({ module, what }: { readonly module?: string; readonly what?: string }) {
  if (what === 'tasks') return 'tasks';
  if (module === 'template') return 'templates';
  return module === 'include_vars' ? 'vars' : 'files';
}

function labelOf(expressions: Expressions, control: LoopControl, names: Layer, scope: Scope): unknown {
  if (control.label === undefined) return undefined;
  const inner: Scope = {
    has: (name) => Object.hasOwn(names, name) || scope.has(name),
    get: (name) => (Object.hasOwn(names, name) ? names[name] : scope.get(name)),
    names: () => [...Object.keys(names), ...scope.names()],
  };
  return expressions.resolve(control.label, inner);
}

function itemNames(control: LoopControl, list: readonly unknown[], index: number): Layer {
  const last = list.length - 1;
  return {
    [control.loopVar]: list[index],
    ansible_loop_var: control.loopVar,
    ...(control.indexVar === undefined
      ? {}
      : { [control.indexVar]: index, ansible_index_var: control.indexVar }),
    ...(control.extended
      ? {
          ansible_loop: {
            allitems: list,
            index: index + 1,
            index0: index,
            revindex: list.length - index,
            revindex0: last - index,
            first: index === 0,
            last: index === last,
            length: list.length,
            ...(index > 0 ? { previtem: list[index - 1] } : {}),
            ...(index < last ? { nextitem: list[index + 1] } : {}),
          },
        }
      : {}),
  };
}
