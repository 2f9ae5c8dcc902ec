import type { SourcePosition } from './position.ts';

/**
 * Text with `{{ … }}` in it, as it stood in a file that a person wrote.
 *
 * Only the loaders of playbooks, inventories and variable files (and `-e`) make one. What comes from a host is always a plain string and
 * so can never be rendered as a template: that remote data is not executed holds by type, not by discipline.
 */
export class Template {
  readonly source: string;
  readonly position: SourcePosition | undefined;

  constructor(source: string, position?: SourcePosition) {
    this.source = source;
    this.position = position;
  }

  toString(): string {
    return this.source;
  }
}

/** True where the text would be rendered rather than taken as it is. */
export function looksLikeTemplate(text: string): boolean {
  return text.includes('{{');
}
