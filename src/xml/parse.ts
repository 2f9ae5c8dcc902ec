import { DOMParser, type Element, type Node, ParseError } from '@xmldom/xmldom';
import { attributesOf, type XmlElement, type XmlNode } from './element.ts';
import { documentType, invalidXml, wrongRoot, xmlTooDeep, xmlTooLarge } from './problems.ts';

/** Characters. The largest descriptions of domains have some ten thousand. */
const SIZE_LIMIT = 4 * 1024 * 1024;
const DEPTH_LIMIT = 100;
const ELEMENT = 1;
const TEXT = 3;
const CDATA = 4;

/**
 * Reads XML that a user or a host gave. No entities but XML's own five and numbers, no document type, nothing is ever fetched.
 * Throws a HostwrightError with line and column. `what` names the document in it; `root` is what it must begin with.
 */
export function parseXml(text: string, what: string, root?: string): XmlElement {
  const found = convert(parseRoot(text, what), what, 0);
  if (root !== undefined && found.name !== root) throw wrongRoot(what, found.name, root);
  return found;
}

/** The root element as the DOM has it, with comments and blanks; for edits that leave everything else as it stands. */
export function parseRoot(text: string, what: string): Element {
  if (text.length > SIZE_LIMIT) throw xmlTooLarge(what, text.length, SIZE_LIMIT);
  if (/<!DOCTYPE/i.test(withoutLiterals(text))) throw documentType(what);
  if (deeperThan(text, DEPTH_LIMIT)) throw xmlTooDeep(what, DEPTH_LIMIT);
  const source = text.replace(/^\uFEFF?\s+/, '').replace(/^\uFEFF/, '');
  const skipped = text.slice(0, text.length - source.length).split('\n').length - 1;
  return document(source, what, skipped);
}

function document(source: string, what: string, skippedLines: number): Element {
  let first: { readonly message: string; readonly at: Locator | undefined } | undefined;
  try {
    const parser = new DOMParser({
      // Warnings too: an attribute without quotes is one for the parser, and no XML.
      onError: (_level, message, context) => {
        first ??= { message, at: context?.locator };
      },
    });
    const root = parser.parseFromString(source, 'text/xml').documentElement;
    if (!first && root) return root;
  } catch (thrown) {
    if (!(thrown instanceof ParseError)) throw thrown;
    first ??= { message: thrown.message, at: thrown.locator };
  }
  const { message = 'there is no element', at } = first ?? {};
  const { lineNumber: line, columnNumber: column } = at ?? {};
  const reason = message.replace(/^Error constructing the DOM: (\w+: )?/, '').replace(/\s*\n[\s\S]*/, '');
  throw invalidXml(
    what,
    reason.replace(/\.$/, '').slice(0, 200),
    line && column ? { line: line + skippedLines, column } : undefined,
  );
}

interface Locator {
  readonly lineNumber?: number;
  readonly columnNumber?: number;
}

function convert(node: Element, what: string, depth: number): XmlElement {
  if (depth > DEPTH_LIMIT) throw xmlTooDeep(what, DEPTH_LIMIT);
  const attributes = attributesOf(
    Array.from(node.attributes, ({ name, value }): [string, string] => [name, value]),
  );
  const children: XmlNode[] = [];
  for (let child: Node | null = node.firstChild; child; child = child.nextSibling) {
    if (child.nodeType === ELEMENT) children.push(convert(child as Element, what, depth + 1));
    else if (child.nodeType === TEXT || child.nodeType === CDATA) {
      const text = child.nodeValue ?? '';
      // A comment inside text splits it.
      if (typeof children.at(-1) === 'string') children.push(`${children.pop()}${text}`);
      else children.push(text);
    }
  }
  return { name: node.tagName, attributes, children: withoutBlanks(children) };
}

/** Blanks are layout where there are elements, and where there is nothing else. */
function withoutBlanks(children: readonly XmlNode[]): readonly XmlNode[] {
  return children.filter((child) => typeof child !== 'string' || child.trim() !== '');
}

/** Comments and CDATA may say anything. */
function withoutLiterals(text: string): string {
  return text.replaceAll(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>/g, '');
}

/** Counted before the parser sees it: what is nested without end would use up its stack. */
function deeperThan(text: string, limit: number): boolean {
  let depth = 0;
  for (const [tag] of withoutLiterals(text).matchAll(/<[^!?][^>]*>/g)) {
    if (tag.startsWith('</')) depth -= 1;
    else if (!tag.endsWith('/>')) depth += 1;
    if (depth > limit) return true;
  }
  return false;
}
