import type { Document } from './node.ts';

/** A use of what a role's directory would hold, written in TypeScript. Stands where a role's name does. */
export class WrittenRole {
  readonly content: {
    readonly name: string;
    readonly directory: string;
    readonly file: string;
    readonly inputs: unknown;
    readonly defaults: Document;
    readonly vars: Document;
    readonly tasks: readonly Document[];
    readonly handlers: readonly Document[];
  };

  /** For the role's inputs. Apart from the keywords of the use, which may have the same names. */
  readonly values: Document;

  constructor(content: WrittenRole['content'], values: Document) {
    this.content = content;
    this.values = values;
  }
}
