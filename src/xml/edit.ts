import { type Attr, type Document, type Element, type Node, XMLSerializer } from '@xmldom/xmldom';
import { useNamespaces } from 'xpath';
import { parseRoot } from './parse.ts';
import { invalidXpath, xpathNotMade } from './problems.ts';

/** A child to be: a tag, or a tag with attributes, text and children; or XML as text. */
export type XmlChild = string | Readonly<Record<string, unknown>>;

export interface XmlEdit {
  readonly xpath: string | undefined;
  readonly namespaces: Readonly<Record<string, string>>;
  readonly state: 'present' | 'absent';
  readonly attribute?: string | undefined;
  readonly value?: string | undefined;
  readonly addChildren?: readonly XmlChild[] | undefined;
  readonly setChildren?: readonly XmlChild[] | undefined;
  /** Where added children go: before or after the (last) element that is found, rather than into it. */
  readonly place: 'inside' | 'before' | 'after';
  /** Children that are texts are XML themselves. */
  readonly childrenAreXml: boolean;
  readonly pretty: boolean;
}

/** What an XPath finds. */
export interface XmlMatch {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  /** For people, as a path. */
  readonly path: string;
}

const ELEMENT = 1;
const ATTRIBUTE = 2;
const TEXT = 3;

/** The elements (or attributes, as their elements) that an XPath finds. */
export function findInXml(
  text: string,
  what: string,
  xpath: string,
  namespaces: Readonly<Record<string, string>>,
): readonly XmlMatch[] {
  const root = parseRoot(text, what);
  return select(root.ownerDocument as Document, xpath, namespaces).map((node) => {
    const one = elementOf(node);
    const attributes = Object.fromEntries(Array.from(one.attributes, ({ name, value }) => [name, value]));
    return { tag: one.tagName, attributes, text: one.textContent ?? '', path: pathOf(one) };
  });
}

/** The text after the edit; the text itself where nothing differs. Throws a HostwrightError for XML or an XPath that is none. */
export function editXml(text: string, what: string, edit: XmlEdit): string {
  const root = parseRoot(text, what);
  const document = root.ownerDocument as Document;
  const changed = edit.xpath !== undefined && apply(document, edit.xpath, edit, what);
  if (!changed && !edit.pretty) return text;
  if (edit.pretty) indent(document.documentElement as Element, 0);
  const written = new XMLSerializer().serializeToString(document);
  const declared = written.replace(/^(<\?xml[^>]*\?>)(?!\n)/, '$1\n');
  const ended = text.endsWith('\n') && !declared.endsWith('\n') ? `${declared}\n` : declared;
  return ended;
}

function apply(document: Document, xpath: string, edit: XmlEdit, what: string): boolean {
  let found = select(document, xpath, edit.namespaces);
  if (edit.state === 'absent') return remove(found, edit.attribute);
  let changed = false;
  if (found.length === 0) {
    makePath(document, xpath, edit.namespaces, what);
    found = select(document, xpath, edit.namespaces);
    changed = true;
  }
  if (edit.setChildren) {
    for (const one of found.map(elementOf)) changed = setChildren(one, edit.setChildren, edit) || changed;
  }
  if (edit.addChildren) {
    for (const one of found.map(elementOf)) changed = addChildren(one, edit.addChildren, edit) || changed;
  }
  if (edit.value !== undefined) {
    for (const node of found) changed = setValue(node, edit.attribute, edit.value) || changed;
  }
  return changed;
}

function select(
  document: Document,
  xpath: string,
  namespaces: Readonly<Record<string, string>>,
): readonly (Element | Attr)[] {
  let found: unknown;
  try {
    found = useNamespaces({ ...namespaces })(xpath, document);
  } catch (cause) {
    throw invalidXpath(xpath, cause);
  }
  if (!Array.isArray(found)) throw invalidXpath(xpath, new Error('it gives no nodes'));
  return (found as Node[]).flatMap((node) => {
    if (node.nodeType === TEXT) return node.parentNode ? [node.parentNode as Element] : [];
    return node.nodeType === ELEMENT || node.nodeType === ATTRIBUTE ? [node as Element | Attr] : [];
  });
}

