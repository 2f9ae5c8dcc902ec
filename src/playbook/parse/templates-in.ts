import { Computed } from '../../core/computed.ts';
import { Template } from '../../core/template.ts';

/** Keywords and parameters that hold conditions: braces in them are a mistake that is told as such, not a template. */
const CONDITION_KEYS = new Set(['when', 'until', 'changed_when', 'failed_when', 'break_when', 'that']);

/** All templates in a parsed document, but for those that stand where conditions are expected. */
export function templatesIn(document: unknown): readonly Template[] {
  const found: Template[] = [];
  const visited = new Set<object>();
  const visit = (value: unknown): void => {
    if (value instanceof Computed) return;
    if (value instanceof Template) found.push(value);
    else if (typeof value === 'object' && value !== null && !visited.has(value)) {
      visited.add(value);
      for (const [key, entry] of Object.entries(value)) if (!CONDITION_KEYS.has(key)) visit(entry);
    }
  };
  visit(document);
  return found;
}
