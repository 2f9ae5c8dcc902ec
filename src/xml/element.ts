/** An element of XML as plain data: comments and blanks between elements are gone, names keep their prefix. */
export interface XmlElement {
  readonly name: string;
  /** Without a prototype: names come from hosts and users. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements, and text where the element has any. */
  readonly children: readonly XmlNode[];
}

export type XmlNode = XmlElement | string;

/** Makes an element; attributes that are undefined and children that are null are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>> = {},
  ...children: readonly (XmlNode | null | undefined)[]
): XmlElement {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    name,
    attributes: attributesOf(given.map(([key, value]) => [key, String(value)])),
    children: children.filter((child) => child !== null && child !== undefined),
  };
}

/** Attributes in the order of the pairs; of two with one name the last counts. */
export function attributesOf(pairs: Iterable<readonly [string, string]>): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = Object.create(null);
  for (const [name, value] of pairs) attributes[name] = value;
  return attributes;
}

/** The child elements, all or those with a name. */
export function childrenOf(parent: XmlElement | undefined, name?: string): readonly XmlElement[] {
  const elements = (parent?.children ?? []).filter((child) => typeof child !== 'string');
  return name === undefined ? elements : elements.filter((child) => child.name === name);
}

/** The first element at a path of names below; undefined where there is none. */
export function find(parent: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((at, name) => childrenOf(at, name)[0], parent);
}

/** All elements at a path of names below. */
export function findAll(parent: XmlElement | undefined, ...path: readonly string[]): readonly XmlElement[] {
  return path.reduce<readonly XmlElement[]>(
    (at, name) => at.flatMap((one) => childrenOf(one, name)),
    parent ? [parent] : [],
  );
}

/** The text of an element, without blanks at its ends; undefined where there is no element. */
export function textOf(parent: XmlElement | undefined): string | undefined {
  return parent?.children
    .filter((child) => typeof child === 'string')
    .join('')
    .trim();
}

/** The same element with other attributes: undefined removes one. Order is kept, new ones come last. */
export function withAttributes(
  parent: XmlElement,
  changes: Readonly<Record<string, string | undefined>>,
): XmlElement {
  const kept = Object.entries(parent.attributes).map(
    ([name, value]) => [name, Object.hasOwn(changes, name) ? changes[name] : value] as const,
  );
  const added = Object.entries(changes).filter(([name]) => parent.attributes[name] === undefined);
  const pairs = [...kept, ...added].filter((pair): pair is [string, string] => pair[1] !== undefined);
  return { ...parent, attributes: attributesOf(pairs) };
}

export function withChildren(parent: XmlElement, children: readonly XmlNode[]): XmlElement {
  return { ...parent, children };
}

/** The same element where one child of that name stands for all that were there (at the place of the first; else last). Null: none. */
export function withChild(parent: XmlElement, name: string, child: XmlElement | null): XmlElement {
  const at = parent.children.findIndex((one) => typeof one !== 'string' && one.name === name);
  const others = (nodes: readonly XmlNode[]) =>
    nodes.filter((one) => typeof one === 'string' || one.name !== name);
  const before = at < 0 ? parent.children : others(parent.children.slice(0, at));
  const after = at < 0 ? [] : others(parent.children.slice(at));
  return { ...parent, children: [...before, ...(child ? [child] : []), ...after] };
}

/** Every element made anew by a function, the innermost first; null removes one. */
export function mapElements(
  parent: XmlElement,
  change: (one: XmlElement) => XmlElement | null,
): XmlElement | null {
  const children = parent.children.flatMap((child): XmlNode[] => {
    if (typeof child === 'string') return [child];
    const changed = mapElements(child, change);
    return changed ? [changed] : [];
  });
  return change({ ...parent, children });
}