function elementOf(node: Element | Attr): Element {
  return node.nodeType === ATTRIBUTE ? ((node as Attr).ownerElement as Element) : (node as Element);
}

function remove(found: readonly (Element | Attr)[], attribute: string | undefined): boolean {
  let changed = false;
  for (const node of found) {
    if (node.nodeType === ATTRIBUTE) elementOf(node).removeAttribute((node as Attr).name);
    else if (attribute === undefined) node.parentNode?.removeChild(node);
    else if ((node as Element).hasAttribute(attribute)) (node as Element).removeAttribute(attribute);
    else continue;
    changed = true;
  }
  return changed;
}

function setValue(node: Element | Attr, attribute: string | undefined, value: string): boolean {
  const name = node.nodeType === ATTRIBUTE ? (node as Attr).name : attribute;
  const element = elementOf(node);
  if (name !== undefined) {
    if (element.getAttribute(name) === value) return false;
    element.setAttribute(name, value);
    return true;
  }
  if (element.textContent === value && elementsIn(element).length === 0) return false;
  element.textContent = value;
  return true;
}

function elementsIn(parent: Element): Element[] {
  const found: Element[] = [];
  for (let child = parent.firstChild; child; child = child.nextSibling) {
    if (child.nodeType === ELEMENT) found.push(child as Element);
  }
  return found;
}

function setChildren(parent: Element, children: readonly XmlChild[], edit: XmlEdit): boolean {
  const wanted = children.map((child) => makeChild(parent.ownerDocument as Document, child, edit));
  const now = elementsIn(parent);
  if (now.length === wanted.length && now.every((one, index) => sameText(one, wanted[index] as Element)))
    return false;
  while (parent.firstChild) parent.removeChild(parent.firstChild);
  for (const child of wanted) parent.appendChild(child);
  return true;
}

/** What is there already is not added a second time, so that a task can be repeated. */
function addChildren(found: Element, children: readonly XmlChild[], edit: XmlEdit): boolean {
  const parent = edit.place === 'inside' ? found : (found.parentNode as Element);
  let changed = false;
  let before: Node | null =
    edit.place === 'inside' ? null : edit.place === 'before' ? found : found.nextSibling;
  for (const child of children) {
    const made = makeChild(parent.ownerDocument as Document, child, edit);
    if (elementsIn(parent).some((one) => sameText(one, made))) continue;
    parent.insertBefore(made, before);
    if (edit.place === 'after') before = made.nextSibling;
    changed = true;
  }
  return changed;
}

function sameText(a: Element, b: Element): boolean {
  const plain = (one: Element) => new XMLSerializer().serializeToString(one).replace(/>\s+</g, '><');
  return plain(a) === plain(b);
}

/** `tag`, `{tag: text}`, `{tag: {attribute: value, _: [children]}}`, or XML. */
function makeChild(document: Document, child: XmlChild, edit: XmlEdit): Element {
  if (typeof child === 'string') {
    if (!edit.childrenAreXml) return document.createElement(child);
    return document.importNode(parseRoot(child, `the child ${child.slice(0, 60)}`), true);
  }
  const [[tag, inside] = ['', '']] = Object.entries(child);
  const made = document.createElement(tag);
  if (typeof inside !== 'object' || inside === null) {
    if (inside !== null && inside !== undefined && inside !== '') made.textContent = String(inside);
    return made;
  }
  for (const [name, value] of Object.entries(inside)) {
    if (name !== '_') made.setAttribute(name, String(value));
    else
      for (const one of Array.isArray(value) ? value : [value])
        made.appendChild(makeChild(document, one as XmlChild, edit));
  }
  return made;
}

