import { plainNames } from '../jinja/kinds.ts';
import { parseExpression } from '../jinja/parse.ts';
import { toCel } from '../jinja/to-cel.ts';
import { toHandlebars } from '../jinja/to-handlebars.ts';
import { Refusal } from '../jinja/tree.ts';

/**
 * The CEL spelling of a condition in Jinja; null where there is none, or nothing to change. Names that are tested with `is defined`
 * become `has(vars.name)`.
 */
export function suggestCel(jinja: string): string | null {
  const bare = /^\{\{(.*)\}\}$/s.exec(jinja.trim())?.[1] ?? jinja;
  return suggest(jinja, () => toCel(parseExpression(bare), plainNames));
}

/** What stands between `{{` and `}}` for a Jinja expression; null where there is no equivalent or nothing to change. */
export function suggestTemplate(jinja: string): string | null {
  return suggest(jinja, () => toHandlebars(parseExpression(jinja), plainNames));
}

function suggest(jinja: string, translate: () => string): string | null {
  try {
    const translated = translate();
    return translated === jinja.trim() ? null : translated;
  } catch (thrown) {
    if (thrown instanceof Refusal) return null;
    throw thrown;
  }
}
