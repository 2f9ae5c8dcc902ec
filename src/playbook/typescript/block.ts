import { callPosition } from '../../source/call-position.ts';
import { authored, placed } from './authored.ts';
import type { BlockKeywords } from './keywords.ts';
import {
  addNode,
  type Document,
  documentsOf,
  nodesOf,
  notifiedBy,
  type PlaybookNode,
  type Section,
} from './node.ts';
import { notifying } from './notify.ts';

export interface BlockOptions<Item> extends BlockKeywords<Item> {
  readonly tasks: Section;
  /** Runs where one of the tasks fails, which then counts as mended. */
  readonly rescue?: Section;
  /** Runs in any case. */
  readonly always?: Section;
}

/** Tasks that share keywords, with what to do where one fails. */
export function block<const Item = undefined>(name: string, options: BlockOptions<Item>): PlaybookNode {
  const position = callPosition(block, 'block');
  const { tasks, rescue, always, notify, ...keywords } = options;
  const sections = {
    block: nodesOf(tasks, position),
    rescue: nodesOf(rescue, position),
    always: nodesOf(always, position),
  };
  const { names, handlers } = notifying(notify, position);
  const written = Object.entries(sections).filter(([key, nodes]) => key === 'block' || nodes.length > 0);
  return addNode({
    document: placed(
      {
        name: authored(name, position),
        ...(authored(keywords, position) as Document),
        ...(names ? { notify: names } : {}),
        ...Object.fromEntries(
          written.map(([key, nodes]) => [key, placed([...documentsOf(nodes)], position)]),
        ),
      },
      position,
    ),
    position,
    notified: [...handlers, ...notifiedBy(Object.values(sections).flat())],
  });
}
