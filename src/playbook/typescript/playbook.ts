import type { SourcePosition } from '../../core/position.ts';
import { callPosition } from '../../source/call-position.ts';
import { placed } from './authored.ts';
import { inputsDocument } from './inputs.ts';
import type { Document } from './node.ts';
import type { Play } from './play.ts';

export interface PlaybookOptions {
  readonly name?: string;
  /** For people: shown by `hostwright run PLAYBOOK --help`. */
  readonly description?: string;
  /** From `defineInputs`. */
  readonly inputs?: object;
  readonly plays: readonly Play[];
}

/** A playbook: the default export of its file. */
export interface Playbook {
  readonly document: Document;
}

const playbooks = new WeakSet<object>();

export function isPlaybook(value: unknown): value is Playbook {
  return typeof value === 'object' && value !== null && playbooks.has(value);
}

/** Plays with a name and inputs: `export default definePlaybook({ … })`. */
export function definePlaybook(options: PlaybookOptions): Playbook {
  const position: SourcePosition | undefined = callPosition(definePlaybook, 'definePlaybook');
  const { name, description, inputs, plays } = options;
  const playbook = {
    document: placed(
      {
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
        ...(inputs === undefined ? {} : { inputs: inputsDocument(inputs) }),
        plays: placed(
          plays.map((one) => one.document),
          position,
        ),
      },
      position,
    ),
  };
  playbooks.add(playbook);
  return playbook;
}
