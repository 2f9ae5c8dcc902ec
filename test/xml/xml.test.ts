import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostwrightError } from '../../src/core/error.ts';
import { attributesOf, type XmlElement, type XmlNode } from '../../src/xml/element.ts';
import { formatXml } from '../../src/xml/format.ts';
import { equalXml, type OverlayRules, overlay } from '../../src/xml/overlay.ts';
import { parseXml } from '../../src/xml/parse.ts';

const read = (text: string) => parseXml(text, 'the XML');

function messageOf(text: string): string {
  try {
    return formatXml(read(text));
  } catch (thrown) {
    return thrown instanceof HostwrightError ? thrown.message : `defect: ${String(thrown)}`;
  }
}

describe('parseXml', () => {
  it('reads elements, attributes and text; drops comments, layout and instructions', () => {
    const text = `\n<?xml version="1.0"?>\n<!-- x --><a b="1 &amp; '2'&#10;">\n <c>te<!-- y -->xt &lt;</c><d> \n </d><![CDATA[]]></a>`;
    expect(read(text)).toEqual({
      name: 'a',
      attributes: { b: "1 & '2'\n" },
      children: [
        { name: 'c', attributes: {}, children: ['text <'] },
        { name: 'd', attributes: {}, children: [] },
      ],
    });
  });

  it.each(
    [
      ['<a><b></a>', 'The XML is no XML at line 1, column 4: Opening and ending tag mismatch: "b" != "a".'],
      [
        '\n\n<a><a b="<"/></a>',
        `The XML is no XML at line 3, column 4: Unescaped '<' not allowed in attributes values.`,
      ],
      ['<a>&host;</a>', 'The XML is no XML at line 1, column 4: entity not found:&host;.'],
      ['<a b=1/>', 'The XML is no XML at line 1, column 6: attribute "1" missed quot(")!.'],
      ['<a b="1" b="2"/>', 'The XML is no XML at line 1, column 1: Attribute b redefined.'],
      [
        '<a/><b/>',
        'The XML is no XML at line 1, column 5: Only one element can be added and only after doctype.',
      ],
      ['', 'The XML is no XML: missing root element.'],
      [
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        'The XML has a document type (<!DOCTYPE …>).',
      ],
      ['<a>'.repeat(50_000), 'The XML has more than 100 elements in each other.'],
      [
        `<a>${' '.repeat(5_000_000)}</a>`,
        'The XML has 5000007 characters, more than the 4194304 that are read.',
      ],
      ['<a>\u0001</a>', 'The value "\\u0001" holds a control character that XML cannot carry.'],
    ].map(([text, message]) => ({ text, message })),
  )('says: $message', ({ text, message }) => expect(messageOf(text ?? '')).toBe(message));

  it('names what it should have begun with', () => {
    expect(() => parseXml('<network/>', 'the XML of the domain web', 'domain')).toThrow(
      'The XML of the domain web begins with <network>, not with <domain>.',
    );
  });

  it('never ends in anything but a tree or an error of ours', () => {
    const piece = fc.constantFrom(
      '<a',
      '>',
      '</a>',
      '/>',
      ' b="1"',
      '&amp;',
      '&x;',
      '<!--',
      '-->',
      ']]>',
      '\0',
      '<?',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), (parts) => {
        expect(messageOf(parts.join(''))).not.toMatch(/^defect/);
      }),
      { numRuns: 2000 },
    );
  });
});

const name = fc.constantFrom('domain', 'ip', 'mac', 'source', 'x');
const value = fc.string({ unit: fc.constantFrom('a', "'", '"', '<', '&', '\n', '\t', 'é', '网', ' ', '0') });
const tree = fc.letrec<{ element: XmlElement }>((tie) => ({
  element: fc.record({
    name,
    attributes: fc
      .dictionary(name, value, { maxKeys: 3 })
      .map((pairs) => attributesOf(Object.entries(pairs))),
    children: fc.oneof(
      { maxDepth: 3 },
      fc.constant([]),
      value.map((text): XmlNode[] => (text.trim() === '' ? [] : [text])),
      fc.array(tie('element'), { maxLength: 4 }),
    ) as fc.Arbitrary<XmlNode[]>,
  }),
})).element;

describe('formatXml', () => {
  it('gives text that reads as the same tree, and the same text again', () => {
    fc.assert(
      fc.property(tree, (one) => {
        const text = formatXml(one);
        expect(read(text)).toEqual(one);
        expect(formatXml(read(text))).toBe(text);
      }),
    );
  });
});

const rules: OverlayRules = {
  key: ({ attributes }) => attributes.mac,
  keeps: ({ name: own }) => own === 'ip',
  keepsAttribute: (attribute) => attribute === 'x',
  same: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  replaces: (actual, wanted) =>
    actual.name === 'source' && actual.attributes.domain !== wanted.attributes.domain,
  ordered: new Set(['domain/x']),
};

describe('overlay', () => {
  const over = (actual: string, wanted: string) => formatXml(overlay(read(actual), read(wanted), rules));

  it('leaves a document alone that already is what was asked for', () => {
    fc.assert(
      fc.property(tree, (one) => {
        expect(equalXml(overlay(one, one, rules), one)).toBe(true);
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(tree, tree, (actual, wanted) => {
        const once = overlay(actual, wanted, rules);
        expect(formatXml(overlay(once, wanted, rules))).toBe(formatXml(once));
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps what the rules keep, adds what is asked for, drops the rest', () => {
    expect(over("<domain a='1' x='2'><ip/><mac/></domain>", "<domain b='3'><source/></domain>")).toBe(
      "<domain x='2' b='3'>\n  <ip/>\n  <source/>\n</domain>\n",
    );
  });

  it('finds partners by their key, whatever their order', () => {
    expect(
      over(
        "<domain><x mac='1' a='1'/><x mac='2'/></domain>",
        "<domain><mac><x/></mac><x mac='2' b='3'/></domain>",
      ),
    ).toBe("<domain>\n  <x mac='2' b='3'/>\n  <mac>\n    <x/>\n  </mac>\n</domain>\n");
  });

  it('takes spellings for the same where the rules do, and replaces whole where they say so', () => {
    expect(over("<domain x='AB'>Text</domain>", "<domain x='ab'>text</domain>")).toBe(
      "<domain x='AB'>Text</domain>\n",
    );
    expect(over("<source domain='1' x='2'/>", "<source domain='2'/>")).toBe("<source domain='2'/>\n");
  });

  it('puts elements into the order that was asked for, where order counts', () => {
    expect(over('<domain><x>1</x><ip/><x>2</x></domain>', '<domain><x>2</x><x>1</x></domain>')).toBe(
      '<domain>\n  <x>2</x>\n  <ip/>\n  <x>1</x>\n</domain>\n',
    );
  });
});