/** One step of an XPath that can be made: a name, with attributes, child texts or its own text in brackets. */
const STEP = /^((?:[\w.-]+:)?[\w.-]+)((?:\[[^\]]*\])*)$/;
const PREDICATE =
  /\[\s*(?:@((?:[\w.-]+:)?[\w.-]+)|(text\(\))|((?:[\w.-]+:)?[\w.-]+)(?:\/text\(\))?)\s*=\s*(?:"([^"]*)"|'([^']*)')\s*\]/g;

/** Makes what an XPath is about where it is plain enough: `/a/b[@c="d"]/e/@f`. */
function makePath(
  document: Document,
  xpath: string,
  namespaces: Readonly<Record<string, string>>,
  what: string,
): void {
  const steps = stepsOf(xpath);
  if (!steps || steps[0] === undefined) throw xpathNotMade(what, xpath);
  let path = '';
  let at: Element | undefined;
  for (const step of steps) {
    path = `${path}/${step}`;
    const [found] = select(document, path, namespaces);
    if (found) {
      at = elementOf(found);
      continue;
    }
    if (!at) throw xpathNotMade(what, xpath);
    const attribute = /^@((?:[\w.-]+:)?[\w.-]+)$/.exec(step)?.[1];
    if (attribute !== undefined) {
      at.setAttribute(attribute, '');
      return;
    }
    const [, tag, predicates = ''] = STEP.exec(step) ?? [];
    if (tag === undefined || predicates.replace(PREDICATE, '') !== '') throw xpathNotMade(what, xpath);
    const made = createElement(document, tag, namespaces, at);
    at.appendChild(made);
    at = made;
    for (const [, attribute, own, child, double, single = ''] of predicates.matchAll(PREDICATE)) {
      const value = double ?? single;
      if (attribute !== undefined) made.setAttribute(attribute, value);
      else if (own !== undefined) made.textContent = value;
      else if (child !== undefined) {
        const inner = createElement(document, child, namespaces, made);
        inner.textContent = value;
        made.appendChild(inner);
      }
    }
  }
}

function createElement(
  document: Document,
  name: string,
  namespaces: Readonly<Record<string, string>>,
  parent: Element,
): Element {
  const [prefix, local] = name.includes(':') ? (name.split(':') as [string, string]) : ['', name];
  const namespace = prefix === '' ? null : (namespaces[prefix] ?? null);
  if (namespace === null) return document.createElement(name);
  // The document's own prefix for it, as the parent has it.
  const own = parent.namespaceURI === namespace ? parent.prefix : prefix;
  return document.createElementNS(namespace, own ? `${own}:${local}` : local);
}

/** The steps between slashes, with slashes in brackets left alone; undefined where the path begins with // or nothing. */
function stepsOf(xpath: string): readonly string[] | undefined {
  const steps = xpath.match(/(?:[^/[]|\[[^\]]*\])+/g);
  if (!steps || !xpath.startsWith('/') || xpath.replace(/\[[^\]]*\]/g, '').includes('//')) return undefined;
  return steps.filter((step) => step !== 'text()');
}

function pathOf(element: Element): string {
  const parent = element.parentNode;
  const above = parent && parent.nodeType === ELEMENT ? pathOf(parent as Element) : '';
  return `${above}/${element.tagName}`;
}

/** Two blanks per level; text beside elements is left as it is. */
function indent(element: Element, depth: number): void {
  const document = element.ownerDocument as Document;
  const children = elementsIn(element);
  if (children.length === 0) return;
  const blank = (node: Node) => node.nodeType === TEXT && (node.nodeValue ?? '').trim() === '';
  const nodes = Array.from(element.childNodes).filter((node) => !blank(node));
  if (nodes.some((node) => node.nodeType === TEXT)) return;
  while (element.firstChild) element.removeChild(element.firstChild);
  for (const node of nodes) {
    element.appendChild(document.createTextNode(`\n${'  '.repeat(depth + 1)}`));
    element.appendChild(node);
    if (node.nodeType === ELEMENT) indent(node as Element, depth + 1);
  }
  element.appendChild(document.createTextNode(`\n${'  '.repeat(depth)}`));
}
