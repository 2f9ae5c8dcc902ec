import type { XmlElement } from './element.ts';
import { notForXml } from './problems.ts';

/**
 * Writes an element as libvirt does: two blanks per level, apostrophes around values. The same tree always gives the same text.
 * Throws where a value holds a character that XML 1.0 cannot carry.
 */
export function formatXml(root: XmlElement): string {
  return `${lines(root, '').join('\n')}\n`;
}

function lines(one: XmlElement, indent: string): string[] {
  const { name, children } = one;
  if (children.length === 0) return [`${indent}<${name}${attributes(one)}/>`];
  const mixed = children.some((child) => typeof child === 'string');
  if (mixed) return [`${indent}${inline(one)}`];
  return [
    `${indent}<${name}${attributes(one)}>`,
    ...children.flatMap((child) => lines(child as XmlElement, `${indent}  `)),
    `${indent}</${name}>`,
  ];
}

/** Blanks count beside text, so none are added. */
function inline(one: XmlElement): string {
  const inner = one.children.map((child) =>
    typeof child === 'string' ? encode(child, false) : inline(child),
  );
  return `<${one.name}${attributes(one)}>${inner.join('')}</${one.name}>`;
}

function attributes(one: XmlElement): string {
  return Object.entries(one.attributes)
    .map(([name, value]) => ` ${name}='${encode(value, true)}'`)
    .join('');
}

/** XML 1.0, section 2.2: characters of a document. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

function encode(text: string, inAttribute: boolean): string {
  if (FORBIDDEN.test(text)) throw notForXml(text);
  const safe = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
  // A parser turns line ends and tabs of an attribute into blanks, unless they are written as numbers.
  return inAttribute
    ? safe.replaceAll("'", '&apos;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')
    : safe;
}
