import type { SourcePosition } from './position.ts';
import { Template } from './template.ts';

/** The names in scope, as a function of a playbook gets them. */
export type Names = Readonly<Record<string, unknown>>;

/**
 * A value that a function in a TypeScript playbook works out when it is used: it stands wherever a Template may, and is as lazy. Only the
 * loader of TypeScript playbooks makes one, of functions that the playbook itself holds; what comes from a host can never be one.
 */
export class Computed extends Template {
  readonly compute: (names: Names) => unknown;

  constructor(compute: (names: Names) => unknown, position?: SourcePosition) {
    super('a function', position);
    this.compute = compute;
  }
}
