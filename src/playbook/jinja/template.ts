import { type Chunk, chunksOf } from './chunks.ts';
import type { Names } from './kinds.ts';
import { parseExpression, parseForHead } from './parse.ts';
import { toArgument, toCondition, toHandlebars } from './to-handlebars.ts';
import { type Expression, Refusal } from './tree.ts';
import { createWhitespace } from './whitespace.ts';

/** What could not be translated, and why. */
export interface Untranslated {
  /** Offset in the original. */
  readonly at: number;
  readonly reason: string;
}

export interface TranslatedTemplate {
  readonly text: string;
  readonly untranslated: readonly Untranslated[];
}

export interface TemplateOptions {
  /** `{{{ x }}}` instead of `{{ x }}`, where values would be escaped. */
  readonly unescaped?: boolean;
  /** Puts a comment with the reason behind what stays as it was. */
  readonly comments?: boolean;
  /** True for files: a line end after a statement is taken away, as Ansible does. */
  readonly trimBlocks?: boolean;
}

/** A block that is open. */
interface Open {
  readonly kind: 'if' | 'for' | 'block' | 'other';
  readonly close: string;
  readonly names: Names;
  /** In a loop with a condition: another block to close. */
  readonly extra?: string;
}

/** A template of Jinja in Handlebars. What has no counterpart stays as it is and is listed. */
export function translateTemplate(
  source: string,
  names: Names,
  options: TemplateOptions = {},
): TranslatedTemplate {
  const chunks = chunksOf(source);
  if (!chunks)
    return { text: source, untranslated: [{ at: 0, reason: 'braces are opened and never closed' }] };
  const untranslated: Untranslated[] = [];
  const output = createWhitespace(options.trimBlocks ?? false);
  const open: Open[] = [];
  const settings = settingsOf(chunks);
  const aliases = new Map<string, Expression>();
  const scope = (): Names => {
    const inner = open.at(-1)?.names ?? names;
    return { ...inner, replace: (name) => inner.replace(name) ?? aliases.get(name) };
  };

  const refuse = (chunk: Chunk, reason: string) => {
    untranslated.push({ at: chunk.at, reason });
    const comment = options.comments ? `{{!-- hostwright: ${reason.replaceAll('--', '-')} --}}` : '';
    output.text(chunk.whole + comment);
  };
  const attempt = (chunk: Chunk, step: () => void) => {
    try {
      step();
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      // A block whose beginning stays Jinja has an end that stays Jinja too.
      if (/^(if|for)\b/.test(chunk.inner))
        open.push({ kind: 'other', close: chunk.inner.slice(0, 3), names: scope() });
      refuse(chunk, thrown.reason);
    }
  };

  const print = (chunk: Chunk) => {
    const node = parseExpression(chunk.inner);
    if (node.kind === 'text') {
      output.text(literal(node.value));
      return;
    }
    const written = toHandlebars(node, scope());
    const asText = /^(["'])([\s\S]*)\1$/.exec(written);
    if (asText && !/["']/.test(asText[2] ?? '')) output.text(literal(asText[2] ?? ''));
    else output.expression(options.unescaped ? `{{{ ${written} }}}` : `{{ ${written} }}`);
  };

  const beginFor = (head: string) => {
    const { names: targets, over, condition } = parseForHead(head);
    const outer = scope();
    const isPairs = over.kind === 'call' && over.of.kind === 'field' && over.of.name === 'items';
    const list = isPairs && over.of.kind === 'field' ? over.of.of : over;
    if (targets.length > 2 || (targets.length === 2 && !isPairs))
      throw new Refusal('a loop that takes its items apart has no counterpart');
    const isEntries = targets.length === 2;
    const written = toArgument(isPairs && !isEntries ? over : list, outer);
    const inner = loopNames(outer, targets, list);
    const words = isEntries ? targets.toReversed() : targets;
    const filtered = condition ? `{{#if ${toCondition(condition, inner)}}}` : '';
    output.block(`{{#each ${written} as |${words.join(' ')}|}}${filtered}`, filtered !== '');
    open.push({ kind: 'for', close: '{{/each}}', names: inner, ...(condition ? { extra: '{{/if}}' } : {}) });
  };

  const statement = (chunk: Chunk) => {
    const [, word = '', rest = ''] = /^(\w+)\s*([\s\S]*)$/.exec(chunk.inner) ?? [];
    const current = open.at(-1);
    const isForeign = current?.kind === 'other';
    switch (word) {
      case 'if':
        output.block(`{{#if ${toCondition(parseExpression(rest), scope())}}}`);
        open.push({ kind: 'if', close: '{{/if}}', names: scope() });
        return;
      case 'elif':
        if (current?.kind !== 'if') throw new Refusal('this elif belongs to nothing that is translated');
        output.block(`{{else if ${toCondition(parseExpression(rest), scope())}}}`);
        return;
      case 'else':
        if (!current || isForeign || current.kind === 'block' || current.extra)
          throw new Refusal('this else belongs to nothing that is translated');
        output.block('{{else}}');
        return;
      case 'for':
        beginFor(rest);
        return;
      case 'endif':
      case 'endfor': {
        const closed = open.pop();
        if (!closed || closed.kind !== (word === 'endif' ? 'if' : 'for'))
          throw new Refusal('this belongs to a statement that is not translated');
        output.block(`${closed.extra ?? ''}${closed.close}`, closed.extra !== undefined);
        return;
      }
      case 'block':
        // A template that others may extend: its own text is what stands between.
        output.block('');
        open.push({ kind: 'block', close: '', names: scope() });
        return;
      case 'endblock':
        if (current?.kind !== 'block')
          throw new Refusal('this belongs to a statement that is not translated');
        open.pop();
        output.block('');
        return;
      case 'set': {
        const [, name = '', value = ''] = /^([A-Za-z_]\w*)\s*=(?!=)\s*([\s\S]*)$/.exec(rest) ?? [];
        if (name === '' || open.length > 0 || settings.get(name) !== 1)
          throw new Refusal('a name that is set here has no counterpart; put it among the variables');
        const node = parseExpression(value);
        // Refuses now what would refuse wherever the name is used.
        toArgument(node, scope());
        aliases.set(name, node);
        output.block('');
        return;
      }
      default:
        throw new Refusal(`the statement ${word} has no counterpart`);
    }
  };

  for (const chunk of chunks) {
    if (chunk.stripBefore) output.stripBefore();
    if (chunk.kind === 'text') output.source(escapeText(chunk.inner));
    else if (chunk.kind === 'raw') output.text(literal(chunk.inner));
    else if (chunk.kind === 'comment') output.block(`{{!-- ${chunk.inner.replaceAll('--', '- -')} --}}`);
    else attempt(chunk, () => (chunk.kind === 'output' ? print(chunk) : statement(chunk)));
    if (chunk.stripAfter) output.stripAfter();
  }
  for (const left of open)
    if (left.kind !== 'other') untranslated.push({ at: source.length, reason: 'a block is never closed' });
  return { text: output.result(), untranslated };
}

/** How often each name is set. */
function settingsOf(chunks: readonly Chunk[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { kind, inner } of chunks) {
    const name = kind === 'statement' ? /^set\s+([A-Za-z_]\w*)/.exec(inner)?.[1] : undefined;
    if (name !== undefined) found.set(name, (found.get(name) ?? 0) + 1);
  }
  return found;
}

/** Text that Handlebars must take as it is. */
function literal(text: string): string {
  return /\{\{/.test(text) ? `{{{{raw}}}}${text}{{{{/raw}}}}` : text;
}

/** A backslash before braces would be an escape. */
function escapeText(text: string): string {
  return text.replace(/\\$/, '\\\\');
}

/** Inside a loop: its variables by their names, everything else below @root, and what `loop` tells. */
function loopNames(outer: Names, targets: readonly string[], over: Expression): Names {
  const own = new Set(targets);
  const data = (name: string): Expression => ({ kind: 'name', name: `@${name}` });
  const told: Readonly<Record<string, Expression>> = {
    index: { kind: 'binary', operator: '+', left: data('index'), right: { kind: 'number', value: 1 } },
    index0: data('index'),
    first: data('first'),
    last: data('last'),
    length: { kind: 'filter', of: over, name: 'length', given: { list: [], named: {} } },
  };
  return {
    kindOf: (name) => (own.has(name) ? 'unknown' : outer.kindOf(name)),
    isOwn: (name) => own.has(name) || outer.isOwn(name),
    locals: new Set([...(outer.locals ?? []), ...targets]),
    replace: (name) => {
      if (own.has(name)) return undefined;
      return name === 'loop'
        ? {
            kind: 'map',
            entries: Object.entries(told).map(([key, value]) => [{ kind: 'text', value: key }, value]),
          }
        : outer.replace(name);
    },
  };
}
