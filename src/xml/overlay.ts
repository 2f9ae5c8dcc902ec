import { attributesOf, childrenOf, type XmlElement, type XmlNode } from './element.ts';
import { formatXml } from './format.ts';

/** What the format of a document says about comparing two of them. Paths are names joined by slashes, the root's first. */
export interface OverlayRules {
  /** What tells an element from its siblings of the same name; undefined: only its content does. */
  readonly key: (element: XmlElement, path: string) => string | undefined;
  /** Whether an element stays that is there and was not asked for. `parent` is the element that was asked for around it. */
  readonly keeps: (element: XmlElement, path: string, parent: XmlElement) => boolean;
  /** Whether an attribute stays that is there and was not asked for. */
  readonly keepsAttribute: (name: string, path: string) => boolean;
  /** Whether two spellings mean the same. `name` is the attribute's, or empty for the element's text. */
  readonly same: (actual: string, wanted: string, name: string, path: string) => boolean;
  /** Whether what is there must go as a whole, since its details do not fit what was asked for. */
  readonly replaces: (actual: XmlElement, wanted: XmlElement, path: string) => boolean;
  /** Paths of elements whose order counts among their siblings of that name. */
  readonly ordered: ReadonlySet<string>;
}

/**
 * What is there, changed as little as it takes to be what was asked for. Nothing is to be done exactly where that equals what is there,
 * and applied twice it changes nothing more.
 */
export function overlay(
  actual: XmlElement,
  wanted: XmlElement,
  rules: OverlayRules,
  path = actual.name,
): XmlElement {
  if (actual.name !== wanted.name || rules.replaces(actual, wanted, path)) return wanted;
  return {
    name: actual.name,
    attributes: overlayAttributes(actual, wanted, rules, path),
    children: [...overlayText(actual, wanted, rules, path), ...overlayChildren(actual, wanted, rules, path)],
  };
}

/** Whether two elements are the same, order of attributes aside. */
export function equalXml(one: XmlElement, other: XmlElement): boolean {
  return one === other || formatXml(sorted(one)) === formatXml(sorted(other));
}

function sorted(one: XmlElement): XmlElement {
  return {
    name: one.name,
    attributes: attributesOf(Object.entries(one.attributes).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    children: one.children.map((child) => (typeof child === 'string' ? child : sorted(child))),
  };
}

function overlayAttributes(actual: XmlElement, wanted: XmlElement, rules: OverlayRules, path: string) {
  const pairs: [string, string][] = [];
  for (const [name, value] of Object.entries(actual.attributes)) {
    const asked = wanted.attributes[name];
    if (asked === undefined) {
      if (rules.keepsAttribute(name, path)) pairs.push([name, value]);
    } else pairs.push([name, rules.same(value, asked, name, path) ? value : asked]);
  }
  for (const [name, value] of Object.entries(wanted.attributes)) {
    if (actual.attributes[name] === undefined) pairs.push([name, value]);
  }
  return attributesOf(pairs);
}

function overlayText(
  actual: XmlElement,
  wanted: XmlElement,
  rules: OverlayRules,
  path: string,
): readonly XmlNode[] {
  const text = (one: XmlElement) => one.children.filter((child) => typeof child === 'string').join('');
  const [there, asked] = [text(actual), text(wanted)];
  const result = rules.same(there, asked, '', path) ? there : asked;
  return result === '' ? [] : [result];
}

function overlayChildren(
  actual: XmlElement,
  wanted: XmlElement,
  rules: OverlayRules,
  path: string,
): XmlElement[] {
  const there = childrenOf(actual);
  const partners = pair(there, childrenOf(wanted), rules, path);
  const result: XmlElement[] = [];
  for (const one of there) {
    const asked = partners.get(one);
    const own = `${path}/${one.name}`;
    if (asked) result.push(overlay(one, asked, rules, own));
    else if (rules.keeps(one, own, wanted)) result.push(one);
  }
  const used = new Set(partners.values());
  for (const asked of childrenOf(wanted)) {
    if (used.has(asked)) continue;
    const last = result.findLastIndex(({ name }) => name === asked.name);
    result.splice(last < 0 ? result.length : last + 1, 0, asked);
  }
  return inOrder(result, wanted, rules, path);
}

/** Which of the elements that are there is meant by which that was asked for. */
function pair(
  there: readonly XmlElement[],
  asked: readonly XmlElement[],
  rules: OverlayRules,
  path: string,
): ReadonlyMap<XmlElement, XmlElement> {
  const partners = new Map<XmlElement, XmlElement>();
  const open = new Set(asked);
  const match = (fits: (one: XmlElement, other: XmlElement, own: string) => boolean) => {
    for (const wanted of open) {
      const own = `${path}/${wanted.name}`;
      const found = there.find(
        (one) => one.name === wanted.name && !partners.has(one) && fits(one, wanted, own),
      );
      if (!found) continue;
      partners.set(found, wanted);
      open.delete(wanted);
    }
  };
  match((one, wanted, own) => {
    const key = rules.key(wanted, own);
    return key !== undefined && key === rules.key(one, own);
  });
  // Without a key: whatever fulfils it already; else the next in order.
  const keyless = (wanted: XmlElement, own: string) => rules.key(wanted, own) === undefined;
  match((one, wanted, own) => keyless(wanted, own) && equalXml(overlay(one, wanted, rules, own), one));
  match((_, wanted, own) => keyless(wanted, own));
  return partners;
}

/** Where order counts, the elements of that name stand as they were asked for. */
function inOrder(
  result: readonly XmlElement[],
  wanted: XmlElement,
  rules: OverlayRules,
  path: string,
): XmlElement[] {
  let ordered = [...result];
  for (const name of new Set(childrenOf(wanted).map((child) => child.name))) {
    if (!rules.ordered.has(`${path}/${name}`)) continue;
    const open = ordered.filter((child) => child.name === name);
    const queue = childrenOf(wanted, name).flatMap((asked) => {
      const at = open.findIndex((one) => equalXml(overlay(one, asked, rules, `${path}/${name}`), one));
      return at < 0 ? [] : open.splice(at, 1);
    });
    queue.push(...open);
    ordered = ordered.map((child) => (child.name === name ? (queue.shift() ?? child) : child));
  }
  return ordered;
}
